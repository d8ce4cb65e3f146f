/* Expands paths as AWS's tools do: "~" is a home directory, $NAME a variable. */
/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>

#include "base/attrs.h"
#include "base/environment.h"
#include "base/text.h"

/* The message for the case that home_expand returns false. */
#define HOME_UNKNOWN \
    "cannot resolve ~: HOME is not set, and the user database has no home directory"

/*
 * Appends the path, expanded as in botocore: first $NAME and ${NAME} if the variable is set, then "~" and
 * "~user" as the first segment. "~" is HOME, otherwise the home directory in the user database. An
 * unknown variable or user stays as it is written. False, with nothing appended, if "~" cannot be
 * resolved.
 */
MUST_CHECK bool home_expand(
        const struct environment *environment, const char *path, struct text *ret_expanded);

/*
 * The path to show in messages: as written if it names a variable, whose value may be a secret;
 * otherwise as expanded.
 */
const char *home_shown(const char *written, const char *expanded);
