/* SPDX-License-Identifier: MIT */
#include "http/calls.h"

#include <stdlib.h>
#include <string.h>

#include "base/random.h"
#include "http/call_failure.h"

enum {
    CUT_SLACK_MS = 20
};

/* A call that was started and is not finished. */
struct call_progress {
    struct http_exchange exchange; /* first: a finished exchange is converted back to this */
    struct call *call;
    bool under_way;       /* its exchange is running; else it waits until due_ms */
    int64_t due_ms;       /* when the next try starts */
    int64_t first_try_ms; /* of the current request */
    int64_t try_started_ms;
    int tries;         /* of the current request */
    bool is_throttled; /* the current request was throttled at least once */
    int64_t first_throttle_ms;
    struct err *cause; /* why the last try failed; NULL before the first failure */
};

struct run {
    const struct call_settings *settings;
    struct call *const *calls;
    size_t call_count;
    size_t started;
    struct call_progress **active; /* started and not finished; has room for call_count */
    size_t active_count;
    size_t under_way_count;
    struct err_list *problems;
    bool failed;
    bool has_answers;        /* some request was answered */
    int64_t stop_ms;         /* the deadline, or CALLS_GRACE_MS after a failure */
    int64_t next_waiting_ms; /* when to emit the next EVENT_WAITING */
    int64_t began_ms;
};

static int64_t now_ms(const struct run *run)
{
    return clock_monotonic_ms(run->settings->clock);
}

static void begin_grace(struct run *run)
{
    if (!run->failed) {
        run->failed = true;
        int64_t grace_ends = now_ms(run) + CALLS_GRACE_MS;
        run->stop_ms = grace_ends < run->stop_ms ? grace_ends : run->stop_ms;
    }
}

static void report_failure(struct run *run, const struct err *err)
{
    err_list_add(run->problems, err);
    begin_grace(run);
}

static void end_progress(struct call_progress *progress)
{
    http_request_clear(&progress->exchange.request);
    http_reply_clear(&progress->exchange.reply);
    free(progress->cause);
    progress->call->progress = NULL;
    free(progress);
}

/* Removes a finished call: the last one moves to its place. */
static void remove_active(struct run *run, size_t index)
{
    struct call_progress *progress = run->active[index];
    run->active_count--;
    run->active[index] = run->active[run->active_count];
    end_progress(progress);
}

static void keep_cause(struct call_progress *progress, const struct err *cause)
{
    if (progress->cause == NULL) {
        progress->cause = malloc(sizeof(*progress->cause));
    }
    if (progress->cause != NULL) {
        *progress->cause = *cause;
    }
}

static int64_t clip(int64_t wanted_ms, int64_t left_ms)
{
    return wanted_ms < left_ms ? wanted_ms : left_ms;
}

static bool prepare(const struct run *run, struct call_progress *progress, struct err *reterr)
{
    struct http_request *request = &progress->exchange.request;
    int64_t left_ms = run->stop_ms - now_ms(run);
    http_request_clear(request);
    if (!progress->call->type->prepare(progress->call, request, reterr)) {
        return false;
    }
    request->connect_timeout_ms = clip(run->settings->connect_timeout_ms, left_ms);
    request->timeout_ms = clip(run->settings->try_timeout_ms, left_ms);
    return http_request_check(request, reterr);
}

/* Starts the call's next try; false if that failed for good. */
static bool start_try(struct run *run, struct call_progress *progress)
{
    struct http_transport *transport = run->settings->transport;
    struct err err;
    if (!prepare(run, progress, &err)) {
        report_failure(run, &err);
        return false;
    }
    int64_t now = now_ms(run);
    progress->first_try_ms = progress->tries == 0 ? now : progress->first_try_ms;
    progress->try_started_ms = now;
    progress->tries++;
    progress->under_way = true;
    run->under_way_count++;
    transport->start(transport, &progress->exchange);
    return true;
}

/* Adds the next call to the active ones; NULL if memory runs out. */
static struct call_progress *add_next_call(struct run *run)
{
    struct call_progress *progress = calloc(1, sizeof(*progress));
    if (progress == NULL) {
        return NULL;
    }
    progress->call = run->calls[run->started];
    progress->call->progress = progress;
    progress->due_ms = now_ms(run);
    run->started++;
    run->active[run->active_count] = progress;
    run->active_count++;
    return progress;
}

