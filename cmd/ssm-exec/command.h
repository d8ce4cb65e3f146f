/* The end of a run: this process becomes COMMAND, with the merged environment and the files of --file. */
/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/attrs.h"
#include "base/clock.h"
#include "base/error.h"
#include "launch/process.h"
#include "vars/inherit.h"
#include "vars/merge.h"

/* Borrows everything. */
struct command {
    const char *file;
    char *const *argv;
    const struct inherited *inherited;
    struct merge_result *merged; /* gets the paths of files */
    const struct clock *clock;
    int64_t deadline_ms; /* monotonic */
    const struct process_state *state;
};

/* Returns only on failure: false, with ERR_TIMEOUT, ERR_SYSTEM or an error of launch. */
MUST_CHECK bool command_become(const struct command *command, struct err *reterr);
