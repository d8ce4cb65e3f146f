/* Kinds of options that only ssm-dotenv verify and retire have. */
/* SPDX-License-Identifier: MIT */
#pragma once

#include "options_table.h"

enum verify_kind {
    KIND_VERIFY_MAP = KIND_OWN, /* const char *, once */
    KIND_VERIFY_FILE,           /* const char *: an env file */
    KIND_VERIFY_PATH,           /* char *: a path of parameters */
    KIND_VERIFY_FOLDER,         /* struct string_list: folders */
};
