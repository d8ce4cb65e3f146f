/*
 * Opens connections in a thread while the program waits for credentials, so that name lookup, TCP and TLS
 * are done when the request can be signed. An unsigned request opens the connection; libcurl pauses it
 * before anything is sent, and a signed request with the same URL and body replaces it.
 *
 * This is only an optimisation: errors are ignored, and an exchange without a connection starts as usual.
 */
/* SPDX-License-Identifier: MIT */
#pragma once

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attrs.h"
#include "http/http.h"
#include "http/transfer.h"

struct early_request {
    struct http_exchange exchange;         /* with the unsigned request */
    struct http_exchange *signed_exchange; /* NULL: there is none yet */
    struct transfer *transfer;
    struct early_connect *early;
    bool has_failed; /* before anything was sent */
};

/* Zero-initialise; used once. */
struct early_connect {
    struct early_request *requests; /* room for HTTP_AT_ONCE_MAX; NULL: none was added */
    size_t count;
    bool is_running; /* the transfers and the multi handle are used by the thread only */
    CURLM *multi;
    pthread_t thread;
    int64_t limit_ms; /* how long a connection that is ready waits for its request */
    int decided_fd;   /* an eventfd: readable once the decision is made */
    atomic_int decision;
};

/* Moves the request into early and prepares the transfer; the caller then gives it to libcurl. */
MUST_CHECK bool early_connect_add(
        struct early_connect *early, struct transfer *transfer, struct http_request *request);

/* Starts the thread, which blocks all signals. False if the system cannot start one. */
MUST_CHECK bool early_connect_begin(struct early_connect *early, CURLM *multi, int64_t limit_ms);

/* Assigns the exchange to the early connection for its URL and body; false if there is none. */
bool early_connect_assign(struct early_connect *early, struct http_exchange *exchange);

/* Lets libcurl send the signed requests with a connection that is ready, and ends the thread. */
void early_connect_end(struct early_connect *early);

/* Replaces an unsigned request with its signed one; false if there is none, or memory runs out. */
MUST_CHECK bool early_request_sign(struct early_request *request);

/* The early request whose unsigned exchange the transfer still has; NULL if it has another exchange. */
struct early_request *early_connect_find(
        struct early_connect *early, const struct transfer *transfer);

void early_connect_clear(struct early_connect *early);
