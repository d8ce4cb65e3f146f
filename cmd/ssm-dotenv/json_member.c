/* SPDX-License-Identifier: MIT */
#include "json_member.h"

#include <stddef.h>

#include "json/json_write.h"

void json_member_append(struct text *out, const char *name, const char *value)
{
    text_append_format(out, ", \"%s\": ", name);
    if (value == NULL) {
        text_append_string(out, "null");
    } else {
        json_write_string(out, value);
    }
}
