/* Running a helper program to its end before COMMAND starts, without a trace afterwards. */
/* SPDX-License-Identifier: MIT */
#pragma once

#include "base/runner.h"

/*
 * The runner that starts real processes: in a process group of their own, with /dev/null as standard
 * input and no descriptor above 2; killed when this process dies. SIGCHLD reaches COMMAND as it was.
 */
extern const struct runner child_runner;
