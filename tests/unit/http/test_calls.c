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

#include "fakes/fake_world.h"
#include "http/calls.h"

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

#define REPLIES(world, rows) ((world)->replies = (rows), (world)->reply_count = COUNT_OF(rows))

enum {
    CALLS_MOST = 100,
    RUN_MS = 60000,
};

/*
 * A call as the script tells it: the reply's body is the verdict in one word ("done", "continues",
 * "repeats", "fails", "retries", "throttled").
 */
struct scripted_call {
    struct call call; /* first: calls_run passes it back */
    int prepared;
    int judged;
    int fails_to_prepare_at; /* the n-th prepare fails; 0: none does */
    const char *bad_header;  /* not NULL: a header with this value */
};

static bool prepare(struct call *base, struct http_request *ret_request, struct err *reterr)
{
    struct scripted_call *call = (struct scripted_call *)base;
    call->prepared++;
    http_request_init(ret_request, HTTP_POST, 1024);
    if (call->prepared == call->fails_to_prepare_at) {
        return err_set(reterr, ERR_INPUT, base->subject, "cannot be prepared");
    }
    text_append_string(&ret_request->url, "https://host/");
    secret_append_string(&ret_request->body, base->subject);
    if (call->bad_header != NULL) {
        http_request_add_header(ret_request, "x", call->bad_header);
    }
    return true;
}

static enum call_verdict judge(struct call *base,
        struct http_reply *reply,
        enum retry_cause *ret_cause,
        struct err *reterr)
{
    struct scripted_call *call = (struct scripted_call *)base;
    const char *word = secret_expose(&reply->body);
    call->judged++;
    if (strcmp(word, "done") == 0) {
        return CALL_DONE;
    }
    if (strcmp(word, "continues") == 0) {
        return CALL_CONTINUES;
    }
    (void)err_set(reterr, ERR_SERVICE, base->subject, "status %d", reply->status);
    err_set_code(reterr, word);
    err_set_hint(reterr, "the hint");
    if (strcmp(word, "repeats") == 0) {
        return CALL_REPEATS;
    }
    if (strcmp(word, "fails") == 0) {
        return CALL_FAILED;
    }
    *ret_cause = strcmp(word, "throttled") == 0 ? RETRY_THROTTLED : RETRY_TRANSIENT;
    return CALL_RETRIES;
}

static const struct call_type SCRIPTED = { .prepare = prepare, .judge = judge };

struct fixture {
    struct fake_world *world;
    struct call_settings settings;
    struct scripted_call calls[CALLS_MOST];
    struct call *pointers[CALLS_MOST];
    char subjects[CALLS_MOST][16];
    struct err_list problems;
};

static int set_up(void **state)
{
    struct fixture *fixture = calloc(1, sizeof(*fixture));
    assert_non_null(fixture);
    fixture->world = fake_world_new();
    fixture->settings = (struct call_settings){
        .transport = &fixture->world->transport,
        .clock = &fixture->world->clock,
        .events = &fixture->world->events,
        .deadline_ms = RUN_MS,
        .connect_timeout_ms = CALLS_CONNECT_TIMEOUT_MS,
        .try_timeout_ms = CALLS_TRY_TIMEOUT_MS,
    };
    for (size_t i = 0; i < CALLS_MOST; i++) {
        (void)snprintf(fixture->subjects[i], sizeof(fixture->subjects[i]), "/c%zu", i);
        fixture->calls[i].call = (struct call){
            .type = &SCRIPTED, .subject = fixture->subjects[i], .host = "host", .operation = "Get"
        };
        fixture->pointers[i] = &fixture->calls[i].call;
    }
    *state = fixture;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *fixture = *state;
    int left_over = fixture->world->under_way_count == 0 ? 0 : -1;
    err_list_clear(&fixture->problems);
    fake_world_free(fixture->world);
    free(fixture);
    return left_over;
}

static bool run(struct fixture *fixture, size_t count)
{
    bool ok = calls_run(&fixture->settings, fixture->pointers, count, &fixture->problems);
    assert_int_equal(fixture->world->under_way_count, 0);
    for (size_t i = 0; i < count; i++) {
        assert_null(fixture->calls[i].call.progress);
    }
    return ok;
}

static void assert_problem(const struct fixture *fixture,
        size_t at,
        enum err_kind kind,
        const char *where,
        const char *why)
{
    assert_true(at < fixture->problems.len);
    assert_int_equal(fixture->problems.items[at].kind, kind);
    assert_string_equal(fixture->problems.items[at].where, where);
    assert_string_equal(fixture->problems.items[at].why, why);
}

