/*
 * What this process is to its surroundings until COMMAND takes its place: unreadable to others while it
 * holds secrets, mortal as process 1, harmless to closed streams, and without a trace afterwards.
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
    PROCESS_FREE_FDS = 32 /* a library's forgotten one is among these, unless very many were open */
};

/* What has to be given back. */
struct process_state {
    sigset_t mask;                  /* as it was inherited */
    sigset_t pending;               /* likewise */
    int free_fds[PROCESS_FREE_FDS]; /* the lowest descriptors from 3 on that were not open */
};

/*
 * Call first of all, with one thread. Takes up standard streams that are closed, so that no socket
 * becomes one (they close again on exec); remembers which descriptors are free; forbids others to trace the
 * process, read its memory or get its core; blocks the signals that a write can cause (SIGPIPE, SIGXFSZ), so
 * that it fails instead, and SIGCHLD, which child_runner waits for; as process 1, makes the signals of
 * process_fatal_signal end the process with 128 + n where their disposition is the default, since the kernel
 * would discard them. ERR_SYSTEM.
 */
MUST_CHECK bool process_prepare(struct process_state *ret_state, struct err *reterr);

/*
 * Call last of all before execve: every descriptor that was neither inherited nor is one of kept_fds
 * closes on exec, whatever a library forgot; signals that our own writes caused are forgotten; the signal
 * mask is the inherited one again. (Handlers and the undumpable state end with execve itself.)
 */
void process_restore(const struct process_state *state, const int kept_fds[], size_t kept_count);

/* Call after an execve that failed: a write that cannot be done is an error again, and not a signal. */
void process_take_back(void);

/* For the mask of a child: takes out of it what process_prepare blocked. */
void process_unblock(sigset_t *mask);

enum {
    PROCESS_FATAL_SIGNALS = 8
};

/* The i-th of the signals that ask a process to end: before COMMAND has started they end this one. */
int process_fatal_signal(size_t i);

/* For a child before its exec: it is killed when parent, which it was forked by, dies. */
void process_die_with(pid_t parent);
