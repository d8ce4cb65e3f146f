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
        { "no socket", HTTP_NO_SOCKET, RETRY_NEVER },
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
        int attempts;
        int attempts_max;
        int64_t since_ms;
        int64_t retry_after_ms;
        double fraction;
        int64_t want_ms; /* -1: no further try */
    } ROWS[] = {
        { "never", RETRY_NEVER, 1, 0, 0, -1, 0.5, -1 },
        { "transient, first", RETRY_TRANSIENT, 1, 0, 0, -1, 0.5, 25 },
        { "transient, second", RETRY_TRANSIENT, 2, 0, 0, -1, 0.5, 50 },
        { "transient, seventh", RETRY_TRANSIENT, 7, 0, 0, -1, 0.5, 1600 },
        { "transient, at the cap", RETRY_TRANSIENT, 8, 0, 0, -1, 0.5, 2500 },
        { "transient, after years", RETRY_TRANSIENT, 1000000000, 0, 0, -1, 0.5, 2500 },
        { "transient, no jitter", RETRY_TRANSIENT, 3, 0, 0, -1, 0.0, 0 },
        { "tries are left", RETRY_TRANSIENT, 2, 3, 0, -1, 0.5, 50 },
        { "tries are used up", RETRY_TRANSIENT, 3, 3, 0, -1, 0.5, -1 },
        { "more than used up", RETRY_THROTTLED, 4, 3, 0, -1, 0.5, -1 },
        { "one try only", RETRY_THROTTLED, 1, 1, 0, -1, 0.5, -1 },
        { "a name that is new", RETRY_RESOLVE, 1, 0, 0, -1, 0.5, 25 },
        { "a name, just in time", RETRY_RESOLVE, 4, 0, 9799, -1, 0.5, 200 },
        { "a name, whose next try would be too late", RETRY_RESOLVE, 4, 0, 9800, -1, 0.5, -1 },
        { "a name, given up", RETRY_RESOLVE, 4, 0, 10000, -1, 0.5, -1 },
        { "others are not given up then", RETRY_TRANSIENT, 1, 0, 100000, -1, 0.5, 25 },
        { "TLS, third", RETRY_TLS, 3, 0, 0, -1, 0.5, 100 },
        { "TLS, given up", RETRY_TLS, 4, 0, 0, -1, 0.5, -1 },
        { "the server asks for nothing", RETRY_TRANSIENT, 1, 0, 0, 0, 0.5, 25 },
        { "the server asks for less", RETRY_TRANSIENT, 1, 0, 0, 10, 0.5, 35 },
        { "the server asks for more", RETRY_TRANSIENT, 1, 0, 0, 3000, 0.5, 3025 },
        { "the server asks for the most", RETRY_TRANSIENT, 1, 0, 0, 5000, 0.5, 5025 },
        { "the server asks for too much", RETRY_TRANSIENT, 1, 0, 0, 5001, 0.5, 5025 },
        { "the server asks for an age", RETRY_THROTTLED, 1, 0, 0, INT64_MAX, 0.0, 5000 },
        { "asked, but used up", RETRY_TRANSIENT, 3, 3, 0, 100, 0.5, -1 },
    };

    for (size_t i = 0; i < COUNT_OF(ROWS); i++) {
        const struct retry_state try = { .attempts = ROWS[i].attempts,
            .attempts_max = ROWS[i].attempts_max,
            .since_ms = ROWS[i].since_ms,
            .retry_after_ms = ROWS[i].retry_after_ms };
        int64_t delay_ms = -1;
        bool goes_on = retry_delay(ROWS[i].cause, &try, ROWS[i].fraction, &delay_ms);
        if (goes_on != (ROWS[i].want_ms >= 0) || delay_ms != ROWS[i].want_ms) {
            fail_msg("%s: %lld ms", ROWS[i].name, (long long)delay_ms);
        }
    }
}