static void assert_heard(const struct fixture *fixture, const char *line)
{
    if (strstr(text_string(&fixture->world->heard), line) == NULL) {
        fail_msg("not heard: %s\nbut:\n%s", line, text_string(&fixture->world->heard));
    }
}

static size_t count_sent(const struct fixture *fixture, const char *subject)
{
    size_t count = 0;
    for (size_t i = 0; i < fixture->world->sent_count; i++) {
        count += strcmp(fixture->world->sent[i].body, subject) == 0 ? 1 : 0;
    }
    return count;
}

static void connections_of_the_first_calls_are_opened_early(void **state)
{
    struct fixture *fixture = *state;
    static const struct fake_reply REPLIES_OF_RUN[] = { { .body = "done" } };
    REPLIES(fixture->world, REPLIES_OF_RUN);
    assert_true(calls_connect_early(&fixture->settings, fixture->pointers, CALLS_AT_ONCE_MAX + 5));
    assert_int_equal(fixture->world->early_count, CALLS_AT_ONCE_MAX);
    assert_int_equal(fixture->world->early_limit_ms, CALLS_EARLY_MAX_MS);
    assert_int_equal(fixture->world->sent_count, 0);
    assert_string_equal(text_string(&fixture->world->heard),
            "progress (nowhere): host: connecting in advance (connections: 32)\n");
    assert_true(run(fixture, CALLS_AT_ONCE_MAX + 5));
    assert_int_equal(fixture->world->sent_count, CALLS_AT_ONCE_MAX + 5);
}

static void the_wait_of_an_early_connection_is_not_taken_from_its_request(void **state)
{
    struct fixture *fixture = *state;
    assert_true(calls_connect_early(&fixture->settings, fixture->pointers, 1));
    assert_int_equal(fixture->world->early_timeout_ms, CALLS_TRY_TIMEOUT_MS + CALLS_EARLY_MAX_MS);
    fixture->settings.deadline_ms = fixture->world->monotonic_ms + 500;
    assert_true(calls_connect_early(&fixture->settings, fixture->pointers, 1));
    assert_int_equal(fixture->world->early_timeout_ms, 500);
}

static void what_cannot_be_connected_early_is_asked_as_usual(void **state)
{
    struct fixture *fixture = *state;
    static const struct fake_reply REPLIES_OF_RUN[] = { { .body = "done" } };
    REPLIES(fixture->world, REPLIES_OF_RUN);
    assert_false(calls_connect_early(&fixture->settings, fixture->pointers, 0));
    fixture->calls[1].fails_to_prepare_at = 1;
    assert_false(calls_connect_early(&fixture->settings, fixture->pointers, 2));
    assert_int_equal(fixture->world->early_count, 0);
    fixture->world->early_is_impossible = true;
    assert_false(calls_connect_early(&fixture->settings, fixture->pointers, 2));
    assert_string_equal(text_string(&fixture->world->heard), "");
    assert_true(run(fixture, 2));
    assert_int_equal(fixture->world->sent_count, 2);
}

static void no_calls_are_a_success(void **state)
{
    struct fixture *fixture = *state;
    assert_true(run(fixture, 0));
    assert_int_equal(fixture->world->sent_count, 0);
}

static void one_call_is_asked_once_and_done(void **state)
{
    struct fixture *fixture = *state;
    static const struct fake_reply REPLIES_OF_RUN[] = { { .after_ms = 42, .body = "done" } };
    REPLIES(fixture->world, REPLIES_OF_RUN);
    assert_true(run(fixture, 1));
    assert_true(err_list_is_empty(&fixture->problems));
    assert_int_equal(fixture->world->sent_count, 1);
    assert_int_equal(fixture->world->sent[0].connect_timeout_ms, CALLS_CONNECT_TIMEOUT_MS);
    assert_int_equal(fixture->world->sent[0].timeout_ms, CALLS_TRY_TIMEOUT_MS);
    assert_int_equal(fixture->world->monotonic_ms, 42);
    assert_string_equal(text_string(&fixture->world->heard),
            "progress /c0: Get from host: status 200, 4 bytes in 42 ms\n");
}

