/* SPDX-License-Identifier: MIT */
#include "fakes/fake_world.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum {
    HEARD_MAX_BYTES = 1024 * 1024,
    REPLY_HEADERS_MAX_BYTES = 64 * 1024,
    REPLY_BODY_MAX_BYTES = 64 * 1024 * 1024,
};

static const int64_t START_MS = INT64_C(1440938160) * 1000;

#define WORLD_OF(member_pointer, member)                                    \
    ((struct fake_world *)(uintptr_t)((uintptr_t)(member_pointer)-offsetof( \
            struct fake_world, member)))

static int64_t realtime_ms(const struct clock *clock)
{
    return WORLD_OF(clock, clock)->realtime_ms;
}

static int64_t monotonic_ms(const struct clock *clock)
{
    return WORLD_OF(clock, clock)->monotonic_ms;
}

static const char *kind_name(enum event_kind kind)
{
    switch (kind) {
    case EVENT_PROGRESS:
        return "progress";
    case EVENT_WARNING:
        return "warning";
    case EVENT_WAITING:
        return "waiting";
    case EVENT_REMARK:
        return "remark";
    }
    fail_msg("unknown event kind %d", (int)kind);
    return "";
}

static void receive(struct event_sink *sink, const struct event *event)
{
    struct fake_world *world = WORLD_OF(sink, events);
    text_append_format(&world->heard, "%s %s: %s\n", kind_name(event->kind),
            event->where == NULL ? "(nowhere)" : event->where, event->message);
    if (event->kind == EVENT_WAITING) {
        text_append_format(&world->waiting_at, "%lld ", (long long)world->monotonic_ms);
    }
}

static struct fake_sent *record(struct fake_world *world, const struct http_request *request)
{
    assert_true(world->sent_count < FAKE_SENT_MAX);
    struct fake_sent *sent = &world->sent[world->sent_count];
    world->sent_count++;
    struct text headers = TEXT_INIT(REPLY_HEADERS_MAX_BYTES);
    for (size_t i = 0; i < request->header_count; i++) {
        text_append_format(&headers, "%s\n", secret_expose(&request->headers[i]));
    }
    *sent = (struct fake_sent){
        .at_ms = world->monotonic_ms,
        .timeout_ms = request->timeout_ms,
        .connect_timeout_ms = request->connect_timeout_ms,
        .reply_max_bytes = request->reply_max_bytes,
        .never_proxied = request->never_proxied,
        .url = strdup(text_string(&request->url)),
        .headers = text_detach(&headers),
        .body = strdup(secret_expose(&request->body)),
    };
    assert_non_null(sent->url);
    assert_non_null(sent->headers);
    assert_non_null(sent->body);
    return sent;
}

static void start(struct http_transport *transport, struct http_exchange *exchange)
{
    struct fake_world *world = WORLD_OF(transport, transport);
    assert_true(world->under_way_count < FAKE_UNDER_WAY_MAX);
    const struct fake_sent *sent = record(world, &exchange->request);
    struct fake_under_way *added = &world->under_way[world->under_way_count];
    *added = (struct fake_under_way){ .exchange = exchange };
    world->under_way_count++;
    if (world->under_way_count > world->under_way_most) {
        world->under_way_most = world->under_way_count;
    }
    if (world->answer != NULL) {
        world->answer(world, sent, &added->reply);
    } else {
        assert_true(world->reply_count > 0);
        size_t number = world->sent_count - 1;
        added->reply =
                world->replies[number < world->reply_count ? number : world->reply_count - 1];
    }
    if (added->reply.after_ms > sent->timeout_ms) {
        added->reply = (struct fake_reply){
            .after_ms = sent->timeout_ms,
            .outcome = HTTP_TIMED_OUT,
        };
    }
    added->done_ms = world->monotonic_ms + added->reply.after_ms;
}

static void wait_for_reply(struct http_transport *transport, int64_t timeout_ms)
{
    struct fake_world *world = WORLD_OF(transport, transport);
    assert_true(timeout_ms > 0);
    int64_t until_ms = world->monotonic_ms + timeout_ms;
    for (size_t i = 0; i < world->under_way_count; i++) {
        until_ms = world->under_way[i].done_ms < until_ms ? world->under_way[i].done_ms : until_ms;
    }
    if (until_ms > world->monotonic_ms) {
        world->realtime_ms += until_ms - world->monotonic_ms;
        world->monotonic_ms = until_ms;
    }
}

