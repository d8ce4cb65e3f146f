/* Stores sources, and the values of options of any kind. */
/* SPDX-License-Identifier: MIT */
#pragma once

#include "base/error.h"
#include "options.h"
#include "options_given.h"

/*
 * Stores what was given, whatever its kind (options_rows_kind or option_kind). Adds errors to problems
 * (ERR_USAGE, ERR_SYSTEM).
 */
void options_store(
        const struct option_given *given, struct options *options, struct err_list *problems);