static void a_call_that_continues_asks_again_at_once(void **state)
{
    struct fixture *fixture = *state;
    static const struct fake_reply REPLIES_OF_RUN[] = {
        { .after_ms = 10, .body = "continues" },
        { .after_ms = 10, .body = "continues" },
        { .after_ms = 10, .body = "done" },
    };
    REPLIES(fixture->world, REPLIES_OF_RUN);
    assert_true(run(fixture, 1));
    assert_int_equal(fixture->world->sent_count, 3);
    assert_int_equal(fixture->world->monotonic_ms, 30);
    assert_int_equal(fixture->calls[0].prepared, 3);
    assert_int_equal(fixture->calls[0].judged, 3);
}

static void a_call_that_repeats_is_prepared_anew_at_once(void **state)
{
    struct fixture *fixture = *state;
    static const struct fake_reply REPLIES_OF_RUN[] = {
        { .after_ms = 10, .body = "repeats" },
        { .after_ms = 10, .body = "done" },
    };
    REPLIES(fixture->world, REPLIES_OF_RUN);
    assert_true(run(fixture, 1));
    assert_int_equal(fixture->world->monotonic_ms, 20);
    assert_int_equal(fixture->calls[0].prepared, 2);
}

static void what_passes_is_tried_again_until_it_works(void **state)
{
    struct fixture *fixture = *state;
    static const struct fake_reply REPLIES_OF_RUN[] = {
        { .after_ms = 5, .status = 500, .body = "retries" },
        { .after_ms = 5, .outcome = HTTP_NOT_CONNECTED },
        { .after_ms = 5, .outcome = HTTP_DROPPED },
        { .after_ms = 5, .status = 400, .body = "throttled" },
        { .after_ms = 5, .body = "done" },
    };
    REPLIES(fixture->world, REPLIES_OF_RUN);
    assert_true(run(fixture, 1));
    assert_true(err_list_is_empty(&fixture->problems));
    assert_int_equal(fixture->world->sent_count, 5);
    /* Full jitter below 50, 100, 200 and 8000 ms. */
    assert_true(fixture->world->sent[1].at_ms < 5 + 50);
    assert_true(fixture->world->sent[2].at_ms - fixture->world->sent[1].at_ms < 5 + 100);
    assert_true(fixture->world->sent[4].at_ms - fixture->world->sent[3].at_ms < 5 + 8000);
    assert_heard(fixture, "(try 5)\n");
}

static void the_server_may_ask_for_a_later_try(void **state)
{
    struct fixture *fixture = *state;

    static const struct {
        const char *headers;
        int64_t at_least_ms;
        int64_t below_ms;
    } ROWS[] = {
        { "x-amz-retry-after: 2000\r\n", 2000, 2050 },
        { "X-Amz-Retry-After: 60000\r\n", 5000, 5050 },
        { "x-amz-retry-after: -1\r\n", 0, 50 },
        { "x-amz-retry-after: 2s\r\n", 0, 50 },
        { "x-amz-retry-after: 99999999999999999999\r\n", 5000, 5050 },
    };

    for (size_t i = 0; i < COUNT_OF(ROWS); i++) {
        const struct fake_reply replies[] = {
            { .status = 500, .headers = ROWS[i].headers, .body = "retries" },
            { .body = "done" },
        };
        fake_world_forget(fixture->world);
        REPLIES(fixture->world, replies);
        fixture->settings.deadline_ms = fixture->world->monotonic_ms + RUN_MS;
        assert_true(run(fixture, 1));
        int64_t delay_ms = fixture->world->sent[1].at_ms - fixture->world->sent[0].at_ms;
        if (delay_ms < ROWS[i].at_least_ms || delay_ms >= ROWS[i].below_ms) {
            fail_msg("%s: %lld ms", ROWS[i].headers, (long long)delay_ms);
        }
    }
}

static void a_final_failure_is_told_and_not_tried_again(void **state)
{
    struct fixture *fixture = *state;
    static const struct fake_reply REPLIES_OF_RUN[] = { { .status = 400, .body = "fails" } };
    REPLIES(fixture->world, REPLIES_OF_RUN);
    assert_false(run(fixture, 1));
    assert_int_equal(fixture->world->sent_count, 1);
    assert_int_equal(fixture->problems.len, 1);
    assert_problem(fixture, 0, ERR_SERVICE, "/c0", "status 400");
    assert_string_equal(fixture->problems.items[0].code, "fails");
}

