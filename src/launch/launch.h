/* Becoming COMMAND, and saying why where the kernel refuses. */
/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>

#include "base/attrs.h"
#include "base/error.h"

/*
 * Replaces this process by file; returns only on failure: false, ERR_COMMAND_MISSING if the file is
 * gone, else ERR_COMMAND_UNUSABLE (no interpreter, another architecture, arguments and environment
 * too large, ...). No shell is tried.
 */
MUST_CHECK bool launch(
        const char *file, char *const argv[], char *const envp[], struct err *reterr);
