/*
 * Connections that are opened in a thread of their own while credentials are waited for: name look-up, TCP
 * and TLS are done when the request can be signed. Each is opened by an unsigned request, which libcurl
 * stops before it sends anything; a signed one with the same URL and body takes its place.
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
    struct early_request *requests; /* HTTP_AT_ONCE_MAX places; NULL: none was added */
    size_t count;
    bool is_running; /* the transfers and the multi handle belong to the thread */
    CURLM *multi;
    pthread_t thread;
    int64_t limit_ms; /* how long a connection that is ready waits for its request */
    int decided_fd;   /* an eventfd: readable once the decision was made */
    atomic_int decision;
};

/* Takes over the request and prepares the transfer, which is not yet given to libcurl. */
MUST_CHECK bool early_connect_add(
        struct early_connect *early, struct transfer *transfer, struct http_request *request);

/* Starts the thread, which blocks all signals. False if the system cannot start one. */
MUST_CHECK bool early_connect_begin(struct early_connect *early, CURLM *multi, int64_t limit_ms);

/* True if a connection is being opened for such a request: the exchange has it then. */
bool early_connect_assign(struct early_connect *early, struct http_exchange *exchange);

/* Lets libcurl send what is ready and signed, and ends the thread. */
void early_connect_end(struct early_connect *early);

/* Once the thread has ended: puts the signed request in the place of one that was not sent. */
MUST_CHECK bool early_request_sign(struct early_request *request);

/* The one whose unsigned request the transfer still has; NULL: it has another. */
struct early_request *early_connect_find(
        struct early_connect *early, const struct transfer *transfer);

void early_connect_clear(struct early_connect *early);
