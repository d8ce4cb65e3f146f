/* SPDX-License-Identifier: MIT */
#include "fuzz_world.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/ascii.h"

/* The struct of which member_pointer is a member. */
#define WORLD_OF(member_pointer, member)                                    \
    ((struct fuzz_world *)(uintptr_t)((uintptr_t)(member_pointer)-offsetof( \
            struct fuzz_world, member)))

static int64_t now_ms(const struct clock *clock)
{
    return WORLD_OF(clock, clock)->now_ms;
}

static void receive(struct event_sink *sink, const struct event *event)
{
    (void)sink;
    assert(event->message != NULL);
}

static const char *find_line_end(const char *at, size_t len)
{
    return len == 0 ? NULL : memchr(at, '\n', len);
}

/* Takes one line, without its end, from the front of *left. */
static const char *next_line(const char **left, size_t *left_len, size_t *ret_len)
{
    const char *line = *left;
    const char *end = find_line_end(line, *left_len);
    size_t used = end == NULL ? *left_len : (size_t)(end - line) + 1;
    *ret_len = end == NULL ? *left_len : (size_t)(end - line);
    *left += used;
    *left_len -= used;
    return line;
}

/* Takes one reply from the front of the input, up to its "%%" line. */
static const char *next_reply(struct fuzz_world *world, size_t *ret_len)
{
    static const char separator[] = "\n%%\n";
    const char *reply = world->left;
    const char *end = world->left_len == 0
            ? NULL
            : memmem(reply, world->left_len, separator, sizeof(separator) - 1);
    size_t len = end == NULL ? world->left_len : (size_t)(end - reply);
    size_t used = end == NULL ? len : len + sizeof(separator) - 1;
    world->left += used;
    world->left_len -= used;
    *ret_len = len;
    return reply;
}

static enum http_outcome outcome_of(char letter)
{
    static const char letters[] = "?rcuftdlmpbni";
    const char *found = letter == '\0' ? NULL : strchr(letters, letter);
    return found == NULL || found == letters ? HTTP_DROPPED : (enum http_outcome)(found - letters);
}

static void fill_reply(
        struct fuzz_world *world, const struct http_request *request, struct http_reply *reply)
{
    size_t left_len = 0;
    size_t line_len = 0;
    bool is_over = world->left_len == 0 || world->sent_count == FUZZ_REPLIES_MAX;
    const char *left = is_over ? "u" : next_reply(world, &left_len);
    left_len = is_over ? 1 : left_len;
    const char *line = next_line(&left, &left_len, &line_len);
    bool has_status = line_len >= 3 && ascii_is_digit(line[0]) && ascii_is_digit(line[1])
            && ascii_is_digit(line[2]);
    *reply = (struct http_reply){ .headers = TEXT_INIT(HTTP_REPLY_HEADERS_MAX_BYTES),
        .body = SECRET_INIT(request->reply_max_bytes) };
    reply->outcome = has_status ? HTTP_REPLIED : outcome_of(line_len == 0 ? '\0' : line[0]);
    if (has_status) {
        reply->status = (line[0] - '0') * 100 + (line[1] - '0') * 10 + line[2] - '0';
        reply->tls_verified = line_len == 3;
        for (line = next_line(&left, &left_len, &line_len); line_len > 0;
                line = next_line(&left, &left_len, &line_len)) {
            text_append(&reply->headers, line, line_len);
            text_append_string(&reply->headers, "\r\n");
        }
        secret_append(&reply->body, left, left_len);
    }
    struct err ignored;
    if (reply->headers.state != TEXT_OK || !secret_check(&reply->body, NULL, &ignored)) {
        reply->outcome = HTTP_TOO_LARGE;
    }
    if (reply->outcome != HTTP_REPLIED) {
        (void)snprintf(
                reply->failure, sizeof(reply->failure), "it failed with %d", (int)reply->outcome);
    }
    if (world->sent_count < FUZZ_REPLIES_MAX) {
        world->sent[world->sent_count++] = (struct fuzz_sent){
            .url = strdup(text_string(&request->url)),
            .body = strdup(secret_expose(&request->body)),
            .outcome = reply->outcome,
            .status = reply->status,
            .reply = left,
            .reply_len = left_len,
        };
    }
}

static void start(struct http_transport *transport, struct http_exchange *exchange)
{
    struct fuzz_world *world = (struct fuzz_world *)transport;
    struct err err;
    assert(world->under_way_count < FUZZ_UNDER_WAY_MAX);
    assert(http_request_check(&exchange->request, &err));
    fill_reply(world, &exchange->request, &exchange->reply);
    world->under_way[world->under_way_count++] = exchange;
}

static void wait_for_reply(struct http_transport *transport, int64_t timeout_ms)
{
    struct fuzz_world *world = (struct fuzz_world *)transport;
    assert(timeout_ms > 0);
    world->now_ms += world->under_way_count > 0 ? 1 : timeout_ms;
}

static void remove_under_way(struct fuzz_world *world, size_t index)
{
    world->under_way_count--;
    for (size_t i = index; i < world->under_way_count; i++) {
        world->under_way[i] = world->under_way[i + 1];
    }
}

static struct http_exchange *next_done(struct http_transport *transport)
{
    struct fuzz_world *world = (struct fuzz_world *)transport;
    if (world->under_way_count == 0) {
        return NULL;
    }
    struct http_exchange *done = world->under_way[0];
    remove_under_way(world, 0);
    return done;
}

static void cancel(struct http_transport *transport, struct http_exchange *exchange)
{
    struct fuzz_world *world = (struct fuzz_world *)transport;
    size_t index = 0;
    while (index < world->under_way_count && world->under_way[index] != exchange) {
        index++;
    }
    assert(index < world->under_way_count);
    remove_under_way(world, index);
    http_reply_clear(&exchange->reply);
}

static bool connect_early(struct http_transport *transport,
        struct http_request *requests,
        size_t count,
        int64_t limit_ms)
{
    (void)transport;
    (void)requests;
    (void)count;
    (void)limit_ms;
    return false;
}

void fuzz_world_init(struct fuzz_world *world, const char *input, size_t len)
{
    *world = (struct fuzz_world){
        .transport = { .start = start,
                .wait = wait_for_reply,
                .next_done = next_done,
                .cancel = cancel,
                .connect_early = connect_early },
        .clock = { .realtime_ms = now_ms, .monotonic_ms = now_ms },
        .events = { .receive = receive },
        .now_ms = FUZZ_START_MS,
        .left = input,
        .left_len = len,
    };
}

void fuzz_world_clear(struct fuzz_world *world)
{
    for (size_t i = 0; i < world->sent_count; i++) {
        free(world->sent[i].url);
        free(world->sent[i].body);
    }
    assert(world->under_way_count == 0);
}