static void failures_of_the_transport_have_kinds_and_hints(void **state)
{
    struct fixture *fixture = *state;

    static const struct {
        const char *name;
        enum http_outcome outcome;
        enum err_kind want;
        const char *hint_part;
    } ROWS[] = {
        { "untrusted", HTTP_UNTRUSTED, ERR_NETWORK, "--ca-bundle" },
        { "too large", HTTP_TOO_LARGE, ERR_PROTOCOL, "is host the right endpoint?" },
        { "malformed", HTTP_MALFORMED, ERR_PROTOCOL, "is host the right endpoint?" },
        { "proxy failed", HTTP_PROXY_FAILED, ERR_NETWORK, "NO_PROXY" },
        { "no socket", HTTP_NO_SOCKET, ERR_NETWORK, "RestrictAddressFamilies=" },
        { "impossible", HTTP_IMPOSSIBLE, ERR_NETWORK, "" },
    };

    for (size_t i = 0; i < COUNT_OF(ROWS); i++) {
        const struct fake_reply replies[] = { { .outcome = ROWS[i].outcome } };
        fake_world_forget(fixture->world);
        err_list_clear(&fixture->problems);
        REPLIES(fixture->world, replies);
        assert_false(run(fixture, 1));
        char why[64];
        (void)snprintf(why, sizeof(why), "host: scripted outcome %d", (int)ROWS[i].outcome);
        assert_problem(fixture, 0, ROWS[i].want, "/c0", why);
        assert_int_equal(fixture->calls[0].call.outcome, ROWS[i].outcome);
        if (fixture->world->sent_count != 1
                || strstr(fixture->problems.items[0].hint, ROWS[i].hint_part) == NULL) {
            fail_msg("%s: hint: %s", ROWS[i].name, fixture->problems.items[0].hint);
        }
    }
}

static void answer_by_call(
        struct fake_world *world, const struct fake_sent *sent, struct fake_reply *ret_reply)
{
    const struct fake_reply *replies = world->answer_data;
    *ret_reply = replies[strtoul(sent->body + 2, NULL, 10)];
}

static void a_final_failure_ends_the_run_within_the_grace(void **state)
{
    struct fixture *fixture = *state;
    static struct fake_reply replies[] = {
        { .after_ms = 100, .status = 400, .body = "fails" },
        { .after_ms = 600, .status = 400, .body = "fails" },
        { .after_ms = 5000, .status = 400, .body = "fails" },
        { .after_ms = 300, .status = 500, .body = "retries" },
        { .after_ms = 400, .outcome = HTTP_DROPPED },
        { .after_ms = 1090, .body = "done" },
    };
    fixture->world->answer = answer_by_call;
    fixture->world->answer_data = replies;
    assert_false(run(fixture, COUNT_OF(replies)));
    assert_int_equal(fixture->world->monotonic_ms, 100 + CALLS_GRACE_MS);
    assert_int_equal(fixture->world->cancelled_count, 1);
    assert_int_equal(fixture->world->sent_count, COUNT_OF(replies));
    assert_int_equal(fixture->problems.len, 4);
    assert_problem(fixture, 0, ERR_SERVICE, "/c0", "status 400");
    assert_problem(fixture, 1, ERR_SERVICE, "/c3", "status 500");
    assert_problem(fixture, 2, ERR_NETWORK, "/c4", "host: scripted outcome 6");
    assert_problem(fixture, 3, ERR_SERVICE, "/c1", "status 400");
    assert_int_equal(fixture->calls[5].judged, 1);
}

static void nothing_that_waits_for_a_retry_is_retried_after_a_failure(void **state)
{
    struct fixture *fixture = *state;
    static struct fake_reply replies[] = {
        { .after_ms = 10,
                .status = 500,
                .headers = "x-amz-retry-after: 300\r\n",
                .body = "retries" },
        { .after_ms = 100, .status = 400, .body = "fails" },
    };
    fixture->world->answer = answer_by_call;
    fixture->world->answer_data = replies;
    assert_false(run(fixture, COUNT_OF(replies)));
    assert_int_equal(count_sent(fixture, "/c0"), 1);
    assert_int_equal(fixture->problems.len, 1);
    assert_problem(fixture, 0, ERR_SERVICE, "/c1", "status 400");
    assert_int_equal(fixture->world->monotonic_ms, 100);
}

static void the_timeout_repeats_the_last_cause(void **state)
{
    struct fixture *fixture = *state;
    static const struct fake_reply REPLIES_OF_RUN[] = {
        { .after_ms = 10, .status = 503, .body = "retries" },
    };
    REPLIES(fixture->world, REPLIES_OF_RUN);
    assert_false(run(fixture, 1));
    assert_int_equal(fixture->world->monotonic_ms, RUN_MS);
    assert_int_equal(fixture->problems.len, 1);
    assert_problem(fixture, 0, ERR_TIMEOUT, "/c0",
            "the timeout ended the wait for host after 60 s; the last try ended with: "
            "retries: status 503");
    assert_string_equal(fixture->problems.items[0].hint, "the hint");
}

