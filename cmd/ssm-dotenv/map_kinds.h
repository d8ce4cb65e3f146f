/* Kinds of options that only ssm-dotenv map has. */
/* SPDX-License-Identifier: MIT */
#pragma once

#include "command_options.h"

enum map_kind {
    KIND_SHARED = KIND_COMMAND, /* a path of parameters, '=', and names of variables */
    KIND_STYLE,                 /* enum map_style */
    KIND_KEY_ID,                /* const char * */
};
