/*
 * When to try again and how long to wait, for a start-up that may wait as long as the run's timeout
 * allows. Pure arithmetic.
 *
 * Most failures wait a random time up to a limit that doubles with each try, as in the standard retry
 * mode of the AWS SDKs. Throttling is different: the quota is shared with every other start of the
 * same moment. Its waits depend on how long this request has been throttled, which is all that a
 * start can know about how many others there are:
 *
 *  - throttled for the first time, a few try again soon, the others within two seconds;
 *  - so do those of the few who are throttled again;
 *  - throttled later: in an interval that is proportional to the time since the first throttle.
 *
 * A run that has some of its answers waits half as long: soon it is done and competes no more.
 * docs/herd.md has the figures.
 */
/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "http/http.h"

enum retry_cause {
    RETRY_NEVER,
    RETRY_TRANSIENT, /* 5xx, dropped and refused connections, timeouts */
    RETRY_THROTTLED,
    RETRY_RESOLVE, /* the host name has no address: given up after RETRY_RESOLVE_LIMIT_MS */
    RETRY_TLS,     /* a handshake that failed: given up after RETRY_TLS_ATTEMPTS_MAX */
};

enum {
    RETRY_TRANSIENT_FIRST_MS = 50,
    RETRY_TRANSIENT_CAP_MS = 5000,
    /*
     * After a throttle, in moments since the first throttle of the request. Of those who are throttled
     * for the first time, SOON_PERCENT try again before SOON_MS. The others, and who is throttled
     * again before ROUND_MS, do so between ROUND_MS and ROUND_END_MS.
     */
    RETRY_SOON_PERCENT = 25,
    RETRY_SOON_MS = 250,
    RETRY_ROUND_MS = 350,
    RETRY_ROUND_END_MS = 2000,
    /*
     * Who is throttled later tries again between these shares of the time up to now, in an interval
     * that lasts SPAN_MS and half of the time left at most. It begins within a LEFT_PART-th of the
     * time left, or within LEAST_MS where that is more.
     */
    RETRY_LATER_PERCENT = 145,
    RETRY_LATER_END_PERCENT = 220,
    RETRY_LATER_SPAN_MS = 3000,
    RETRY_LATER_LEFT_PART = 10,
    RETRY_LATER_LEAST_MS = 1000,
    RETRY_PAGE_PAUSE_MS = 100, /* the longest pause before the page after a throttled one */
    RETRY_RESOLVE_LIMIT_MS = 10000,
    RETRY_TLS_ATTEMPTS_MAX = 4,
    RETRY_AFTER_EXTRA_MS = 5000, /* how much a server may add to our own delay */
};

struct retry_state {
    int attempts;           /* tries made so far, the failed one included; at least 1 */
    int attempts_max;       /* 0: as many as the time allows (AWS_MAX_ATTEMPTS) */
    int64_t since_ms;       /* how long ago the first try of this request began */
    int64_t retry_after_ms; /* what the server asked for (x-amz-retry-after); -1 if nothing */
    int64_t throttled_ms;   /* how long ago this request was throttled first; 0: just now */
    int64_t left_ms;        /* until the end of the run */
    bool has_answers;       /* something that the run needs has been answered already */
};

/* Why a transport failure is worth another try; RETRY_NEVER for HTTP_REPLIED and what is final. */
enum retry_cause retry_cause_of_outcome(enum http_outcome outcome);

/*
 * True, with the delay in milliseconds before the next try, if there is to be one. fraction is
 * uniform in [0, 1). What the server asks for comes before our own delay and does not replace it:
 * those who were told the same must not come back at the same moment.
 */
bool retry_delay(enum retry_cause cause,
        const struct retry_state *state,
        double fraction,
        int64_t *ret_delay_ms);

/* The pause before the next page of a call whose last page was throttled before it was answered. */
int64_t retry_page_pause_ms(double fraction);
