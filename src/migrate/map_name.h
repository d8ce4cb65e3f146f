/* Names of parameters for the variables of an env file, and what Parameter Store accepts as a name. */
/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>

#include "base/attrs.h"
#include "base/error.h"

enum map_style {
    MAP_WORDS,  /* DB_PASSWORD: db_password */
    MAP_DASHES, /* db-password */
    MAP_LEVELS, /* db/password */
};

/*
 * What keeps text from being the name of a parameter, or a path to put parameters below; NULL if nothing does.
 * Source: the API reference of PutParameter. The length is checked without the ARN's beginning, which
 * counts too and differs from account to account.
 */
const char *map_name_fault(const char *text);

/*
 * The parameter for a variable, below path, which has no slash at its end. The caller frees *ret_parameter.
 * ERR_MAPPING, with the variable as `where`, if the name is not one that Parameter Store takes, or if
 * ssm-exec would not make the same variable of it again; ERR_SYSTEM.
 */
MUST_CHECK bool map_name_make(const char *variable,
        const char *path,
        enum map_style style,
        char **ret_parameter,
        struct err *reterr);