/* Starts the calls that are due, up to the limit; returns when the next one is due. */
static int64_t start_due(struct run *run)
{
    int64_t now = now_ms(run);
    int64_t next_due_ms = run->stop_ms;
    for (size_t i = 0; i < run->active_count;) {
        struct call_progress *progress = run->active[i];
        bool is_retry = progress->tries > 0;
        if (progress->under_way || run->under_way_count >= CALLS_AT_ONCE_MAX) {
            i++;
        } else if (run->failed && is_retry) {
            remove_active(run, i);
        } else if (progress->due_ms > now) {
            next_due_ms = progress->due_ms < next_due_ms ? progress->due_ms : next_due_ms;
            i++;
        } else if (start_try(run, progress)) {
            i++;
        } else {
            remove_active(run, i);
        }
    }
    while (run->started < run->call_count && run->under_way_count < CALLS_AT_ONCE_MAX) {
        struct call_progress *progress = add_next_call(run);
        if (progress == NULL) {
            struct err err;
            (void)err_set_no_memory(&err);
            report_failure(run, &err);
            run->started = run->call_count;
        } else if (!start_try(run, progress)) {
            remove_active(run, run->active_count - 1);
        }
    }
    return next_due_ms;
}

/* --- judging --- */

static int64_t retry_after_ms(const struct http_reply *reply)
{
    char value[16];
    if (!http_reply_header(reply, "x-amz-retry-after", value, sizeof(value))
            || value[strspn(value, "0123456789")] != '\0') {
        return -1;
    }
    return strtoll(value, NULL, 10);
}

static enum call_verdict judge(
        struct call_progress *progress, enum retry_cause *ret_cause, struct err *reterr)
{
    struct http_reply *reply = &progress->exchange.reply;
    *ret_cause = RETRY_NEVER;
    progress->call->outcome = reply->outcome;
    if (reply->outcome == HTTP_REPLIED) {
        return progress->call->type->judge(progress->call, reply, ret_cause, reterr);
    }
    call_failure_describe(progress->call, reply, reterr);
    *ret_cause = retry_cause_of_outcome(reply->outcome);
    return *ret_cause == RETRY_NEVER ? CALL_FAILED : CALL_RETRIES;
}

static void report_progress(const struct run *run, const struct call_progress *progress)
{
    const struct http_reply *reply = &progress->exchange.reply;
    const struct call *call = progress->call;
    long long took_ms = (long long)(now_ms(run) - progress->try_started_ms);
    if (reply->outcome == HTTP_REPLIED) {
        event_emit(run->settings->events, EVENT_PROGRESS, call->subject,
                "%s from %s: status %d, %zu bytes in %lld ms", call->operation, call->host,
                reply->status, secret_len(&reply->body), took_ms);
    } else {
        event_emit(run->settings->events, EVENT_PROGRESS, call->subject,
                "%s from %s: %s (after %lld ms)", call->operation, call->host, reply->failure,
                took_ms);
    }
}

/* Schedules another try; false if the retry rules allow none. */
static bool schedule_retry(struct run *run, struct call_progress *progress, enum retry_cause cause)
{
    int64_t now = now_ms(run);
    if (cause == RETRY_THROTTLED && !progress->is_throttled) {
        progress->is_throttled = true;
        progress->first_throttle_ms = now;
    }
    const struct retry_state state = {
        .attempts = progress->tries,
        .attempts_max = run->settings->attempts_max,
        .since_ms = now - progress->first_try_ms,
        .retry_after_ms = retry_after_ms(&progress->exchange.reply),
        .throttled_ms = progress->is_throttled ? now - progress->first_throttle_ms : 0,
        .left_ms = run->stop_ms - now,
        .has_answers = run->has_answers,
    };
    int64_t delay_ms = 0;
    if (run->failed || !retry_delay(cause, &state, random_fraction(), &delay_ms)) {
        return false;
    }
    progress->due_ms = now + delay_ms;
    event_emit(run->settings->events, EVENT_PROGRESS, progress->call->subject,
            "trying again in %lld ms (try %d)", (long long)delay_ms, progress->tries + 1);
    return true;
}

static void add_tries(const struct call_progress *progress, struct err *err)
{
    if (progress->tries > 1) {
        err_add_why(err, " (after %d tries)", progress->tries);
    }
}

/* Whether the try timed out because the run ended. Timers may fire slightly early. */
static bool was_cut_short(const struct run *run, const struct call_progress *progress)
{
    return progress->exchange.reply.outcome == HTTP_TIMED_OUT
            && now_ms(run) + CUT_SLACK_MS >= run->stop_ms;
}

