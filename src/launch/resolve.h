/* Finding COMMAND the way execvp(3) and env(1) do, before anything else is done. */
/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>

#include "base/attrs.h"
#include "base/error.h"

/* PATH where it is unset. */
#define RESOLVE_DEFAULT_PATH "/usr/local/bin:/bin:/usr/bin"

/*
 * The file to execute: command itself where it has a slash; else the first file on search_path (NULL:
 * RESOLVE_DEFAULT_PATH; an empty element is the working directory) that may be executed. The caller
 * frees *ret_file. ERR_COMMAND_MISSING if there is none, ERR_COMMAND_UNUSABLE if all that were found
 * may not be executed.
 */
MUST_CHECK bool resolve_command(
        const char *command, const char *search_path, char **ret_file, struct err *reterr);
