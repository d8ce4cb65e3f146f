/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "http/retry.h"

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

static void transport_outcomes_have_causes(void **state)
{
    (void)state;

    static const struct {
        const char *name;
        enum http_outcome outcome;
        enum retry_cause want;
    } ROWS[] = {
        { "replied", HTTP_REPLIED, RETRY_NEVER },
        { "not resolved", HTTP_NOT_RESOLVED, RETRY_RESOLVE },
        { "not connected", HTTP_NOT_CONNECTED, RETRY_TRANSIENT },
        { "untrusted", HTTP_UNTRUSTED, RETRY_NEVER },
        { "TLS failed", HTTP_TLS_FAILED, RETRY_TLS },
        { "timed out", HTTP_TIMED_OUT, RETRY_TRANSIENT },
        { "dropped", HTTP_DROPPED, RETRY_TRANSIENT },
        { "too large", HTTP_TOO_LARGE, RETRY_NEVER },
        { "malformed", HTTP_MALFORMED, RETRY_NEVER },
        { "proxy failed", HTTP_PROXY_FAILED, RETRY_NEVER },
        { "proxy busy", HTTP_PROXY_BUSY, RETRY_TRANSIENT },
        { "proxy not resolved", HTTP_PROXY_NOT_RESOLVED, RETRY_RESOLVE },
        { "proxy not connected", HTTP_PROXY_NOT_CONNECTED, RETRY_TRANSIENT },
        { "impossible", HTTP_IMPOSSIBLE, RETRY_NEVER },
    };

    for (size_t i = 0; i < COUNT_OF(ROWS); i++) {
        if (retry_cause_of_outcome(ROWS[i].outcome) != ROWS[i].want) {
            fail_msg("%s: cause %d", ROWS[i].name, (int)retry_cause_of_outcome(ROWS[i].outcome));
        }
    }
}

static void delays_follow_cause_tries_and_chance(void **state)
{
    (void)state;

    static const struct {
        const char *name;
        enum retry_cause cause;
        struct retry_state state;
        double fraction;
        int64_t want_ms; /* -1: no further try */
    } ROWS[] = {
        { "never", RETRY_NEVER, { 1, 0, 0, -1 }, 0.5, -1 },
        { "transient, first", RETRY_TRANSIENT, { 1, 0, 0, -1 }, 0.5, 25 },
        { "transient, second", RETRY_TRANSIENT, { 2, 0, 0, -1 }, 0.5, 50 },
        { "transient, seventh", RETRY_TRANSIENT, { 7, 0, 0, -1 }, 0.5, 1600 },
        { "transient, at the cap", RETRY_TRANSIENT, { 8, 0, 0, -1 }, 0.5, 2500 },
        { "transient, after years", RETRY_TRANSIENT, { 1000000000, 0, 0, -1 }, 0.5, 2500 },
        { "transient, no jitter", RETRY_TRANSIENT, { 3, 0, 0, -1 }, 0.0, 0 },
        { "throttled, first", RETRY_THROTTLED, { 1, 0, 0, -1 }, 0.5, 750 },
        { "throttled, second", RETRY_THROTTLED, { 2, 0, 0, -1 }, 0.5, 1500 },
        { "throttled, at the least", RETRY_THROTTLED, { 2, 0, 0, -1 }, 0.0, 1000 },
        { "throttled, at the cap", RETRY_THROTTLED, { 4, 0, 0, -1 }, 0.5, 6000 },
        { "throttled, far past the cap", RETRY_THROTTLED, { 100, 0, 0, -1 }, 0.5, 6000 },
        { "tries are left", RETRY_TRANSIENT, { 2, 3, 0, -1 }, 0.5, 50 },
        { "tries are used up", RETRY_TRANSIENT, { 3, 3, 0, -1 }, 0.5, -1 },
        { "more than used up", RETRY_THROTTLED, { 4, 3, 0, -1 }, 0.5, -1 },
        { "one try only", RETRY_THROTTLED, { 1, 1, 0, -1 }, 0.5, -1 },
        { "a name that is new", RETRY_RESOLVE, { 1, 0, 0, -1 }, 0.5, 25 },
        { "a name, just in time", RETRY_RESOLVE, { 4, 0, 9799, -1 }, 0.5, 200 },
        { "a name, whose next try would be too late", RETRY_RESOLVE, { 4, 0, 9800, -1 }, 0.5, -1 },
        { "a name, given up", RETRY_RESOLVE, { 4, 0, 10000, -1 }, 0.5, -1 },
        { "others are not given up then", RETRY_TRANSIENT, { 1, 0, 100000, -1 }, 0.5, 25 },
        { "TLS, third", RETRY_TLS, { 3, 0, 0, -1 }, 0.5, 100 },
        { "TLS, given up", RETRY_TLS, { 4, 0, 0, -1 }, 0.5, -1 },
        { "the server asks for nothing", RETRY_TRANSIENT, { 1, 0, 0, 0 }, 0.5, 25 },
        { "the server asks for less", RETRY_TRANSIENT, { 1, 0, 0, 10 }, 0.5, 35 },
        { "the server asks for more", RETRY_TRANSIENT, { 1, 0, 0, 3000 }, 0.5, 3025 },
        { "the server asks for the most", RETRY_TRANSIENT, { 1, 0, 0, 5000 }, 0.5, 5025 },
        { "the server asks for too much", RETRY_TRANSIENT, { 1, 0, 0, 5001 }, 0.5, 5025 },
        { "the server asks for an age", RETRY_THROTTLED, { 1, 0, 0, INT64_MAX }, 0.0, 5500 },
        { "asked, but used up", RETRY_TRANSIENT, { 3, 3, 0, 100 }, 0.5, -1 },
    };

    for (size_t i = 0; i < COUNT_OF(ROWS); i++) {
        int64_t delay_ms = -1;
        bool goes_on = retry_delay(ROWS[i].cause, &ROWS[i].state, ROWS[i].fraction, &delay_ms);
        if (goes_on != (ROWS[i].want_ms >= 0) || delay_ms != ROWS[i].want_ms) {
            fail_msg("%s: %lld ms", ROWS[i].name, (long long)delay_ms);
        }
    }
}

