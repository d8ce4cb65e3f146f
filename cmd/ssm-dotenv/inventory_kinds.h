/* Kinds of options that only ssm-dotenv inventory has. */
/* SPDX-License-Identifier: MIT */
#pragma once

#include "options_table.h"

enum inventory_kind {
    KIND_INPUT_FILES = KIND_OWN, /* struct string_list: names of files */
    KIND_FOLDERS,                /* the same: names of folders */
    KIND_GLOBS,                  /* the same: patterns for files */
};