/* The end of the run cut it short, which says nothing about the server. */
static void a_try_that_the_end_cuts_short_is_not_a_cause(void **state)
{
    struct fixture *fixture = *state;
    static const struct fake_reply REPLIES_OF_RUN[] = {
        { .after_ms = 10, .status = 503, .body = "retries" },
        { .after_ms = FAKE_NEVER_MS },
    };
    REPLIES(fixture->world, REPLIES_OF_RUN);
    fixture->settings.deadline_ms = 1000;
    assert_false(run(fixture, 1));
    assert_int_equal(fixture->world->sent_count, 2);
    assert_int_equal(fixture->problems.len, 1);
    assert_problem(fixture, 0, ERR_TIMEOUT, "/c0",
            "the timeout ended the wait for host after 1 s; the last try ended with: "
            "retries: status 503");
}

static void no_try_outlasts_the_run(void **state)
{
    struct fixture *fixture = *state;
    static const struct fake_reply REPLIES_OF_RUN[] = { { .after_ms = FAKE_NEVER_MS } };
    REPLIES(fixture->world, REPLIES_OF_RUN);
    fixture->settings.deadline_ms = 4000;
    assert_false(run(fixture, 2));
    assert_int_equal(fixture->world->monotonic_ms, 4000);
    assert_int_equal(fixture->problems.len, 2);
    assert_problem(fixture, 0, ERR_TIMEOUT, "/c1",
            "the timeout ended the wait for host after 4 s; the last try ended with: "
            "host: scripted outcome 5");
    assert_int_equal(fixture->world->sent[0].timeout_ms, 4000);
    assert_int_equal(fixture->world->sent[0].connect_timeout_ms, 3000);
}

static void a_run_whose_time_is_over_asks_nothing(void **state)
{
    struct fixture *fixture = *state;
    fixture->settings.deadline_ms = 0;
    fixture->calls[0].call.host = NULL; /* prepare may be what sets it */
    assert_false(run(fixture, 2));
    assert_int_equal(fixture->world->sent_count, 0);
    assert_int_equal(fixture->problems.len, 1);
    assert_problem(
            fixture, 0, ERR_TIMEOUT, "/c0", "the timeout ended the run before this was requested");

    err_list_clear(&fixture->problems);
    fixture->calls[0].call.host = "host";
    assert_false(run(fixture, 2));
    assert_problem(fixture, 0, ERR_TIMEOUT, "/c0",
            "the timeout ended the run before this was requested (host)");
}

static void tries_end_at_their_maximum(void **state)
{
    struct fixture *fixture = *state;
    static const struct fake_reply REPLIES_OF_RUN[] = {
        { .after_ms = 10, .status = 500, .body = "retries" },
    };
    REPLIES(fixture->world, REPLIES_OF_RUN);
    fixture->settings.attempts_max = 3;
    assert_false(run(fixture, 1));
    assert_int_equal(fixture->world->sent_count, 3);
    assert_problem(fixture, 0, ERR_SERVICE, "/c0", "status 500 (after 3 tries)");
}

static void tries_are_counted_for_each_page_anew(void **state)
{
    struct fixture *fixture = *state;
    static const struct fake_reply REPLIES_OF_RUN[] = {
        { .status = 500, .body = "retries" },
        { .body = "continues" },
        { .status = 500, .body = "retries" },
        { .body = "done" },
    };
    REPLIES(fixture->world, REPLIES_OF_RUN);
    fixture->settings.attempts_max = 2;
    assert_true(run(fixture, 1));
    assert_int_equal(fixture->world->sent_count, 4);
}

static int64_t gap_before(const struct fixture *fixture, size_t sent)
{
    return fixture->world->sent[sent].at_ms - fixture->world->sent[sent - 1].at_ms;
}

