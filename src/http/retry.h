/*
 * Whether to retry a request, and after what delay. A start may retry until the timeout of the run. Pure
 * arithmetic.
 *
 * After most failures the delay is random, up to a limit that doubles with each try, as in the standard
 * retry mode of the AWS SDKs. Throttling is different, because the quota is shared with all other processes
 * that start at the same time. The delay then depends on how long this request has been throttled, which is
 * all that one process can know about how many others there are:
 *
 *  - after the first throttle, a few retry soon and the others within two seconds;
 *  - those of the few that are throttled again retry within the same two seconds;
 *  - after a later throttle, the delay is proportional to the time since the first one.
 *
 * A run that has some of its replies waits half as long, since it will soon finish and stop competing.
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
     * Times since the first throttle of the request. After the first throttle, SOON_PERCENT of all
     * processes retry before SOON_MS. The others, and those that are throttled again before ROUND_MS,
     * retry between ROUND_MS and ROUND_END_MS.
     */
    RETRY_SOON_PERCENT = 25,
    RETRY_SOON_MS = 250,
    RETRY_ROUND_MS = 350,
    RETRY_ROUND_END_MS = 2000,
    /*
     * After a later throttle: the retry comes between these percentages of the time since the first
     * throttle. The interval is at most SPAN_MS long, and at most half of the time left; it begins within
     * a LEFT_PART-th of the time left, or within LEAST_MS if that is more.
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
    int64_t retry_after_ms; /* the server's x-amz-retry-after; -1 if there is none */
    int64_t throttled_ms;   /* how long ago this request was first throttled; 0: just now */
    int64_t left_ms;        /* until the end of the run */
    bool has_answers;       /* at least one request of the run was answered */
};

/* The cause to retry after a transport failure; RETRY_NEVER for HTTP_REPLIED and final failures. */
enum retry_cause retry_cause_of_outcome(enum http_outcome outcome);

/*
 * Returns true, with the delay before the next try, if the request is to be retried. fraction is random,
 * uniform in [0, 1). The server's retry_after_ms is added to our random delay and does not replace it:
 * clients that got the same value must not retry at the same moment.
 */
bool retry_delay(enum retry_cause cause,
        const struct retry_state *state,
        double fraction,
        int64_t *ret_delay_ms);

/* The pause before the next page if the last one was throttled before it was answered. */
int64_t retry_page_pause_ms(double fraction);
