/* A setting of AWS's: its value, and the place that it was really read from, for messages. */
/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>

#include "aws/config/profile_section.h"
#include "base/attrs.h"
#include "base/environment.h"
#include "base/error.h"
#include "base/text.h"

/* Borrows the value. Zero-initialise: set nowhere. */
struct setting {
    const char *value; /* NULL: set nowhere */
    char where
            [PROFILE_WHERE_BYTES]; /* "AWS_REGION", "--region", "/home/me/.aws/config:3: region" */
};

/* A value of the command line. */
struct option_value {
    const char *value; /* NULL: not given */
    const char *name;  /* how it was given: "--region", or its variable */
};

/* The functions below are false, and *ret_setting is untouched, where there is no value or an empty one. */

bool setting_from_option(const struct option_value *option, struct setting *ret_setting);

bool setting_from_variable(
        const struct environment *environment, const char *variable, struct setting *ret_setting);

/* property may be NULL. Not for credentials, whose values are secrets. */
bool setting_from_property(const struct profile_property *property, struct setting *ret_setting);

/* A key of a section, which may be NULL. */
bool setting_from_key(
        const struct profile_section *section, const char *key, struct setting *ret_setting);

/*
 * Appends the path that the setting means, with "~" and variables expanded (home_expand): systemd, a
 * container's manifest and AWS's own files have no shell to do it. ERR_INPUT at setting->where.
 */
MUST_CHECK bool setting_expand_path(const struct setting *setting,
        const struct environment *environment,
        struct text *ret_path,
        struct err *reterr);

/* What messages call the path that it was expanded to (home_shown). Borrows from both. */
const char *setting_shown_path(const struct setting *setting, const struct text *path);
