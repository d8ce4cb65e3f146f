/* --no-decrypt: finds the sources whose values are needed, which requires decryption. */
/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>

#include "base/attrs.h"
#include "base/error.h"
#include "options.h"
#include "plan.h"

/* False if a source needs a decrypted value; adds an ERR_USAGE that names the place for each to problems. */
MUST_CHECK bool undecrypted_check(const struct plan *plan, struct err_list *problems);

/* Whether --no-decrypt would be valid for a dry run with these options. */
bool undecrypted_is_possible(const struct plan *plan, const struct options *options);
