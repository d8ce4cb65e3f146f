/* SPDX-License-Identifier: MIT */
#include "aws/config/setting.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "aws/config/settings.h"
#include "base/ascii.h"
#include "base/home.h"
#include "base/shown.h"

enum {
    DIGITS_MAX = 9, /* of a number that fits an int */
};

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
    return property != NULL
            && from_text(
                    profile_property_text(property), profile_where_key(property).text, ret_setting);
}

bool setting_from_key(
        const struct profile_section *section, const char *key, struct setting *ret_setting)
{
    return setting_from_property(profile_section_find(section, key), ret_setting);
}

bool setting_from_variable_or_key(const struct settings *settings,
        const char *variable,
        const char *key,
        struct setting *ret_setting)
{
    return setting_from_variable(settings->environment, variable, ret_setting)
            || (key != NULL && setting_from_key(settings->profile, key, ret_setting));
}

bool setting_read_switch(const struct settings *settings,
        const char *variable,
        const char *key,
        bool *ret_is_on,
        struct err *reterr)
{
    struct setting setting = { .value = "false" };
    (void)setting_from_variable_or_key(settings, variable, key, &setting);
    *ret_is_on = ascii_equals_ignoring_case(setting.value, "true");
    if (*ret_is_on || ascii_equals_ignoring_case(setting.value, "false")) {
        return true;
    }
    char shown[SHOWN_BYTES];
    return err_set(reterr, ERR_INPUT, setting.where, "\"%s\" is neither true nor false",
            shown_word(setting.value, strlen(setting.value), shown));
}

bool setting_read_number(const struct settings *settings,
        const char *variable,
        const char *key,
        int max,
        int *ret_number,
        struct err *reterr)
{
    struct setting setting = { 0 };
    if (!setting_from_variable_or_key(settings, variable, key, &setting)) {
        return true;
    }
    size_t len = strspn(setting.value, ASCII_DIGITS);
    bool is_number = setting.value[len] == '\0' && len <= DIGITS_MAX;
    long number = is_number ? strtol(setting.value, NULL, 10) : 0;
    if (number < 1 || number > max) {
        char shown[SHOWN_BYTES];
        return err_set(reterr, ERR_INPUT, setting.where,
                "\"%s\" is not a whole number from 1 to %d",
                shown_word(setting.value, strlen(setting.value), shown), max);
    }
    *ret_number = (int)number;
    return true;
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
