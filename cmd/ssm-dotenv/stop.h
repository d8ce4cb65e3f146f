/* Signals that ask the program to end, for a command that ends after the request under way. */
/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdint.h>

#include "base/clock.h"

/* From now on SIGINT, SIGTERM and SIGHUP are noted, unless ignored; a second one of them ends the process at once. */
void stop_watch(void);

/* The signal that was noted; 0: none. */
int stop_signal(void);

/* Waits until then (monotonic), or until a signal is noted. */
void stop_wait_until(const struct clock *clock, int64_t until_ms);

/* Ends the process by the signal, as if it had not been noted. */
void stop_end(int signal_number);
