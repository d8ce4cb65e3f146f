/* Finds COMMAND as execvp(3) and env(1) do. */
/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>

#include "base/attrs.h"
#include "base/error.h"

/* Used if PATH is unset. */
#define RESOLVE_DEFAULT_PATH "/usr/local/bin:/bin:/usr/bin"

/*
 * The file to execute: command itself if it has a slash, otherwise the first executable file on search_path
 * (NULL: RESOLVE_DEFAULT_PATH; an empty element is the working directory). The caller frees *ret_file.
 * ERR_COMMAND_MISSING if no file is found, ERR_COMMAND_UNUSABLE if none of those found can be executed.
 */
MUST_CHECK bool resolve_command(
        const char *command, const char *search_path, char **ret_file, struct err *reterr);
