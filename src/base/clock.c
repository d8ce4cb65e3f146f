/* SPDX-License-Identifier: MIT */
#include "base/clock.h"

#include <time.h>

static int64_t read_ms(clockid_t id)
{
    struct timespec now = { 0 };
    /* Cannot fail for these two clocks and a valid pointer (POSIX clock_gettime). */
    (void)clock_gettime(id, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static int64_t system_realtime_ms(const struct clock *clock)
{
    (void)clock;
    return read_ms(CLOCK_REALTIME);
}

static int64_t system_monotonic_ms(const struct clock *clock)
{
    (void)clock;
    return read_ms(CLOCK_MONOTONIC);
}

const struct clock clock_system = {
    .realtime_ms = system_realtime_ms,
    .monotonic_ms = system_monotonic_ms,
};

int64_t clock_realtime_s(const struct clock *clock)
{
    return clock->realtime_ms(clock) / 1000;
}

int64_t clock_monotonic_ms(const struct clock *clock)
{
    return clock->monotonic_ms(clock);
}
