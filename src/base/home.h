/* Paths as AWS's tools write them: with "~" for a home directory and $NAME for a variable. */
/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>

#include "base/attrs.h"
#include "base/environment.h"
#include "base/text.h"

/* What to say where home_expand is false. */
#define HOME_UNKNOWN \
    "cannot resolve ~: HOME is not set, and the user database knows no home directory"

/*
 * Appends the path as botocore expands those of its files: first $NAME and ${NAME}, where the variable
 * is set, then "~" and "~user" as the first segment. "~" is HOME, else the user database's entry. An
 * unknown variable or user stays as it is written. False, and nothing appended, where "~" is meant
 * and no home directory is known.
 */
MUST_CHECK bool home_expand(
        const struct environment *environment, const char *path, struct text *ret_expanded);

/*
 * What messages call the file whose path was written and expanded so: where a variable is named, the path
 * as it was written, because the variable's value may be a secret; else as expanded.
 */
const char *home_shown(const char *written, const char *expanded);
