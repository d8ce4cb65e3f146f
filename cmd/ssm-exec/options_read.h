/* Reads the command line and the SSM_EXEC_ variables; nothing else is looked at. */
/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>

#include "base/attrs.h"
#include "base/environment.h"
#include "base/error.h"
#include "options.h"

/*
 * Reads the variables, then argv, which wins; repeatable options add up. False with everything that is wrong
 * added to problems (ERR_USAGE, ERR_SYSTEM); *ret_options is filled as far as possible in any case, so
 * that the failure can be reported in the format that was asked for.
 */
MUST_CHECK bool options_read(int argc,
        char *const argv[],
        const struct environment *environment,
        struct options *ret_options,
        struct err_list *problems);
