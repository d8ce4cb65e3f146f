/* SPDX-License-Identifier: MIT */
#include "aws/switch.h"

#include <stddef.h>
#include <string.h>

#include "aws/setting.h"
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
    struct setting setting = { 0 };
    if (!setting_from_variable(environment, variable, &setting) && key != NULL) {
        (void)setting_from_key(profile, key, &setting);
    }
    *ret_is_on = setting.value != NULL && ascii_equals_ignoring_case(setting.value, "true");
    if (setting.value == NULL || *ret_is_on || ascii_equals_ignoring_case(setting.value, "false")) {
        return true;
    }
    size_t shown = strcspn(setting.value, "=");
    return err_set(reterr, ERR_INPUT, setting.where, "\"%.*s\" is neither true nor false",
            shown < SHOWN_MAX_BYTES ? (int)shown : (int)SHOWN_MAX_BYTES, setting.value);
}