/* The moments are those of the next try, counted from the first throttle of the request. */
static void throttled_tries_come_in_rounds(void **state)
{
    (void)state;

    static const struct {
        const char *name;
        int64_t throttled_ms;
        int64_t left_ms;
        bool has_answers;
        int64_t want_first_ms;
        int64_t want_middle_ms;
        int64_t want_last_ms; /* is not reached */
    } ROWS[] = {
        { "for the first time", 0, 60000, false, 0, 900, 2000 },
        { "again at once", 1, 60000, false, 350, 1175, 2000 },
        { "again soon", 349, 60000, false, 350, 1175, 2000 },
        { "in the first round", 350, 60000, false, 2900, 3650, 4400 },
        { "at its end", 2000, 60000, false, 2900, 3650, 4400 },
        { "after 3 s", 3000, 60000, false, 4350, 5475, 6600 },
        { "after 10 s", 10000, 60000, false, 14500, 16000, 17500 },
        { "after 20 s", 20000, 300000, false, 29000, 30500, 32000 },
        { "while a tenth of the time left is less", 20000, 40000, false, 24000, 25500, 27000 },
        { "shortly before the end", 55000, 5000, false, 56000, 57250, 58500 },
        { "at the end", 58000, 2000, false, 59000, 59500, 60000 },
        { "with answers, for the first time", 0, 60000, true, 0, 450, 1000 },
        { "with answers, again soon", 174, 60000, true, 175, 587, 1000 },
        { "with answers, in the first round", 175, 60000, true, 1450, 1825, 2200 },
        { "with answers, after 3 s", 3000, 60000, true, 4350, 5100, 5850 },
    };

    for (size_t i = 0; i < COUNT_OF(ROWS); i++) {
        const struct retry_state try = { .attempts = 7,
            .retry_after_ms = -1,
            .throttled_ms = ROWS[i].throttled_ms,
            .left_ms = ROWS[i].left_ms,
            .has_answers = ROWS[i].has_answers };
        static const double FRACTIONS[] = { 0.0, 0.5, 0.999999 };
        const int64_t want_ms[] = { ROWS[i].want_first_ms, ROWS[i].want_middle_ms,
            ROWS[i].want_last_ms - 1 };
        for (size_t j = 0; j < COUNT_OF(FRACTIONS); j++) {
            int64_t delay_ms = -1;
            assert_true(retry_delay(RETRY_THROTTLED, &try, FRACTIONS[j], &delay_ms));
            int64_t at_ms = ROWS[i].throttled_ms + delay_ms;
            if (at_ms < want_ms[j] - 1 || at_ms > want_ms[j] + 1) {
                fail_msg("%s, %.1f: at %lld ms, not %lld", ROWS[i].name, FRACTIONS[j],
                        (long long)at_ms, (long long)want_ms[j]);
            }
        }
    }
}

/* Nobody between the last of the few who try again soon and the first of the others. */
static void one_in_four_tries_again_soon(void **state)
{
    (void)state;
    const struct retry_state try = { .attempts = 1, .retry_after_ms = -1, .left_ms = 60000 };
    int soon = 0;
    for (int i = 0; i < 1000; i++) {
        int64_t delay_ms = -1;
        assert_true(retry_delay(RETRY_THROTTLED, &try, i / 1000.0, &delay_ms));
        assert_true(delay_ms < RETRY_SOON_MS || delay_ms >= RETRY_ROUND_MS);
        soon += delay_ms < RETRY_SOON_MS ? 1 : 0;
    }
    assert_int_equal(soon, 250);
}

static void a_page_after_a_throttled_one_pauses(void **state)
{
    (void)state;
    assert_int_equal(retry_page_pause_ms(0.0), 0);
    assert_int_equal(retry_page_pause_ms(0.5), RETRY_PAGE_PAUSE_MS / 2);
    assert_int_equal(retry_page_pause_ms(0.999999), RETRY_PAGE_PAUSE_MS - 1);
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

    int in_slice[RETRY_ROUND_END_MS / SLICE_MS] = { 0 };
    for (int i = 0; i < STARTS; i++) {
        const struct retry_state try = { .attempts = 1, .retry_after_ms = 2000, .left_ms = 60000 };
        int64_t delay_ms = -1;
        assert_true(retry_delay(RETRY_THROTTLED, &try, (double)i / STARTS, &delay_ms));
        assert_in_range(delay_ms, 2000, 2000 + RETRY_ROUND_END_MS - 1);
        in_slice[(delay_ms - 2000) / SLICE_MS]++;
    }
    for (size_t i = 0; i < COUNT_OF(in_slice); i++) {
        assert_in_range(in_slice[i], 0, STARTS / 18);
    }
}

