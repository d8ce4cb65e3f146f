/*
 * When to try again and how long to wait: the standard retry mode of the AWS SDKs, stretched for a
 * start-up that may wait as long as the run's timeout allows. Pure arithmetic.
 *
 * Waits double from a first one up to a cap. For most failures any part of the wait may be drawn
 * (full jitter). Throttling is told apart: the bucket is shared with whoever else starts now, so at
 * least half of the wait is kept, and the cap is lower, since whoever waits longest starts last.
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
    RETRY_THROTTLED_FIRST_MS = 1000,
    RETRY_THROTTLED_CAP_MS = 8000,
    RETRY_RESOLVE_LIMIT_MS = 10000,
    RETRY_TLS_ATTEMPTS_MAX = 4,
    RETRY_AFTER_EXTRA_MS = 5000, /* how much a server may add to our own delay */
};

struct retry_state {
    int attempts;           /* tries made so far, the failed one included; at least 1 */
    int attempts_max;       /* 0: as many as the time allows (AWS_MAX_ATTEMPTS) */
    int64_t since_ms;       /* how long ago the first try of this request began */
    int64_t retry_after_ms; /* what the server asked for (x-amz-retry-after); -1 if nothing */
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
