/* Reads the command line and the SSM_EXEC_ variables, but no files. */
/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>

#include "base/attrs.h"
#include "base/environment.h"
#include "base/error.h"
#include "options.h"

/*
 * Reads the variables, then argv, which takes precedence; repeatable options add up. On failure returns false
 * and adds every error to problems (ERR_USAGE, ERR_SYSTEM). *ret_options is filled as far as possible even
 * then, so that errors are reported in the requested format.
 */
MUST_CHECK bool options_read(int argc,
        char *const argv[],
        const struct environment *environment,
        struct options *ret_options,
        struct err_list *problems);
