/* Prints what a run would set: names and versions, never values. */
/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>

#include "base/attrs.h"
#include "base/error.h"
#include "vars/merge.h"

/* ERR_SYSTEM if standard output cannot be written; a part may have been written then. */
MUST_CHECK bool dryrun_print_table(const struct merge_result *merged, struct err *reterr);

/*
 * {"variables": [...]}, one variable on each line, sorted by name. Lists what the sources set, even where an
 * inherited value is preserved, so that the output changes only if the parameters do.
 */
MUST_CHECK bool dryrun_print_json(const struct merge_result *merged, struct err *reterr);
