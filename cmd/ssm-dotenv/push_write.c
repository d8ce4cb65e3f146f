/* SPDX-License-Identifier: MIT */
#include "push_write.h"

#include <string.h>

#include "aws/ssm/parameter.h"
#include "aws/ssm_describe/describe.h"
#include "base/random.h"
#include "http/http_curl.h"
#include "migrate/compare.h"
#include "stop.h"

enum {
    /* An answer that never came is looked up for so long, since reads may be old. */
    SETTLE_MS = 5000,
    VISIBLE_MS = 30000, /* how long AWS may take to show what exists */
    SETTLE_PAUSE_MS = 250,
    GRACE_MS = 10000, /* for looking up, if the deadline is over */
};

/* The tries of one write. */
struct tries {
    int count;
    int64_t began_ms;
    int64_t first_throttle_ms; /* 0: it has not been throttled */
    bool is_unsettled;         /* one of them got no answer */
};

enum next_step {
    STEP_OVER,  /* the item has its result */
    STEP_AGAIN, /* send it once more */
    STEP_FAILED,
};

static int64_t now_ms(const struct push_writing *writing)
{
    return clock_monotonic_ms(writing->run->clock);
}

/* --- what is sent --- */

/* A value that has outgrown the standard tier needs the other; and AWS never goes back. */
static const char *choose_tier(const struct push_item *item, const struct ssm_description *present)
{
    bool is_advanced = item->line->tier == MAP_TIER_ADVANCED;
    if (present->is_found && present->tier[0] != '\0') {
        is_advanced = strcmp(present->tier, "Standard") != 0
                || secret_len(&item->entry->value) > MAP_STANDARD_MAX_BYTES;
    }
    return is_advanced ? "Advanced" : "Standard";
}

static const char *choose_key(const struct push_item *item, const struct ssm_description *present)
{
    bool is_kept = item->line->type == MAP_SECURE_STRING && present->is_found
            && present->key_id[0] != '\0';
    return is_kept ? present->key_id : map_key_id(item->line);
}

static struct ssm_put make_put(const struct push_writing *writing,
        const struct push_item *item,
        const struct ssm_description *present)
{
    bool overwrite = item->action == PUSH_OVERWRITE;
    return (struct ssm_put){
        .name = push_parameter(item),
        .value = &item->entry->value,
        .type = map_type_word(item->line->type),
        .tier = choose_tier(item, present),
        .key_id = choose_key(item, present),
        .overwrite = overwrite,
        .tags = overwrite ? (struct ssm_tags){ 0 } : writing->store->tags,
    };
}

static void free_curl(struct http_curl **curl)
{
    http_curl_free(*curl);
}

/*
 * Over a connection of its own: where a kept connection turns out to be closed, libcurl sends the request once more
 * by itself. Then an overwrite makes two versions, and a creation is refused because of itself.
 */
static bool put_once(const struct push_writing *writing,
        const struct ssm_put *put,
        struct write_result *ret_result,
        struct err *reterr)
{
    struct settings *settings = &writing->store->session->session.settings;
    const struct http_curl_settings curl_settings = {
        .ca_file = settings->ca_file.path == NULL ? NULL : &settings->ca_file,
        .user_agent = settings->user_agent,
        .environment = settings->environment,
    };
    struct call_settings calls = writing->store->session->session.calls;
    const struct ssm_writer writer = { &writing->store->session->ssm, &calls };
    CLEANUP(free_curl) struct http_curl *curl = NULL;
    if (!http_curl_new(&curl_settings, &curl, reterr)) {
        return false;
    }
    calls.transport = http_curl_transport(curl);
    ssm_put(&writer, put, ret_result);
    return true;
}

/* --- what became of it --- */

static bool is_same(const struct push_item *item, const struct parameter *found)
{
    return strcmp(found->type, map_type_word(item->line->type)) == 0
            && compare_same_bytes(&item->entry->value, &found->value);
}

static void set_written(struct push_item *item, int64_t version)
{
    item->result = version == item->version + 1 ? PUSH_WRITTEN : PUSH_CHANGED;
    item->written_version = version;
}

/* Reads until the parameter has a version after the compared one, or until then. */
static bool read_newer(struct push_writing *writing,
        struct push_item *item,
        int64_t wait_ms,
        struct parameter *ret_found,
        struct err *reterr)
{
    struct call_settings *calls = &writing->store->session->session.calls;
    const int64_t deadline_ms = calls->deadline_ms;
    int64_t until_ms = now_ms(writing) + wait_ms;
    bool is_over = false;
    bool ok = true;
    while (ok && !is_over) {
        int64_t grace_ms = now_ms(writing) + GRACE_MS;
        calls->deadline_ms = grace_ms > deadline_ms ? grace_ms : deadline_ms;
        ok = push_store_read_one(writing->store, item, ret_found, reterr);
        is_over = ret_found->version > item->version || now_ms(writing) >= until_ms
                || stop_signal() != 0;
        if (ok && !is_over) {
            stop_wait_until(writing->run->clock, now_ms(writing) + SETTLE_PAUSE_MS);
        }
    }
    calls->deadline_ms = deadline_ms;
    return ok;
}

