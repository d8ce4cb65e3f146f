/* How fast to write: AWS takes a few writes a second, of all callers of an account together. Pure arithmetic. */
/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdint.h>

enum {
    PACE_DEFAULT_RATE = 3, /* a second, as AWS's quota is unless raised */
    PACE_MAX_RATE = 10,    /* as AWS's quota is when raised */
    PACE_SLOWEST_MS = 2000,
};

/* Members that end in '_' are private. Times are monotonic milliseconds. */
struct pace {
    int64_t least_ms_;    /* between the beginnings of two writes */
    int64_t interval_ms_; /* the same now: longer after throttling */
    int64_t next_ms_;     /* when the next write may begin */
};

/* rate: writes a second, from 1 to PACE_MAX_RATE. */
void pace_init(struct pace *ret_pace, int rate);

/* How long to wait before the next write; 0: it may begin. */
int64_t pace_wait_ms(const struct pace *pace, int64_t now_ms);

/* A write begins. */
void pace_begin(struct pace *pace, int64_t now_ms);

/* AWS throttled it: others write too, so that all that follow are further apart, for a while. */
void pace_slow_down(struct pace *pace);
