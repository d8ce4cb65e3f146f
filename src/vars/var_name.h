/* Names of variables, and how they are derived from the names of parameters. */
/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/attrs.h"
#include "base/error.h"

/* [A-Za-z_][A-Za-z0-9_]* (POSIX, "Name"). */
bool var_name_is_valid(const char *name, size_t len);

/* The prefix of the variables that are ssm-exec's own settings. */
#define VAR_NAME_OWN_PREFIX "SSM_EXEC_"

/* Whether name[0..len) is one of ssm-exec's own settings, which no source may set. */
bool var_name_is_own(const char *name, size_t len);

struct var_name_rules {
    bool flat;          /* the last level only */
    bool preserve_case; /* letters stay as they are; else they become upper case */
};

/*
 * The variable for a parameter below path: the prefix replaces the path, and '_' replaces '/', '-'
 * and '.'. The caller frees *ret_name. ERR_MAPPING, with the parameter as `where`, if the result is
 * not a variable name.
 */
MUST_CHECK bool var_name_make(const char *parameter,
        const char *path,
        const char *prefix,
        const struct var_name_rules *rules,
        char **ret_name,
        struct err *reterr);
