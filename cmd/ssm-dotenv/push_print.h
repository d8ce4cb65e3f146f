/* The plan of a push, and what became of it, as a table or JSON. No row has anything of a value. */
/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>

#include "base/attrs.h"
#include "base/error.h"
#include "columns.h"
#include "migrate/push_plan.h"
#include "push_options.h"

/* Prints to standard output. ERR_SYSTEM. */
MUST_CHECK bool push_print(const struct push_plan *plan,
        const struct push_options *options,
        const struct columns_terminal *terminal,
        struct err *reterr);