/* Resets the state for the next request of the call, which has its own tries and delays. */
static void begin_next_request(const struct run *run, struct call_progress *progress)
{
    int64_t pause_ms = progress->is_throttled ? retry_page_pause_ms(random_fraction()) : 0;
    progress->due_ms = now_ms(run) + pause_ms;
    progress->first_try_ms = progress->due_ms;
    progress->tries = 0;
    progress->is_throttled = false;
    free(progress->cause);
    progress->cause = NULL;
}

/* Acts on the verdict about a completed try; false if the call is over. */
static bool settle(struct run *run, struct call_progress *progress)
{
    enum retry_cause cause = RETRY_NEVER;
    struct err err = { .kind = ERR_NONE };
    switch (judge(progress, &cause, &err)) {
    case CALL_DONE:
        run->has_answers = true;
        return false;
    case CALL_CONTINUES:
        run->has_answers = true;
        if (progress->call->known_failure != NULL) {
            begin_grace(run);
        }
        begin_next_request(run, progress);
        return true;
    case CALL_REPEATS:
        progress->due_ms = now_ms(run);
        return true;
    case CALL_RETRIES:
        if (schedule_retry(run, progress, cause)) {
            if (progress->cause == NULL || !was_cut_short(run, progress)) {
                keep_cause(progress, &err);
            }
            return true;
        }
        add_tries(progress, &err);
        break;
    case CALL_FAILED:
        break;
    }
    bool has_replied = progress->exchange.reply.outcome == HTTP_REPLIED;
    const struct err *known = progress->call->known_failure;
    report_failure(run, known != NULL && !has_replied ? known : &err);
    return false;
}

static void settle_exchange(struct run *run, struct http_exchange *exchange)
{
    struct call_progress *progress = (struct call_progress *)exchange;
    progress->under_way = false;
    run->under_way_count--;
    report_progress(run, progress);
    bool is_unfinished = settle(run, progress);
    http_reply_clear(&exchange->reply);
    for (size_t i = 0; !is_unfinished && i < run->active_count; i++) {
        if (run->active[i] == progress) {
            remove_active(run, i);
            break;
        }
    }
}

/* --- waiting --- */

/* A call that is being retried, or else the one whose current request began first. */
static const struct call_progress *find_slowest(const struct run *run)
{
    const struct call_progress *slowest = run->active[0];
    for (size_t i = 1; i < run->active_count && slowest->cause == NULL; i++) {
        const struct call_progress *other = run->active[i];
        bool is_older = other->first_try_ms < slowest->first_try_ms;
        slowest = other->cause != NULL || is_older ? other : slowest;
    }
    return slowest;
}

static void report_waiting(struct run *run)
{
    int64_t now = now_ms(run);
    if (now < run->next_waiting_ms || run->active_count == 0) {
        return;
    }
    run->next_waiting_ms = now + CALLS_NEXT_WAITING_MS;
    const struct call_progress *slowest = find_slowest(run);
    const struct call *call = slowest->call;
    const struct err *cause = slowest->cause;
    bool has_read = call->read_so_far[0] != '\0';
    long long seconds = (long long)((now - run->began_ms) / 1000);
    if (cause != NULL) {
        event_emit(run->settings->events, EVENT_WAITING, call->subject,
                "still trying after %lld s%s%s%s: %s%s%s", seconds, has_read ? " (" : "",
                call->read_so_far, has_read ? ")" : "", cause->code,
                cause->code[0] == '\0' || cause->why[0] == '\0' ? "" : ": ", cause->why);
    } else if (has_read) {
        event_emit(run->settings->events, EVENT_WAITING, call->subject,
                "still reading from %s after %lld s: %s", call->host, seconds, call->read_so_far);
    } else {
        event_emit(run->settings->events, EVENT_WAITING, call->subject,
                "still waiting for %s after %lld s: no answer yet", call->host,
                (long long)((now - slowest->first_try_ms) / 1000));
    }
}

