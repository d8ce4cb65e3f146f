/* --no-decrypt: which parts of a run need values, and so cannot do without decryption. */
/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>

#include "base/attrs.h"
#include "base/error.h"
#include "options.h"
#include "plan.h"

/* False with an ERR_USAGE added to problems for each source that needs a value, naming the place. */
MUST_CHECK bool undecrypted_check(const struct plan *plan, struct err_list *problems);

/* Whether a dry run with these options could do without decryption. */
bool undecrypted_is_possible(const struct plan *plan, const struct options *options);
