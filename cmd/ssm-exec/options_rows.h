/* The options of ssm-exec. */
/* SPDX-License-Identifier: MIT */
#pragma once

#include "options_table.h"

enum options_rows_kind {
    KIND_SOURCE = KIND_OWN,
    KIND_OPTIONAL_SOURCE,
    KIND_FILE_SOURCE, /* NAME=REF, for --file */
    KIND_LOCK,
    KIND_ENV_FILE,
    KIND_ENV_FILE_IF_EXISTS,
    KIND_LABEL,
    KIND_REQUIREMENTS, /* names of variables, or '@' and a file with names */
    KIND_PRESERVED,    /* names of variables; none, or in a variable a word such as "yes": all */
};

extern const struct options_table options_rows;
