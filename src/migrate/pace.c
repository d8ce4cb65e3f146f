/* SPDX-License-Identifier: MIT */
#include "migrate/pace.h"

/* A tenth of what a throttled write added is taken back by each write after it. */
enum {
    RECOVERY_PARTS = 10,
    SECOND_MS = 1000
};

void pace_init(struct pace *ret_pace, int rate)
{
    /* Rounded up: a quota of three a second is not kept by three intervals of 333 ms. */
    int64_t least_ms = (SECOND_MS + rate - 1) / rate;
    *ret_pace = (struct pace){ .least_ms_ = least_ms, .interval_ms_ = least_ms };
}

int64_t pace_wait_ms(const struct pace *pace, int64_t now_ms)
{
    return pace->next_ms_ > now_ms ? pace->next_ms_ - now_ms : 0;
}

void pace_begin(struct pace *pace, int64_t now_ms)
{
    pace->next_ms_ = now_ms + pace->interval_ms_;
    pace->interval_ms_ -= (pace->interval_ms_ - pace->least_ms_ + RECOVERY_PARTS - 1)
            / RECOVERY_PARTS;
}

void pace_slow_down(struct pace *pace)
{
    int64_t longer_ms = pace->interval_ms_ * 2;
    pace->interval_ms_ = longer_ms < PACE_SLOWEST_MS ? longer_ms : PACE_SLOWEST_MS;
}
