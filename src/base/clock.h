/* The two clocks of a run, as an interface: tests pass their own. */
/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdint.h>

struct clock {
    int64_t (*realtime_ms)(const struct clock *clock); /* milliseconds since the epoch, UTC */
    int64_t (*monotonic_ms)(
            const struct clock *clock); /* milliseconds; only differences are meaningful */
};

/* The system's clocks (CLOCK_REALTIME, CLOCK_MONOTONIC). */
extern const struct clock clock_system;

int64_t clock_realtime_s(const struct clock *clock);
int64_t clock_monotonic_ms(const struct clock *clock);
