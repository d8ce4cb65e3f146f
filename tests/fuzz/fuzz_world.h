/*
 * What a run needs of the world, by the input: a transport that answers what is asked with the input's
 * replies in their order, and a clock that moves by what is waited for.
 */
/* SPDX-License-Identifier: MIT */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/clock.h"
#include "base/event.h"
#include "http/http.h"

enum {
    FUZZ_REPLIES_MAX = 64,
    FUZZ_UNDER_WAY_MAX = 64,
};

/* One request that was sent, and the reply that it got; both borrow from the world. */
struct fuzz_sent {
    char *url;
    char *body;
    enum http_outcome outcome;
    int status;
    const char *reply; /* the body, reply_len bytes */
    size_t reply_len;
};

struct fuzz_world {
    struct http_transport transport; /* first: the interface is converted back to this */
    struct clock clock;
    struct event_sink events;
    int64_t now_ms;
    const char *left; /* the input behind the replies that were given */
    size_t left_len;
    struct http_exchange *under_way[FUZZ_UNDER_WAY_MAX];
    size_t under_way_count;
    struct fuzz_sent sent[FUZZ_REPLIES_MAX];
    size_t sent_count;
};

/*
 * Replies stand behind each other with a line "%%" between them. The first line of each is a status,
 * or a letter for what went wrong on the way (see fuzz_world.c); header lines follow, an empty line, and
 * the body. Past the last one, and past FUZZ_REPLIES_MAX, no server is trusted, which ends every run.
 * Release with fuzz_world_clear.
 */
void fuzz_world_init(struct fuzz_world *world, const char *input, size_t len);

void fuzz_world_clear(struct fuzz_world *world);

/* The world's time at its beginning. */
#define FUZZ_START_MS (INT64_C(1440938160) * 1000)
