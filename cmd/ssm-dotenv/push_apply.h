/* Carries out the plan of a push: one write at a time, each settled before the next. */
/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>

#include "base/attrs.h"
#include "base/error.h"
#include "command.h"
#include "migrate/push_plan.h"
#include "push_store.h"

struct push_apply_rules {
    int rate; /* writes a second */
    bool blind;
};

/*
 * Writes what the plan creates and overwrites, adds missing tags, and reads back what was written; results are
 * those of the items. Ends after the first failure, which is added to problems, and after the request under way
 * when a signal was noted (stop.h). False if anything was added to problems.
 */
MUST_CHECK bool push_apply(const struct command_run *run,
        struct push_store *store,
        const struct push_apply_rules *rules,
        struct push_plan *plan,
        struct err_list *problems);
