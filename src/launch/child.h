/* Runs a helper program to its end before COMMAND starts; COMMAND does not inherit anything of it. */
/* SPDX-License-Identifier: MIT */
#pragma once

#include "base/runner.h"

/*
 * The runner that starts real processes. A helper has a separate process group, /dev/null as standard
 * input and no descriptor above 2; it is killed when this process dies. Restores SIGCHLD for COMMAND.
 */
extern const struct runner child_runner;