/* Those still under way keep their order. */
static void remove_under_way(struct fake_world *world, size_t index)
{
    world->under_way_count--;
    for (size_t i = index; i < world->under_way_count; i++) {
        world->under_way[i] = world->under_way[i + 1];
    }
}

static void fill_reply(const struct fake_reply *script, struct http_reply *ret_reply)
{
    *ret_reply = (struct http_reply){
        .outcome = script->outcome,
        .headers = TEXT_INIT(REPLY_HEADERS_MAX_BYTES),
        .body = SECRET_INIT(REPLY_BODY_MAX_BYTES),
    };
    if (script->outcome != HTTP_REPLIED) {
        (void)snprintf(ret_reply->failure, sizeof(ret_reply->failure), "scripted outcome %d",
                (int)script->outcome);
        return;
    }
    ret_reply->status = script->status == 0 ? 200 : script->status;
    ret_reply->tls_verified = !script->is_unverified;
    text_append_string(&ret_reply->headers, script->headers == NULL ? "" : script->headers);
    secret_append_string(&ret_reply->body, script->body == NULL ? "" : script->body);
}

static struct http_exchange *next_done(struct http_transport *transport)
{
    struct fake_world *world = WORLD_OF(transport, transport);
    for (size_t i = 0; i < world->under_way_count; i++) {
        if (world->under_way[i].done_ms <= world->monotonic_ms) {
            struct fake_under_way done = world->under_way[i];
            remove_under_way(world, i);
            fill_reply(&done.reply, &done.exchange->reply);
            return done.exchange;
        }
    }
    return NULL;
}

static void cancel(struct http_transport *transport, struct http_exchange *exchange)
{
    struct fake_world *world = WORLD_OF(transport, transport);
    for (size_t i = 0; i < world->under_way_count; i++) {
        if (world->under_way[i].exchange == exchange) {
            remove_under_way(world, i);
            world->cancelled_count++;
            return;
        }
    }
    fail_msg("cancelled what was not under way");
}

static bool connect_early(struct http_transport *transport,
        struct http_request *requests,
        size_t count,
        int64_t limit_ms)
{
    struct fake_world *world = WORLD_OF(transport, transport);
    assert_int_equal(world->sent_count, 0);
    assert_true(count > 0 && count <= HTTP_AT_ONCE_MAX);
    if (world->early_is_impossible) {
        return false;
    }
    for (size_t i = 0; i < count; i++) {
        assert_true(requests[i].url.len > 0);
        world->early_timeout_ms = requests[i].timeout_ms;
        http_request_clear(&requests[i]);
    }
    world->early_count = count;
    world->early_limit_ms = limit_ms;
    return true;
}

struct fake_world *fake_world_new(void)
{
    struct fake_world *world = calloc(1, sizeof(*world));
    assert_non_null(world);
    world->transport = (struct http_transport){
        .start = start,
        .wait = wait_for_reply,
        .next_done = next_done,
        .cancel = cancel,
        .connect_early = connect_early,
    };
    world->clock = (struct clock){ .realtime_ms = realtime_ms, .monotonic_ms = monotonic_ms };
    world->events.receive = receive;
    world->realtime_ms = START_MS;
    world->heard = TEXT_INIT(HEARD_MAX_BYTES);
    world->waiting_at = TEXT_INIT(HEARD_MAX_BYTES);
    return world;
}

void fake_world_forget(struct fake_world *world)
{
    for (size_t i = 0; i < world->sent_count; i++) {
        free(world->sent[i].url);
        free(world->sent[i].headers);
        free(world->sent[i].body);
    }
    world->sent_count = 0;
    world->under_way_most = 0;
    world->cancelled_count = 0;
    text_reset(&world->heard);
    text_reset(&world->waiting_at);
}

void fake_world_free(struct fake_world *world)
{
    fake_world_forget(world);
    text_clear(&world->heard);
    text_clear(&world->waiting_at);
    free(world);
}
