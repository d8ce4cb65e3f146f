/* The home directory, for paths that begin with "~". */
/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>

#include "base/attrs.h"
#include "base/environment.h"
#include "base/text.h"

/*
 * Appends the path, "~" as its first segment replaced by HOME, else by the user database's entry.
 * False, and nothing appended, where neither knows a home directory.
 */
MUST_CHECK bool home_expand(
        const struct environment *environment, const char *path, struct text *ret_expanded);
