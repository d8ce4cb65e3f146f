/* The story of one run, from the command line to the command. */
/* SPDX-License-Identifier: MIT */
#pragma once

#include "base/clock.h"
#include "base/environment.h"
#include "launch/process.h"

/*
 * Does what argv says. Returns only if COMMAND did not start: the exit status. environment is what
 * COMMAND inherits; state is what to give back before it starts.
 */
int app_run(int argc,
        char *const argv[],
        const struct environment *environment,
        const struct clock *clock,
        const struct process_state *state);
