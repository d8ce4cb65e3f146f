/* Kinds of options that only ssm-dotenv map has. */
/* SPDX-License-Identifier: MIT */
#pragma once

#include "options_table.h"

enum map_kind {
    KIND_INPUT_FILE = KIND_OWN, /* const char *, once */
    KIND_PATH,                  /* char *: a path of parameters */
    KIND_SHARED,                /* such a path, '=', and names of variables */
    KIND_STYLE,                 /* enum map_style */
    KIND_KEY_ID,                /* const char * */
};