static void the_delay_stays_below_its_ceiling(void **state)
{
    (void)state;
    for (int attempts = 1; attempts < 12; attempts++) {
        const struct retry_state try = { .attempts = attempts, .retry_after_ms = -1 };
        int64_t ceiling_ms = RETRY_TRANSIENT_CAP_MS;
        if (attempts < 8) {
            ceiling_ms = (int64_t)RETRY_TRANSIENT_FIRST_MS << (attempts - 1);
        }
        int64_t delay_ms = -1;
        assert_true(retry_delay(RETRY_TRANSIENT, &try, 0.999999, &delay_ms));
        assert_true(delay_ms < ceiling_ms);
        assert_true(delay_ms >= ceiling_ms - 1);
    }
}

/* A thousand that were throttled together and told the same by the server. */
static void those_who_were_throttled_together_come_back_apart(void **state)
{
    (void)state;

    enum {
        STARTS = 1000,
        SLICE_MS = 50
    };

    int in_slice[RETRY_THROTTLED_FIRST_MS / SLICE_MS] = { 0 };
    for (int i = 0; i < STARTS; i++) {
        const struct retry_state try = { .attempts = 1, .retry_after_ms = 2000 };
        int64_t delay_ms = -1;
        assert_true(retry_delay(RETRY_THROTTLED, &try, (double)i / STARTS, &delay_ms));
        assert_in_range(
                delay_ms, 2000 + RETRY_THROTTLED_FIRST_MS / 2, 2000 + RETRY_THROTTLED_FIRST_MS - 1);
        in_slice[(delay_ms - 2000) / SLICE_MS]++;
    }
    for (size_t i = COUNT_OF(in_slice) / 2; i < COUNT_OF(in_slice); i++) {
        assert_in_range(in_slice[i], STARTS / 10 - 5, STARTS / 10 + 5);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(transport_outcomes_have_causes),
        cmocka_unit_test(delays_follow_cause_tries_and_chance),
        cmocka_unit_test(the_delay_stays_below_its_ceiling),
        cmocka_unit_test(those_who_were_throttled_together_come_back_apart),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
