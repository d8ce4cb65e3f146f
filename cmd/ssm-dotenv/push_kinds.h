/* Kinds of options that only ssm-dotenv push has. */
/* SPDX-License-Identifier: MIT */
#pragma once

#include "options_table.h"

enum push_kind {
    KIND_PUSH_MAP = KIND_OWN, /* const char *, once */
    KIND_PUSH_FILE,           /* const char *: an env file */
    KIND_PUSH_AGAINST,        /* struct string_list: env files */
    KIND_PUSH_TAG,            /* struct push_tags: KEY=VALUE */
    KIND_PUSH_RATE,           /* int: writes a second */
};