/* What a throttled request waits depends on the time since its first throttle, not on its tries. */
static void the_time_of_throttling_decides_about_the_wait(void **state)
{
    struct fixture *fixture = *state;
    static const struct fake_reply REPLIES_OF_RUN[] = {
        { .status = 500, .body = "retries" },
        { .status = 400, .headers = "x-amz-retry-after: 5000\r\n", .body = "throttled" },
        { .status = 500, .body = "retries" },
        { .status = 400, .body = "throttled" },
        { .body = "done" },
    };
    REPLIES(fixture->world, REPLIES_OF_RUN);
    for (int round = 0; round < 20; round++) {
        fake_world_forget(fixture->world);
        fixture->settings.deadline_ms = fixture->world->monotonic_ms + RUN_MS;
        assert_true(run(fixture, 1));
        assert_int_equal(fixture->world->sent_count, 5);
        assert_in_range(gap_before(fixture, 2), 5000, 5000 + RETRY_ROUND_END_MS - 1);
        assert_in_range(gap_before(fixture, 4), 5000 * 45 / 100, 7100 * 45 / 100 + 3000);
    }
}

/* The wait of one that has answers would be 1 s at most; without, it is longer in some of many rounds. */
static void a_run_that_has_answers_waits_half_as_long(void **state)
{
    struct fixture *fixture = *state;
    static struct fake_reply replies[] = {
        { .body = "done" },
        { .after_ms = 10, .status = 400, .body = "throttled" },
    };
    int64_t longest_ms[2] = { 0 };
    for (int round = 0; round < 100; round++) {
        bool has_answers = round % 2 == 1;
        fake_world_forget(fixture->world);
        fixture->world->answer = answer_by_call;
        fixture->world->answer_data = replies;
        replies[0].after_ms = has_answers ? 0 : 20;
        fixture->settings.deadline_ms = fixture->world->monotonic_ms + RUN_MS;
        fixture->settings.attempts_max = 2;
        err_list_clear(&fixture->problems);
        assert_false(run(fixture, 2));
        assert_int_equal(fixture->world->sent_count, 3);
        int64_t wait_ms = gap_before(fixture, 2) - replies[1].after_ms;
        longest_ms[has_answers] = wait_ms > longest_ms[has_answers] ? wait_ms
                                                                    : longest_ms[has_answers];
    }
    assert_in_range(longest_ms[1], 350, RETRY_ROUND_END_MS / 2 - 1);
    assert_in_range(longest_ms[0], RETRY_ROUND_END_MS / 2, RETRY_ROUND_END_MS - 1);
}

/* And its throttling counts anew: by the first of a request, whatever the pages before it met. */
static void a_page_after_a_throttled_one_comes_after_a_pause(void **state)
{
    struct fixture *fixture = *state;
    static const struct fake_reply REPLIES_OF_RUN[] = {
        { .body = "continues" },
        { .status = 400, .headers = "x-amz-retry-after: 4000\r\n", .body = "throttled" },
        { .body = "continues" },
        { .status = 400, .body = "throttled" },
        { .body = "continues" },
        { .body = "continues" },
        { .body = "done" },
    };
    REPLIES(fixture->world, REPLIES_OF_RUN);
    int64_t pauses_ms = 0;
    for (int round = 0; round < 20; round++) {
        fake_world_forget(fixture->world);
        fixture->settings.deadline_ms = fixture->world->monotonic_ms + RUN_MS;
        assert_true(run(fixture, 1));
        assert_int_equal(fixture->world->sent_count, 7);
        assert_int_equal(gap_before(fixture, 1), 0);
        assert_in_range(gap_before(fixture, 3), 0, RETRY_PAGE_PAUSE_MS - 1);
        assert_in_range(gap_before(fixture, 4), 0, RETRY_ROUND_END_MS / 2 - 1);
        assert_in_range(gap_before(fixture, 5), 0, RETRY_PAGE_PAUSE_MS - 1);
        assert_int_equal(gap_before(fixture, 6), 0);
        pauses_ms += gap_before(fixture, 3) + gap_before(fixture, 5);
    }
    assert_true(pauses_ms > 0);
}

static void a_hundred_calls_are_never_more_than_the_limit_under_way(void **state)
{
    struct fixture *fixture = *state;
    static const struct fake_reply REPLIES_OF_RUN[] = {
        { .after_ms = 10, .status = 500, .body = "retries" },
        { .after_ms = 20, .body = "continues" },
        { .after_ms = 30, .body = "done" },
    };
    REPLIES(fixture->world, REPLIES_OF_RUN);
    assert_true(run(fixture, CALLS_MOST));
    assert_int_equal(fixture->world->under_way_most, CALLS_AT_ONCE_MAX);
    assert_int_equal(fixture->world->sent_count, CALLS_MOST + 2);
}