/* What is there after a try without an answer, or although it was to be created. */
static enum next_step look_up(struct push_writing *writing,
        struct push_item *item,
        bool exists,
        const struct tries *tries,
        struct err *reterr)
{
    CLEANUP(parameter_clear) struct parameter found = PARAMETER_INIT;
    struct err err;
    int64_t wait_ms = exists ? VISIBLE_MS : item->action == PUSH_OVERWRITE ? SETTLE_MS : 0;
    if (!read_newer(writing, item, wait_ms, &found, &err)) {
        item->result = PUSH_MAYBE;
        err_add_why(&err, " (while looking whether %s was written)", push_parameter(item));
        *reterr = err;
        return STEP_FAILED;
    }
    if (found.version <= item->version) {
        item->result = exists ? PUSH_EXISTS : PUSH_NOTHING;
        return exists ? STEP_OVER : STEP_AGAIN;
    }
    if (!is_same(item, &found)) {
        item->result = item->action == PUSH_OVERWRITE ? PUSH_CHANGED : PUSH_EXISTS;
    } else if (tries->is_unsettled) {
        set_written(item, found.version);
    } else {
        item->result = PUSH_THERE; /* somebody else wrote the same */
    }
    return STEP_OVER;
}

static enum next_step give_up(struct push_item *item,
        const struct tries *tries,
        const struct err *err,
        struct err *reterr)
{
    item->result = tries->is_unsettled ? PUSH_MAYBE : PUSH_FAILED;
    *reterr = *err;
    return STEP_FAILED;
}

/* Waits before another try; nothing is known to be written. */
static enum next_step wait_for_next(struct push_writing *writing,
        struct push_item *item,
        struct tries *tries,
        const struct write_result *result,
        struct err *reterr)
{
    const struct call_settings *calls = &writing->store->session->session.calls;
    int64_t now = now_ms(writing);
    if (result->cause == RETRY_THROTTLED) {
        pace_slow_down(&writing->pace);
        tries->first_throttle_ms = tries->first_throttle_ms == 0 ? now : tries->first_throttle_ms;
    }
    const struct retry_state state = {
        .attempts = tries->count,
        .attempts_max = calls->attempts_max,
        .since_ms = now - tries->began_ms,
        .retry_after_ms = result->retry_after_ms,
        .throttled_ms = tries->first_throttle_ms == 0 ? 0 : now - tries->first_throttle_ms,
        .left_ms = calls->deadline_ms - now,
        .has_answers = true,
    };
    int64_t turn_ms = pace_wait_ms(&writing->pace, now);
    int64_t delay_ms = 0;
    bool is_worthwhile = retry_delay(result->cause, &state, random_fraction(), &delay_ms);
    if (!is_worthwhile || now + (delay_ms > turn_ms ? delay_ms : turn_ms) >= calls->deadline_ms) {
        struct err err = result->err;
        err_add_why(&err, " (after %d %s%s)", tries->count, tries->count == 1 ? "try" : "tries",
                is_worthwhile ? ", at the end of the time" : "");
        return give_up(item, tries, &err, reterr);
    }
    event_emit(&writing->run->report->sink, EVENT_PROGRESS, push_parameter(item),
            "trying again in %lld ms: %s", (long long)delay_ms, result->err.code);
    stop_wait_until(writing->run->clock, now + delay_ms);
    return STEP_AGAIN;
}

/* Nothing can be looked up: only a parameter that is created can be sent again without harm. */
static enum next_step settle(struct push_writing *writing,
        struct push_item *item,
        struct tries *tries,
        const struct write_result *result,
        struct err *reterr)
{
    tries->is_unsettled = true;
    if (!writing->blind) {
        enum next_step step = look_up(writing, item, false, tries, reterr);
        if (step != STEP_AGAIN) {
            return step;
        }
    }
    return wait_for_next(writing, item, tries, result, reterr);
}

static enum next_step judge_refusal(struct push_writing *writing,
        struct push_item *item,
        struct tries *tries,
        const struct write_result *result,
        struct err *reterr)
{
    bool exists = item->action == PUSH_CREATE
            && strcmp(result->err.code, "ParameterAlreadyExists") == 0;
    if (exists && writing->blind) {
        item->result = tries->is_unsettled ? PUSH_MAYBE : PUSH_EXISTS;
        return STEP_OVER;
    }
    return exists ? look_up(writing, item, true, tries, reterr)
                  : give_up(item, tries, &result->err, reterr);
}

