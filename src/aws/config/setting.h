/* One setting of AWS's: its value, and where it was read, for messages. */
/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "aws/config/profile_section.h"
#include "base/attrs.h"
#include "base/environment.h"
#include "base/error.h"
#include "base/text.h"

struct settings;

/* Borrows the value. Zero-initialise. */
struct setting {
    const char *value; /* NULL: not set */
    char where
            [PROFILE_WHERE_BYTES]; /* "--region", "AWS_REGION", "/home/me/.aws/config:3: region" */
};

/* A value from the command line. */
struct option_value {
    const char *value; /* NULL: not given */
    const char *name;  /* how it was given: "--region", or its variable */
};

/* The setting_from_... functions return false, with *ret_setting untouched, for an empty value too. */

bool setting_from_option(const struct option_value *option, struct setting *ret_setting);

bool setting_from_variable(
        const struct environment *environment, const char *variable, struct setting *ret_setting);

/* The property may be NULL. Its key must be public (profile_key_is_public). */
bool setting_from_property(const struct profile_property *property, struct setting *ret_setting);

/* The section may be NULL. */
bool setting_from_key(
        const struct profile_section *section, const char *key, struct setting *ret_setting);

/* From the variable, or else from the selected profile's key, unless that is NULL. */
bool setting_from_variable_or_key(const struct settings *settings,
        const char *variable,
        const char *key,
        struct setting *ret_setting);

/*
 * The same for "true" or "false", in any case; false if it is not set. Other values are ERR_INPUT:
 * botocore silently treats "1" as false, the SDKs for Go and JavaScript reject it.
 */
MUST_CHECK bool setting_read_switch(const struct settings *settings,
        const char *variable,
        const char *key,
        bool *ret_is_on,
        struct err *reterr);

/* The same for a whole number from 1 to max; *ret_number stays as it is if it is not set. ERR_INPUT. */
MUST_CHECK bool setting_read_number(const struct settings *settings,
        const char *variable,
        const char *key,
        int max,
        int *ret_number,
        struct err *reterr);

/*
 * Appends the path that the setting names, with "~" and variables expanded (home_expand): systemd,
 * container definitions and AWS's files do not pass through a shell that would. ERR_INPUT at setting->where.
 */
MUST_CHECK bool setting_expand_path(const struct setting *setting,
        const struct environment *environment,
        struct text *ret_path,
        struct err *reterr);

/* The expanded path as messages show it (home_shown). Borrows from both. */
const char *setting_shown_path(const struct setting *setting, const struct text *path);
