/*
 * Prepares this process to hold secrets until COMMAND takes its place, and then restores what COMMAND
 * inherits: signals, descriptors, standard streams.
 */
/* SPDX-License-Identifier: MIT */
#pragma once

#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "base/attrs.h"
#include "base/error.h"

enum {
    PROCESS_FREE_FDS = 32 /* enough to find each descriptor that a library left open */
};

/* What process_restore restores. */
struct process_state {
    sigset_t mask;                  /* as inherited */
    sigset_t pending;               /* as inherited */
    int free_fds[PROCESS_FREE_FDS]; /* the lowest descriptors from 3 on that were not open */
};

/*
 * Call before anything else, while there is one thread. ERR_SYSTEM.
 * - Opens standard streams that are closed, so that no socket becomes one; they close again on exec.
 * - Records which descriptors are free.
 * - Makes the process undumpable: others can neither trace it nor read its memory, and it leaves no core.
 * - Blocks SIGPIPE and SIGXFSZ, so that a write fails instead, and SIGCHLD, which child_runner waits for.
 * - As process 1, makes the signals of process_fatal_signal end the process with status 128 + n if their
 *   disposition is the default: the kernel would discard them.
 */
MUST_CHECK bool process_prepare(struct process_state *ret_state, struct err *reterr);

/*
 * Call directly before execve. Sets close-on-exec on every descriptor that is neither inherited nor one of
 * kept_fds, discards signals that our own writes caused, and restores the signal mask. execve itself resets
 * handlers and the undumpable state.
 */
void process_restore(const struct process_state *state, const int kept_fds[], size_t kept_count);

/* Call after an execve that failed: blocks the signals again that a write can cause. */
void process_block_signals(void);

/* Removes from the mask, for a child, the signals that process_prepare blocked. */
void process_unblock(sigset_t *mask);

enum {
    PROCESS_FATAL_SIGNALS = 8
};

/* The i-th of the signals that ask a process to end; until COMMAND starts they end this process. */
int process_fatal_signal(size_t i);

/* Call in a child before its exec: it is killed when its parent dies. */
void process_die_with(pid_t parent);