static enum next_step judge(struct push_writing *writing,
        struct push_item *item,
        struct tries *tries,
        const struct write_result *result,
        struct err *reterr)
{
    switch (result->outcome) {
    case WRITE_DONE:
        set_written(item, result->version);
        break;
    case WRITE_REFUSED:
        return judge_refusal(writing, item, tries, result, reterr);
    case WRITE_PUT_OFF:
        return wait_for_next(writing, item, tries, result, reterr);
    case WRITE_UNSETTLED:
        return settle(writing, item, tries, result, reterr);
    }
    return STEP_OVER;
}

/* --- overwriting --- */

static bool describe(const struct push_writing *writing,
        const struct push_item *item,
        struct ssm_description *present,
        struct err *reterr)
{
    const struct ssm_name_query query = { .name = push_parameter(item) };
    const struct ssm_described described = { &query, present, 1 };
    const struct aws_session *session = writing->store->session;
    if (!ssm_describe(&session->ssm, &session->session.calls, &described, reterr)) {
        err_set_where(reterr, push_parameter(item));
        return false;
    }
    return true;
}

/*
 * What is there directly before it is replaced: nothing that somebody else has written since the comparison, and in
 * which tier, with which key. Without the right to describe, the map says.
 */
static bool look_before(struct push_writing *writing,
        struct push_item *item,
        struct ssm_description *present,
        struct err *reterr)
{
    CLEANUP(parameter_clear) struct parameter found = PARAMETER_INIT;
    int64_t until_ms = now_ms(writing) + SETTLE_MS;
    bool ok = push_store_read_one(writing->store, item, &found, reterr);
    /* An older version is an old read, or that of a parameter which somebody deleted and made again. */
    while (ok && found.version > 0 && found.version < item->version && now_ms(writing) < until_ms
            && stop_signal() == 0) {
        stop_wait_until(writing->run->clock, now_ms(writing) + SETTLE_PAUSE_MS);
        ok = push_store_read_one(writing->store, item, &found, reterr);
    }
    if (!ok) {
        return false;
    }
    if (found.version != item->version) {
        item->result = PUSH_CHANGED;
        return true;
    }
    if (!describe(writing, item, present, reterr)) {
        if (strcmp(reterr->code, "AccessDeniedException") != 0) {
            return false;
        }
        event_emit(&writing->run->report->sink, EVENT_WARNING, push_parameter(item),
                "its tier and key cannot be read (ssm:DescribeParameters): the map's are sent");
    }
    return true;
}

/* --- all of it --- */

/* False if a signal was noted first. */
static bool wait_for_turn(struct push_writing *writing)
{
    int64_t now = now_ms(writing);
    stop_wait_until(writing->run->clock, now + pace_wait_ms(&writing->pace, now));
    if (stop_signal() != 0) {
        return false;
    }
    pace_begin(&writing->pace, now_ms(writing));
    return true;
}

static bool write_until_settled(struct push_writing *writing,
        struct push_item *item,
        const struct ssm_put *put,
        struct err *reterr)
{
    struct tries tries = { .began_ms = now_ms(writing) };
    enum next_step step = STEP_AGAIN;
    while (step == STEP_AGAIN) {
        struct write_result result;
        if (!wait_for_turn(writing)) {
            item->result = tries.is_unsettled ? PUSH_MAYBE : PUSH_LEFT;
            return true;
        }
        tries.count++;
        if (!put_once(writing, put, &result, reterr)) {
            item->result = PUSH_FAILED;
            return false;
        }
        step = judge(writing, item, &tries, &result, reterr);
    }
    return step == STEP_OVER;
}

bool push_write(struct push_writing *writing, struct push_item *item, struct err *reterr)
{
    CLEANUP(ssm_description_clear) struct ssm_description present = { 0 };
    if (item->action == PUSH_OVERWRITE && !look_before(writing, item, &present, reterr)) {
        item->result = PUSH_FAILED;
        return false;
    }
    if (item->result == PUSH_CHANGED) {
        return true;
    }
    const struct ssm_put put = make_put(writing, item, &present);
    return write_until_settled(writing, item, &put, reterr);
}

bool push_write_tags(struct push_writing *writing, struct push_item *item, struct err *reterr)
{
    const struct ssm_writer writer = push_store_writer(writing->store);
    struct tries tries = { .began_ms = now_ms(writing) };
    enum push_result result_before = item->result;
    enum next_step step = STEP_AGAIN;
    while (step == STEP_AGAIN) {
        struct write_result result;
        if (!wait_for_turn(writing)) {
            return true;
        }
        tries.count++;
        ssm_add_tags(&writer, push_parameter(item), &writing->store->tags, &result);
        if (result.outcome == WRITE_DONE) {
            item->needs_tags = false;
            item->result = result_before == PUSH_NOTHING ? PUSH_TAGGED : result_before;
            return true;
        }
        /* Adding the same tags again does no harm: nothing has to be looked up. */
        step = result.outcome == WRITE_REFUSED
                ? give_up(item, &tries, &result.err, reterr)
                : wait_for_next(writing, item, &tries, &result, reterr);
        if (step == STEP_FAILED && result_before != PUSH_NOTHING) {
            item->result = result_before;
        }
    }
    return false;
}
