/* SPDX-License-Identifier: MIT */
#include "http/retry.h"

enum retry_cause retry_cause_of_outcome(enum http_outcome outcome)
{
    switch (outcome) {
    case HTTP_NOT_RESOLVED:
    case HTTP_PROXY_NOT_RESOLVED:
        return RETRY_RESOLVE;
    case HTTP_TLS_FAILED:
        return RETRY_TLS;
    case HTTP_NOT_CONNECTED:
    case HTTP_PROXY_NOT_CONNECTED:
    case HTTP_TIMED_OUT:
    case HTTP_DROPPED:
    case HTTP_PROXY_BUSY:
        return RETRY_TRANSIENT;
    case HTTP_REPLIED:
    case HTTP_UNTRUSTED:
    case HTTP_TOO_LARGE:
    case HTTP_MALFORMED:
    case HTTP_PROXY_FAILED:
    case HTTP_IMPOSSIBLE:
        break;
    }
    return RETRY_NEVER;
}

/* first * 2^(attempts - 1), at most cap. */
static int64_t ceiling_ms(int64_t first_ms, int64_t cap_ms, int attempts)
{
    int64_t ceiling = first_ms;
    for (int i = 1; i < attempts && ceiling < cap_ms; i++) {
        ceiling *= 2;
    }
    return ceiling < cap_ms ? ceiling : cap_ms;
}

/* Our own delay: full jitter, or its upper half where others compete for the same. */
static int64_t jittered_ms(enum retry_cause cause, int attempts, double fraction)
{
    if (cause != RETRY_THROTTLED) {
        int64_t ceiling = ceiling_ms(RETRY_TRANSIENT_FIRST_MS, RETRY_TRANSIENT_CAP_MS, attempts);
        return (int64_t)((double)ceiling * fraction);
    }
    int64_t ceiling = ceiling_ms(RETRY_THROTTLED_FIRST_MS, RETRY_THROTTLED_CAP_MS, attempts);
    return (int64_t)((double)ceiling * (1 + fraction) / 2);
}

bool retry_delay(enum retry_cause cause,
        const struct retry_state *state,
        double fraction,
        int64_t *ret_delay_ms)
{
    bool spent = state->attempts_max > 0 && state->attempts >= state->attempts_max;
    bool handshakes = cause == RETRY_TLS && state->attempts >= RETRY_TLS_ATTEMPTS_MAX;
    if (cause == RETRY_NEVER || spent || handshakes) {
        return false;
    }
    int64_t delay = jittered_ms(cause, state->attempts, fraction);
    if (cause == RETRY_RESOLVE && state->since_ms + delay >= RETRY_RESOLVE_LIMIT_MS) {
        return false;
    }
    if (state->retry_after_ms > 0) {
        delay += state->retry_after_ms < RETRY_AFTER_EXTRA_MS ? state->retry_after_ms
                                                              : RETRY_AFTER_EXTRA_MS;
    }
    *ret_delay_ms = delay;
    return true;
}
