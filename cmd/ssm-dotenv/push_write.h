/* One write of a push, until it is known what became of it. */
/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/attrs.h"
#include "base/error.h"
#include "command.h"
#include "migrate/pace.h"
#include "migrate/push_plan.h"
#include "push_store.h"

/* Borrows run and store. */
struct push_writing {
    const struct command_run *run;
    struct push_store *store;
    struct pace pace;
    bool blind;
    int64_t next_progress_ms;
};

/*
 * Writes an item that is to be created or overwritten, and sets its result. What was throttled or not sent is sent
 * again until the deadline; what got no answer is looked up before. False if the push is to end: *reterr says
 * what failed. What somebody else did in between is a result, not a failure.
 */
MUST_CHECK bool push_write(
        struct push_writing *writing, struct push_item *item, struct err *reterr);

/* Adds the tags of the push to a parameter that exists. */
MUST_CHECK bool push_write_tags(
        struct push_writing *writing, struct push_item *item, struct err *reterr);
