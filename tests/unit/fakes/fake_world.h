/*
 * A transport that answers from a script, a clock that only waiting moves, and a listener that keeps
 * what it hears: what calls_run needs of the world, without a network and without sleeping.
 */
/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/clock.h"
#include "base/event.h"
#include "base/text.h"
#include "http/http.h"

enum {
    FAKE_UNDER_WAY_MAX = 256,
    FAKE_SENT_MAX = 4096,
};

/* An answer that comes later than the request's own timeout is HTTP_TIMED_OUT then. */
enum {
    FAKE_NEVER_MS = 1000 * 1000 * 1000
};

struct fake_reply {
    int64_t after_ms;
    enum http_outcome outcome; /* HTTP_REPLIED is 0 */
    int status;                /* 0: 200 */
    const char *headers;       /* lines with CRLF; NULL: none */
    const char *body;          /* NULL: empty */
    bool is_unverified;        /* no TLS, or none that proved a name */
};

/* What a request said when it was started. */
struct fake_sent {
    int64_t at_ms;
    int64_t timeout_ms;
    int64_t connect_timeout_ms;
    size_t reply_max_bytes;
    bool never_proxied;
    char *url;
    char *headers; /* lines with LF */
    char *body;
};

struct fake_under_way {
    struct http_exchange *exchange;
    struct fake_reply reply;
    int64_t done_ms;
};

struct fake_world {
    struct http_transport transport;
    struct clock clock;
    struct event_sink events;
    int64_t monotonic_ms;
    int64_t realtime_ms;
    struct text heard;      /* "warning where: message" lines */
    struct text waiting_at; /* when EVENT_WAITING came: "3000 13000 " */

    /* The script: the n-th request started gets the n-th reply, the last one serves all others. */
    const struct fake_reply *replies;
    size_t reply_count;
    /* Instead of it, where not NULL: fills the reply to the request that was recorded last. */
    void (*answer)(
            struct fake_world *world, const struct fake_sent *sent, struct fake_reply *ret_reply);
    void *answer_data;

    struct fake_sent sent[FAKE_SENT_MAX];
    size_t sent_count;
    struct fake_under_way under_way[FAKE_UNDER_WAY_MAX];
    size_t under_way_count;
    size_t under_way_most;
    size_t cancelled_count;

    bool early_is_impossible;
    size_t early_count;       /* connections that were opened before any request */
    int64_t early_limit_ms;   /* how long they wait for their requests */
    int64_t early_timeout_ms; /* of the last of them */
};

/* At 2015-08-30T12:36:00Z. Release with fake_world_free. */
struct fake_world *fake_world_new(void);

void fake_world_free(struct fake_world *world);

/* Forgets what was sent and heard; time goes on. */
void fake_world_forget(struct fake_world *world);