/* --- a herd: many starts at the same moment against one bucket --- */

enum {
    HERD_MOST = 1000,
    HERD_RUNS = 40,
    HERD_ANSWER_MS = 5,
    HERD_RATE = 40, /* calls a second, and as many at first */
};

struct herd_start {
    int64_t due_ms;
    int64_t first_throttle_ms; /* -1: the present request was not throttled */
    int tries;
    int pages_left;
    int pages_had;
};

struct herd {
    struct herd_start starts[HERD_MOST];
    int count;
    uint64_t chance;
    int64_t tokens_us; /* a call takes 1000000 / HERD_RATE */
    int64_t filled_ms;
    int64_t timeout_ms;
    int64_t ends_ms[HERD_MOST];
    int ended;
    int failed;
    int calls;
};

static double draw(struct herd *herd)
{
    herd->chance ^= herd->chance << 13;
    herd->chance ^= herd->chance >> 7;
    herd->chance ^= herd->chance << 17;
    return (double)(herd->chance >> 11) / 9007199254740992.0;
}

static bool take_token(struct herd *herd, int64_t at_ms)
{
    herd->tokens_us += (at_ms - herd->filled_ms) * 1000;
    herd->tokens_us = herd->tokens_us > 1000000 ? 1000000 : herd->tokens_us;
    herd->filled_ms = at_ms;
    herd->calls++;
    if (herd->tokens_us < 1000000 / HERD_RATE) {
        return false;
    }
    herd->tokens_us -= 1000000 / HERD_RATE;
    return true;
}

static void end_start(struct herd *herd, struct herd_start *start, int64_t at_ms)
{
    herd->ends_ms[herd->ended++] = at_ms;
    *start = herd->starts[--herd->count];
}

static void be_throttled(struct herd *herd, struct herd_start *start, int64_t at_ms)
{
    start->tries++;
    start->first_throttle_ms = start->first_throttle_ms < 0 ? at_ms : start->first_throttle_ms;
    const struct retry_state try = { .attempts = start->tries,
        .retry_after_ms = -1,
        .throttled_ms = at_ms - start->first_throttle_ms,
        .left_ms = herd->timeout_ms - at_ms,
        .has_answers = start->pages_had > 0 };
    int64_t delay_ms = -1;
    assert_true(retry_delay(RETRY_THROTTLED, &try, draw(herd), &delay_ms));
    assert_true(delay_ms >= 0);
    start->due_ms = at_ms + delay_ms;
    if (start->due_ms >= herd->timeout_ms) {
        herd->failed++;
        end_start(herd, start, herd->timeout_ms);
    }
}

static void be_answered(struct herd *herd, struct herd_start *start, int64_t at_ms)
{
    start->due_ms = at_ms + (start->tries > 0 ? retry_page_pause_ms(draw(herd)) : 0);
    start->tries = 0;
    start->first_throttle_ms = -1;
    start->pages_had++;
    if (--start->pages_left == 0) {
        end_start(herd, start, at_ms);
    }
}

static void run_herd(struct herd *herd)
{
    while (herd->count > 0) {
        struct herd_start *next = &herd->starts[0];
        for (int i = 1; i < herd->count; i++) {
            next = herd->starts[i].due_ms < next->due_ms ? &herd->starts[i] : next;
        }
        int64_t answered_ms = next->due_ms + HERD_ANSWER_MS;
        if (take_token(herd, next->due_ms)) {
            be_answered(herd, next, answered_ms);
        } else {
            be_throttled(herd, next, answered_ms);
        }
    }
}

