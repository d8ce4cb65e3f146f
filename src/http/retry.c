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
    case HTTP_NO_SOCKET:
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

static int64_t interpolate(int64_t begin_ms, int64_t end_ms, double fraction)
{
    return begin_ms + (int64_t)((double)(end_ms - begin_ms) * fraction);
}

static int64_t least(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

static int64_t most(int64_t a, int64_t b)
{
    return a > b ? a : b;
}

/* Times of the next try, counted from the first throttle. */
static int64_t first_round_ms(int64_t throttled_ms, double fraction)
{
    static const double SOON = (double)RETRY_SOON_PERCENT / 100;
    if (throttled_ms > 0) {
        return interpolate(RETRY_ROUND_MS, RETRY_ROUND_END_MS, fraction);
    }
    return fraction < SOON
            ? interpolate(0, RETRY_SOON_MS, fraction / SOON)
            : interpolate(RETRY_ROUND_MS, RETRY_ROUND_END_MS, (fraction - SOON) / (1 - SOON));
}

static int64_t later_round_ms(int64_t throttled_ms, int64_t left_ms, double fraction)
{
    int64_t now = most(throttled_ms, RETRY_ROUND_END_MS);
    int64_t pause = now * (RETRY_LATER_PERCENT - 100) / 100;
    pause = least(pause, most(left_ms / RETRY_LATER_LEFT_PART, RETRY_LATER_LEAST_MS));
    int64_t span = now * (RETRY_LATER_END_PERCENT - RETRY_LATER_PERCENT) / 100;
    span = least(span, least(RETRY_LATER_SPAN_MS, left_ms / 2));
    return interpolate(now + pause, now + pause + span, fraction);
}

static int64_t throttled_delay_ms(const struct retry_state *state, double fraction)
{
    int64_t pace = state->has_answers ? 2 : 1;
    int64_t throttled = state->throttled_ms * pace;
    int64_t left = state->left_ms * pace;
    int64_t next = throttled < RETRY_ROUND_MS ? first_round_ms(throttled, fraction)
                                              : later_round_ms(throttled, left, fraction);
    return (next - throttled) / pace;
}

/* The delay without retry_after_ms. */
static int64_t own_delay_ms(
        enum retry_cause cause, const struct retry_state *state, double fraction)
{
    if (cause == RETRY_THROTTLED) {
        return throttled_delay_ms(state, fraction);
    }
    int64_t ceiling = ceiling_ms(RETRY_TRANSIENT_FIRST_MS, RETRY_TRANSIENT_CAP_MS, state->attempts);
    return (int64_t)((double)ceiling * fraction);
}

int64_t retry_page_pause_ms(double fraction)
{
    return interpolate(0, RETRY_PAGE_PAUSE_MS, fraction);
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
    int64_t delay = own_delay_ms(cause, state, fraction);
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
