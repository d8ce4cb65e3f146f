/* SPDX-License-Identifier: MIT */
#include "aws/config/setting.h"

#include <stddef.h>
#include <stdio.h>

#include "base/home.h"

static bool from_text(const char *value, const char *where, struct setting *ret_setting)
{
    if (value == NULL || value[0] == '\0') {
        return false;
    }
    ret_setting->value = value;
    (void)snprintf(ret_setting->where, sizeof(ret_setting->where), "%s", where);
    return true;
}

bool setting_from_option(const struct option_value *option, struct setting *ret_setting)
{
    return from_text(option->value, option->name, ret_setting);
}

bool setting_from_variable(
        const struct environment *environment, const char *variable, struct setting *ret_setting)
{
    return from_text(environment_get(environment, variable), variable, ret_setting);
}

bool setting_from_property(const struct profile_property *property, struct setting *ret_setting)
{
    if (property == NULL) {
        return false;
    }
    ret_setting->value = profile_property_text(property);
    profile_property_where_key(property, ret_setting->where);
    return true;
}

bool setting_from_key(
        const struct profile_section *section, const char *key, struct setting *ret_setting)
{
    return setting_from_property(profile_section_find(section, key), ret_setting);
}

bool setting_expand_path(const struct setting *setting,
        const struct environment *environment,
        struct text *ret_path,
        struct err *reterr)
{
    if (home_expand(environment, setting->value, ret_path)) {
        return text_check(ret_path, setting->where, reterr);
    }
    return err_set(reterr, ERR_INPUT, setting->where, HOME_UNKNOWN);
}

const char *setting_shown_path(const struct setting *setting, const struct text *path)
{
    return home_shown(setting->value, text_string(path));
}
