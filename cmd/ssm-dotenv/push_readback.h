/* Reads back what a push has written. */
/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>

#include "base/attrs.h"
#include "base/error.h"
#include "command.h"
#include "migrate/push_plan.h"
#include "push_store.h"

/*
 * Asks for the written items until each has the written version, at most 30 s: reads may be old for a while. What
 * is not there then is PUSH_NOT_VISIBLE, what has a later version or another value PUSH_CHANGED. False with a
 * failure to read added to problems.
 */
MUST_CHECK bool push_readback(const struct command_run *run,
        struct push_store *store,
        struct push_plan *plan,
        struct err_list *problems);
