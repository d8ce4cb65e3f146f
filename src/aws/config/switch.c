/* SPDX-License-Identifier: MIT */
#include "aws/config/switch.h"

#include <stddef.h>
#include <string.h>

#include "aws/config/setting.h"
#include "base/ascii.h"
#include "base/shown.h"

bool switch_read(const struct environment *environment,
        const struct profile_section *profile,
        const char *variable,
        const char *key,
        bool *ret_is_on,
        struct err *reterr)
{
    struct setting setting = { 0 };
    char shown[SHOWN_BYTES];
    if (!setting_from_variable(environment, variable, &setting) && key != NULL) {
        (void)setting_from_key(profile, key, &setting);
    }
    *ret_is_on = setting.value != NULL && ascii_equals_ignoring_case(setting.value, "true");
    if (setting.value == NULL || *ret_is_on || ascii_equals_ignoring_case(setting.value, "false")) {
        return true;
    }
    return err_set(reterr, ERR_INPUT, setting.where, "\"%s\" is neither true nor false",
            shown_word(setting.value, strlen(setting.value), shown));
}
