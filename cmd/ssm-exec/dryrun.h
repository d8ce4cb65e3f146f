/* What a run would set, on standard output: names and versions, never values. */
/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>

#include "base/attrs.h"
#include "base/error.h"
#include "base/text.h"
#include "vars/merge.h"

/* ERR_SYSTEM if standard output cannot be written, of which a part may have been by then. */
MUST_CHECK bool dryrun_print_table(const struct merge_result *merged, struct err *reterr);

/*
 * {"variables": [...]}, sorted by name, a variable a line: what the sources say, whatever is inherited
 * or preserved, and the same as long as the store is.
 */
MUST_CHECK bool dryrun_print_json(const struct merge_result *merged, struct err *reterr);

/* Writes the whole text to standard output. ERR_SYSTEM. */
MUST_CHECK bool dryrun_print(const struct text *text, struct err *reterr);
