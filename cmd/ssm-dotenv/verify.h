/* Reads a map and an env file, and compares them with Parameter Store: what verify does, and retire first. */
/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>

#include "base/attrs.h"
#include "base/error.h"
#include "command.h"
#include "migrate/compare.h"
#include "migrate/map.h"
#include "stored.h"
#include "vars/dotenv.h"
#include "verify_options.h"

/* What was read and compared. Rows borrow the rest. Zero-initialise; release with verified_clear. */
struct verified {
    struct map map;
    struct dotenv dotenv;
    struct stored stored;
    struct compare_rows rows;
};

/* False with all that is wrong added to problems. */
MUST_CHECK bool verify(const struct command_run *run,
        const struct verify_options *options,
        struct verified *ret_verified,
        struct err_list *problems);

/* Whether every row is `same`. */
bool verified_is_same(const struct verified *verified);

void verified_clear(struct verified *verified);
