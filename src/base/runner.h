/* Starting another program and reading what it prints, as a value that is passed in. */
/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/attrs.h"
#include "base/clock.h"
#include "base/error.h"
#include "base/secret.h"

struct runner_request {
    char *const *argv; /* argv[0] is looked up in PATH where it has no '/'; no shell */
    char *const *envp;
    const char *where; /* for errors */
    const struct clock *clock;
    int64_t deadline_ms; /* monotonic: then its process group is ended */
};

struct runner {
    /*
     * Runs the program to its end, with no standard input, our standard error, and its standard
     * output appended to *ret_output, whose maximum bounds it. True when it ended with status 0.
     * Otherwise ERR_CREDENTIALS (not found, ended with another status or by a signal), ERR_TIMEOUT,
     * ERR_SYSTEM. What it left running in its process group is ended.
     */
    bool (*run)(
            const struct runner_request *request, struct secret *ret_output, struct err *reterr);
};
