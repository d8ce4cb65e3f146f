/* The interface that runs another program and reads its output. */
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
    int64_t deadline_ms; /* monotonic; its process group is killed then */
};

struct runner {
    /*
     * Runs the program to its end, with no standard input, our standard error, and its standard
     * output appended to *ret_output, whose maximum bounds it. True if it exited with status 0.
     * Otherwise ERR_CREDENTIALS (not found, another exit status, ended by a signal), ERR_TIMEOUT,
     * ERR_SYSTEM. Whatever still runs in its process group afterwards is killed.
     */
    bool (*run)(
            const struct runner_request *request, struct secret *ret_output, struct err *reterr);
};