static void calls_past_the_limit_that_fail_are_not_lost(void **state)
{
    struct fixture *fixture = *state;
    static const struct fake_reply REPLIES_OF_RUN[] = {
        { .after_ms = 10, .status = 400, .body = "fails" },
    };
    REPLIES(fixture->world, REPLIES_OF_RUN);
    assert_false(run(fixture, 40));
    assert_int_equal(fixture->problems.len, 40);
}

static void waiting_is_told_after_three_seconds_and_every_ten(void **state)
{
    struct fixture *fixture = *state;
    static const struct fake_reply REPLIES_OF_RUN[] = { { .after_ms = 29000, .body = "done" } };
    REPLIES(fixture->world, REPLIES_OF_RUN);
    fixture->settings.try_timeout_ms = RUN_MS;
    assert_true(run(fixture, 1));
    assert_string_equal(text_string(&fixture->world->waiting_at), "3000 13000 23000 ");
    assert_heard(fixture, "waiting /c0: still waiting for host after 3 s: no answer yet\n");
    assert_heard(fixture, "waiting /c0: still waiting for host after 13 s: no answer yet\n");
}

/* The one that nothing comes for, not the one that goes on. */
static void waiting_tells_what_has_waited_longest(void **state)
{
    struct fixture *fixture = *state;
    static const struct fake_reply REPLIES_OF_RUN[] = {
        { .after_ms = 5000, .body = "done" },
        { .after_ms = 100, .body = "continues" },
        { .after_ms = 1000, .body = "continues" },
        { .after_ms = 5000, .body = "done" },
    };
    REPLIES(fixture->world, REPLIES_OF_RUN);
    assert_true(run(fixture, 2));
    assert_heard(fixture, "waiting /c0: still waiting for host after 3 s: no answer yet\n");
}

static void waiting_tells_how_far_a_call_is(void **state)
{
    struct fixture *fixture = *state;
    static const struct fake_reply REPLIES_OF_RUN[] = {
        { .body = "continues" },
        { .after_ms = 5000, .body = "continues" },
        { .status = 400, .after_ms = 7500, .body = "throttled" },
        { .after_ms = 5000, .body = "done" },
    };
    REPLIES(fixture->world, REPLIES_OF_RUN);
    (void)snprintf(fixture->calls[0].call.read_so_far, sizeof(fixture->calls[0].call.read_so_far),
            "20 parameters so far");
    assert_true(run(fixture, 1));
    assert_heard(fixture, "waiting /c0: still reading from host after 3 s: 20 parameters so far\n");
    assert_heard(fixture,
            "waiting /c0: still trying after 13 s (20 parameters so far): throttled: status 400\n");
    assert_null(strstr(text_string(&fixture->world->heard), "no answer yet"));
}

static void waiting_tells_the_last_cause(void **state)
{
    struct fixture *fixture = *state;
    static const struct fake_reply REPLIES_OF_RUN[] = {
        { .status = 400, .headers = "x-amz-retry-after: 4000\r\n", .body = "throttled" },
        { .body = "done" },
    };
    REPLIES(fixture->world, REPLIES_OF_RUN);
    assert_true(run(fixture, 1));
    assert_string_equal(text_string(&fixture->world->waiting_at), "3000 ");
    assert_heard(fixture, "waiting /c0: still trying after 3 s: throttled: status 400\n");
}

static void a_quick_run_says_nothing_about_waiting(void **state)
{
    struct fixture *fixture = *state;
    static const struct fake_reply REPLIES_OF_RUN[] = { { .after_ms = 2999, .body = "done" } };
    REPLIES(fixture->world, REPLIES_OF_RUN);
    assert_true(run(fixture, 1));
    assert_string_equal(text_string(&fixture->world->waiting_at), "");
}

static void a_name_without_address_is_given_up_after_ten_seconds(void **state)
{
    struct fixture *fixture = *state;
    static const struct fake_reply REPLIES_OF_RUN[] = {
        { .after_ms = 500, .outcome = HTTP_NOT_RESOLVED },
    };
    REPLIES(fixture->world, REPLIES_OF_RUN);
    assert_false(run(fixture, 1));
    assert_true(fixture->world->monotonic_ms >= RETRY_RESOLVE_LIMIT_MS - RETRY_TRANSIENT_CAP_MS);
    assert_true(fixture->world->monotonic_ms < RETRY_RESOLVE_LIMIT_MS + 500);
    assert_true(fixture->world->sent_count > 2);
    assert_int_equal(fixture->problems.items[0].kind, ERR_NETWORK);
    assert_non_null(strstr(fixture->problems.items[0].why, " tries)"));
    assert_non_null(strstr(fixture->problems.items[0].hint, "check the region"));
}

