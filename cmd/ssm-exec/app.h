/* One run, from the command line to the command. */
/* SPDX-License-Identifier: MIT */
#pragma once

#include "base/clock.h"
#include "base/environment.h"
#include "launch/process.h"

/*
 * Carries out what argv asks for. Returns the exit status, unless COMMAND started. environment is what
 * COMMAND inherits; state is what process_prepare gave.
 */
int app_run(int argc,
        char *const argv[],
        const struct environment *environment,
        const struct clock *clock,
        const struct process_state *state);