static void set_up_herd(struct herd *herd, int starts, int pages, int run)
{
    memset(herd, 0, sizeof(*herd)); /* a compound literal would be a second one on the stack */
    herd->count = starts;
    herd->chance = 0x9E3779B97F4A7C15u * (uint64_t)(run + 1);
    herd->tokens_us = 1000000;
    herd->timeout_ms = 60000;
    for (int i = 0; i < starts; i++) {
        herd->starts[i] = (struct herd_start){ .due_ms = (int64_t)(draw(herd) * starts * 0.7),
            .first_throttle_ms = -1,
            .pages_left = pages };
    }
}

static int compare(const void *a, const void *b)
{
    const int64_t *left = a;
    const int64_t *right = b;
    return *left < *right ? -1 : *left > *right;
}

/* What is compared are the medians of some runs. docs/herd.md says what is wanted, and why. */
static void a_herd_starts_soon_and_with_few_calls(void **state)
{
    (void)state;

    static const struct {
        int starts;
        int pages;
        int runs;
        int64_t want_last_ms;
        int64_t want_median_ms;
        int64_t want_calls;
    } ROWS[] = {
        { 50, 1, HERD_RUNS, 2000, 50, 61 },
        { 100, 1, HERD_RUNS, 2100, 280, 166 },
        { 200, 1, HERD_RUNS, 5000, 1530, 466 },
        { 1000, 1, 3, 33000, 11550, 5100 },
        { 50, 3, HERD_RUNS, 5000, 1560, 255 },
        { 100, 3, HERD_RUNS, 9400, 3500, 614 },
        { 200, 3, HERD_RUNS, 24000, 8350, 1700 },
    };

    for (size_t i = 0; i < COUNT_OF(ROWS); i++) {
        int64_t last_ms[HERD_RUNS];
        int64_t median_ms[HERD_RUNS];
        int64_t calls[HERD_RUNS];
        size_t count = (size_t)ROWS[i].runs;
        for (int run = 0; run < ROWS[i].runs; run++) {
            static struct herd herd;
            set_up_herd(&herd, ROWS[i].starts, ROWS[i].pages, run);
            run_herd(&herd);
            assert_int_equal(herd.failed, 0);
            qsort(herd.ends_ms, (size_t)herd.ended, sizeof(herd.ends_ms[0]), compare);
            last_ms[run] = herd.ends_ms[herd.ended - 1];
            median_ms[run] = herd.ends_ms[(herd.ended - 1) / 2];
            calls[run] = herd.calls;
        }
        qsort(last_ms, count, sizeof(last_ms[0]), compare);
        qsort(median_ms, count, sizeof(median_ms[0]), compare);
        qsort(calls, count, sizeof(calls[0]), compare);
        size_t middle = count / 2;
        if (last_ms[middle] > ROWS[i].want_last_ms || median_ms[middle] > ROWS[i].want_median_ms
                || calls[middle] > ROWS[i].want_calls) {
            fail_msg("%d starts, %d pages each: the last after %lld ms, the median after %lld ms, "
                     "%lld calls",
                    ROWS[i].starts, ROWS[i].pages, (long long)last_ms[middle],
                    (long long)median_ms[middle], (long long)calls[middle]);
        }
    }
}

/* The last of them are still being throttled shortly before their time is over. */
static void a_herd_that_just_fits_into_the_timeout_starts(void **state)
{
    (void)state;
    for (int run = 0; run < 4; run++) {
        static struct herd herd;
        set_up_herd(&herd, 500, 1, run);
        herd.timeout_ms = 15000;
        run_herd(&herd);
        assert_int_equal(herd.failed, 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(transport_outcomes_have_causes),
        cmocka_unit_test(delays_follow_cause_tries_and_chance),
        cmocka_unit_test(throttled_tries_come_in_rounds),
        cmocka_unit_test(one_in_four_tries_again_soon),
        cmocka_unit_test(a_page_after_a_throttled_one_pauses),
        cmocka_unit_test(the_delay_stays_below_its_ceiling),
        cmocka_unit_test(those_who_were_throttled_together_come_back_apart),
        cmocka_unit_test(a_herd_starts_soon_and_with_few_calls),
        cmocka_unit_test(a_herd_that_just_fits_into_the_timeout_starts),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