static void a_failing_handshake_is_tried_four_times(void **state)
{
    struct fixture *fixture = *state;
    static const struct fake_reply REPLIES_OF_RUN[] = { { .outcome = HTTP_TLS_FAILED } };
    REPLIES(fixture->world, REPLIES_OF_RUN);
    assert_false(run(fixture, 1));
    assert_int_equal(fixture->world->sent_count, RETRY_TLS_ATTEMPTS_MAX);
    assert_problem(fixture, 0, ERR_NETWORK, "/c0", "host: scripted outcome 4 (after 4 tries)");
}

static void a_call_that_cannot_be_prepared_fails_and_ends_the_run(void **state)
{
    struct fixture *fixture = *state;
    static const struct fake_reply REPLIES_OF_RUN[] = { { .after_ms = 10, .body = "done" } };
    REPLIES(fixture->world, REPLIES_OF_RUN);
    fixture->calls[1].fails_to_prepare_at = 1;
    assert_false(run(fixture, 3));
    assert_int_equal(fixture->problems.len, 1);
    assert_problem(fixture, 0, ERR_INPUT, "/c1", "cannot be prepared");
    assert_int_equal(fixture->calls[1].judged, 0);
    assert_int_equal(fixture->calls[0].judged, 1);
}

static void a_later_page_that_cannot_be_prepared_fails_too(void **state)
{
    struct fixture *fixture = *state;
    static const struct fake_reply REPLIES_OF_RUN[] = { { .body = "continues" } };
    REPLIES(fixture->world, REPLIES_OF_RUN);
    fixture->calls[0].fails_to_prepare_at = 3;
    assert_false(run(fixture, 1));
    assert_int_equal(fixture->world->sent_count, 2);
    assert_problem(fixture, 0, ERR_INPUT, "/c0", "cannot be prepared");
}

static void a_header_with_a_line_break_is_never_sent(void **state)
{
    struct fixture *fixture = *state;
    fixture->calls[0].bad_header = "a\r\nb: c";
    assert_false(run(fixture, 1));
    assert_int_equal(fixture->world->sent_count, 0);
    assert_int_equal(fixture->problems.items[0].kind, ERR_INPUT);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(connections_of_the_first_calls_are_opened_early),
        TEST(the_wait_of_an_early_connection_is_not_taken_from_its_request),
        TEST(what_cannot_be_connected_early_is_asked_as_usual),
        TEST(no_calls_are_a_success),
        TEST(one_call_is_asked_once_and_done),
        TEST(a_call_that_continues_asks_again_at_once),
        TEST(a_call_that_repeats_is_prepared_anew_at_once),
        TEST(what_passes_is_tried_again_until_it_works),
        TEST(the_server_may_ask_for_a_later_try),
        TEST(a_final_failure_is_told_and_not_tried_again),
        TEST(failures_of_the_transport_have_kinds_and_hints),
        TEST(a_final_failure_ends_the_run_within_the_grace),
        TEST(nothing_that_waits_for_a_retry_is_retried_after_a_failure),
        TEST(the_timeout_repeats_the_last_cause),
        TEST(a_try_that_the_end_cuts_short_is_not_a_cause),
        TEST(no_try_outlasts_the_run),
        TEST(a_run_whose_time_is_over_asks_nothing),
        TEST(tries_end_at_their_maximum),
        TEST(tries_are_counted_for_each_page_anew),
        TEST(the_time_of_throttling_decides_about_the_wait),
        TEST(a_run_that_has_answers_waits_half_as_long),
        TEST(a_page_after_a_throttled_one_comes_after_a_pause),
        TEST(a_hundred_calls_are_never_more_than_the_limit_under_way),
        TEST(calls_past_the_limit_that_fail_are_not_lost),
        TEST(waiting_is_told_after_three_seconds_and_every_ten),
        TEST(waiting_tells_what_has_waited_longest),
        TEST(waiting_tells_how_far_a_call_is),
        TEST(waiting_tells_the_last_cause),
        TEST(a_quick_run_says_nothing_about_waiting),
        TEST(a_name_without_address_is_given_up_after_ten_seconds),
        TEST(a_failing_handshake_is_tried_four_times),
        TEST(a_call_that_cannot_be_prepared_fails_and_ends_the_run),
        TEST(a_later_page_that_cannot_be_prepared_fails_too),
        TEST(a_header_with_a_line_break_is_never_sent),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
