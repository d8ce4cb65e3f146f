/* One run of a program, from the command line to its end. Each program has an app.c of its own. */
/* SPDX-License-Identifier: MIT */
#pragma once

#include "base/clock.h"
#include "base/environment.h"
#include "launch/process.h"

/*
 * Does what argv says. Returns the exit status, unless a COMMAND started. environment is what was
 * inherited; process_prepare filled state, for a COMMAND.
 */
int app_run(int argc,
        char *const argv[],
        const struct environment *environment,
        const struct clock *clock,
        const struct process_state *state);