/* Ends the unfinished calls. Reports those with a known failure, and all of them if time ran out. */
static void abandon_rest(struct run *run)
{
    bool out_of_time = !run->failed;
    while (run->active_count > 0) {
        struct call_progress *progress = run->active[run->active_count - 1];
        const struct call *call = progress->call;
        if (progress->under_way) {
            run->settings->transport->cancel(run->settings->transport, &progress->exchange);
        }
        if (call->known_failure != NULL) {
            report_failure(run, call->known_failure);
        } else if (out_of_time) {
            struct err err;
            (void)err_set(&err, ERR_TIMEOUT, call->subject,
                    "the timeout ended the wait for %s after %lld s", call->host,
                    (long long)((now_ms(run) - run->began_ms + 500) / 1000));
            if (progress->cause != NULL) {
                err_add_why(&err, "; the last try ended with: %s%s%s", progress->cause->code,
                        progress->cause->code[0] == '\0' || progress->cause->why[0] == '\0' ? ""
                                                                                            : ": ",
                        progress->cause->why);
                err_set_hint(&err, "%s", progress->cause->hint);
            }
            report_failure(run, &err);
        }
        remove_active(run, run->active_count - 1);
    }
}

static bool is_over(const struct run *run)
{
    return run->active_count == 0 && run->started == run->call_count;
}

static void work(struct run *run)
{
    struct http_transport *transport = run->settings->transport;
    while (now_ms(run) < run->stop_ms) {
        int64_t wake_ms = start_due(run);
        if (is_over(run)) {
            return;
        }
        wake_ms = wake_ms < run->next_waiting_ms ? wake_ms : run->next_waiting_ms;
        int64_t left_ms = wake_ms - now_ms(run);
        if (left_ms > 0) {
            transport->wait(transport, left_ms);
        }
        for (struct http_exchange *done = transport->next_done(transport); done != NULL;
                done = transport->next_done(transport)) {
            settle_exchange(run, done);
        }
        report_waiting(run);
    }
}

static void free_active(struct call_progress ***active)
{
    free(*active);
}

bool calls_run(const struct call_settings *settings,
        struct call *const *calls,
        size_t call_count,
        struct err_list *problems)
{
    if (call_count == 0) {
        return true;
    }
    CLEANUP(free_active)
    struct call_progress **active = calloc(call_count, sizeof(struct call_progress *));
    struct run run = {
        .settings = settings,
        .calls = calls,
        .call_count = call_count,
        .active = active,
        .problems = problems,
        .stop_ms = settings->deadline_ms,
    };
    if (active == NULL) {
        struct err err;
        (void)err_set_no_memory(&err);
        report_failure(&run, &err);
        return false;
    }
    run.began_ms = now_ms(&run);
    run.next_waiting_ms = run.began_ms + CALLS_FIRST_WAITING_MS;
    work(&run);
    abandon_rest(&run);
    if (run.started < run.call_count && !run.failed) {
        const char *host = calls[run.started]->host; /* NULL: only prepare would know it */
        struct err err;
        (void)err_set(&err, ERR_TIMEOUT, calls[run.started]->subject,
                "the timeout ended the run before this was requested%s%s%s",
                host == NULL ? "" : " (", host == NULL ? "" : host, host == NULL ? "" : ")");
        report_failure(&run, &err);
    }
    return !run.failed;
}

bool calls_run_one(const struct call_settings *settings, struct call *call, struct err *reterr)
{
    CLEANUP(err_list_clear) struct err_list problems = { 0 };
    if (calls_run(settings, &call, 1, &problems)) {
        return true;
    }
    if (problems.len == 0) {
        return err_set_no_memory(reterr);
    }
    *reterr = problems.items[0];
    return false;
}

bool calls_connect_early(
        const struct call_settings *settings, struct call *const *calls, size_t call_count)
{
    struct http_request requests[CALLS_AT_ONCE_MAX] = { 0 };
    size_t count = call_count < CALLS_AT_ONCE_MAX ? call_count : CALLS_AT_ONCE_MAX;
    int64_t left_ms = settings->deadline_ms - clock_monotonic_ms(settings->clock);
    struct http_transport *transport = settings->transport;
    struct err ignored;
    bool ok = count > 0;
    for (size_t i = 0; ok && i < count; i++) {
        ok = calls[i]->type->prepare(calls[i], &requests[i], &ignored)
                && http_request_check(&requests[i], &ignored);
        requests[i].connect_timeout_ms = clip(
                settings->connect_timeout_ms + CALLS_EARLY_MAX_MS, left_ms);
        requests[i].timeout_ms = clip(settings->try_timeout_ms + CALLS_EARLY_MAX_MS, left_ms);
    }
    ok = ok && transport->connect_early(transport, requests, count, CALLS_EARLY_MAX_MS);
    for (size_t i = 0; i < count; i++) {
        http_request_clear(&requests[i]);
    }
    if (ok) {
        event_emit(settings->events, EVENT_PROGRESS, NULL,
                "%s: connecting in advance (connections: %zu)", calls[0]->host, count);
    }
    return ok;
}
