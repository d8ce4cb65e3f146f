/* SPDX-License-Identifier: MIT */
#include "aws/switch.h"

#include <stddef.h>
#include <string.h>

#include "base/ascii.h"

enum {
    SHOWN_MAX_BYTES = 32
};

bool switch_read(const struct environment *environment,
        const struct profile_section *profile,
        const char *variable,
        const char *key,
        bool *ret_is_on,
        struct err *reterr)
{
    char where[PROFILE_WHERE_BYTES];
    const char *value = environment_get(environment, variable);
    const struct profile_property *property = NULL;
    if (value == NULL && key != NULL) {
        property = profile_section_find(profile, key);
        value = property == NULL ? NULL : profile_property_text(property);
    }
    *ret_is_on = value != NULL && ascii_equals_ignoring_case(value, "true");
    if (value == NULL || *ret_is_on || ascii_equals_ignoring_case(value, "false")) {
        return true;
    }
    if (property != NULL) {
        profile_property_where(property, where);
    }
    size_t shown = strcspn(value, "=");
    (void)err_set(reterr, ERR_INPUT, property == NULL ? variable : where,
            "%s%s\"%.*s\" is neither true nor false", property == NULL ? "" : key,
            property == NULL ? "" : ": ",
            shown < SHOWN_MAX_BYTES ? (int)shown : (int)SHOWN_MAX_BYTES, value);
    return false;
}
