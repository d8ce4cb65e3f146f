/* SPDX-License-Identifier: MIT */
#include "http/http_curl.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/locked.h"
#include "http/early_connect.h"
#include "http/outcome.h"
#include "http/tls_memory.h"
#include "http/transfer.h"

struct http_curl {
    struct http_transport transport; /* first: the interface is converted back to this */
    struct transfer_pool pool;
    CURLM *multi;               /* NULL: not needed yet */
    struct http_exchange *done; /* not returned by next_done yet */
    struct early_connect early;
};

static struct http_curl *curl_of(struct http_transport *transport)
{
    return (struct http_curl *)transport;
}

static struct transfer *transfer_of(CURL *easy)
{
    char *transfer = NULL;
    (void)curl_easy_getinfo(easy, CURLINFO_PRIVATE, &transfer);
    return (struct transfer *)(void *)transfer;
}

/* Removes a transfer from libcurl, finished or not. */
static void detach(struct http_curl *curl, struct transfer *transfer)
{
    (void)curl_multi_remove_handle(curl->multi, transfer->easy);
    transfer_end(transfer);
}

enum {
    KEPT_CONNECTIONS = 2 * HTTP_AT_ONCE_MAX
};

/*
 * By default libcurl (8.10 and later) keeps four idle connections per transfer that is running, and closes
 * the others: when many transfers finish together, all but four of their connections are lost.
 */
static bool ensure_multi(struct http_curl *curl)
{
    if (curl->multi == NULL) {
        curl->multi = curl_multi_init();
        if (curl->multi != NULL) {
            (void)curl_multi_setopt(curl->multi, CURLMOPT_MAXCONNECTS, (long)KEPT_CONNECTIONS);
        }
    }
    return curl->multi != NULL;
}

static bool run_transfer(struct http_curl *curl, struct transfer *transfer)
{
    if (curl_multi_add_handle(curl->multi, transfer->easy) != CURLM_OK) {
        transfer_end(transfer);
        return false;
    }
    return true;
}

static void add_done(struct http_curl *curl, struct http_exchange *exchange)
{
    exchange->next_done = curl->done;
    curl->done = exchange;
}

/* Does not change an outcome that says why already. */
static void fail_to_start(struct http_curl *curl, struct http_exchange *exchange)
{
    if (exchange->reply.outcome == HTTP_REPLIED) {
        exchange->reply.outcome = HTTP_IMPOSSIBLE;
        (void)snprintf(exchange->reply.failure, sizeof(exchange->reply.failure),
                "the HTTP library cannot send the request (no memory?)");
    }
    add_done(curl, exchange);
}

static void start_exchange(struct http_curl *curl, struct http_exchange *exchange)
{
    http_reply_init(&exchange->reply, exchange->request.reply_max_bytes);
    struct transfer *transfer = ensure_multi(curl) ? transfer_find_idle(&curl->pool) : NULL;
    if (transfer == NULL || !transfer_begin(transfer, exchange) || !run_transfer(curl, transfer)) {
        fail_to_start(curl, exchange);
    }
}

/* True if the transfer was started again with other options. */
static bool fall_back(struct http_curl *curl, struct transfer *transfer, CURLcode code)
{
    return transfer_fall_back(transfer, code)
            && curl_multi_add_handle(curl->multi, transfer->easy) == CURLM_OK;
}

/* Ends a transfer. NULL if it was started again, or had the unsigned exchange of an early connection. */
static struct http_exchange *finish(struct http_curl *curl, const CURLMsg *message)
{
    struct transfer *transfer = transfer_of(message->easy_handle);
    CURLcode code = message->data.result; /* removing the handle invalidates the message */
    struct early_request *early = early_connect_find(&curl->early, transfer);
    (void)curl_multi_remove_handle(curl->multi, transfer->easy);
    if (early != NULL) {
        early->has_failed = true;
        (void)transfer_fall_back(transfer, code);
        return NULL;
    }
    if (fall_back(curl, transfer, code)) {
        return NULL;
    }
    struct http_exchange *exchange = transfer->exchange;
    outcome_read(transfer, code);
    transfer_end(transfer);
    return exchange;
}

static struct http_exchange *read_done(struct http_curl *curl)
{
    int left = 0;
    for (CURLMsg *message = curl_multi_info_read(curl->multi, &left); message != NULL;
            message = curl_multi_info_read(curl->multi, &left)) {
        struct http_exchange *done = message->msg == CURLMSG_DONE ? finish(curl, message) : NULL;
        if (done != NULL) {
            return done;
        }
    }
    return NULL;
}

/* If the request was not sent, signs it while its connection is being opened, or else starts it again. */
static void settle_early_request(struct http_curl *curl, struct early_request *request)
{
    bool is_unsent = early_connect_find(&curl->early, request->transfer) == request;
    if (!is_unsent || (!request->has_failed && early_request_sign(request))) {
        return;
    }
    detach(curl, request->transfer);
    if (request->signed_exchange != NULL) {
        start_exchange(curl, request->signed_exchange);
    }
}

static void end_early_connect(struct http_curl *curl)
{
    if (!curl->early.is_running) {
        return;
    }
    early_connect_end(&curl->early);
    for (struct http_exchange *done = read_done(curl); done != NULL; done = read_done(curl)) {
        add_done(curl, done);
    }
    for (size_t i = 0; i < curl->early.count; i++) {
        settle_early_request(curl, &curl->early.requests[i]);
    }
}

static void start(struct http_transport *transport, struct http_exchange *exchange)
{
    struct http_curl *curl = curl_of(transport);
    if (!early_connect_assign(&curl->early, exchange)) {
        end_early_connect(curl); /* only then may this thread use the multi handle */
        start_exchange(curl, exchange);
    }
}

static void wait_for_progress(struct http_transport *transport, int64_t timeout_ms)
{
    struct http_curl *curl = curl_of(transport);
    int running = 0;
    int before = 0;
    end_early_connect(curl);
    if (curl->multi == NULL) {
        return; /* nothing could be started: next_done reports it */
    }
    for (const struct transfer *t = curl->pool.first; t != NULL; t = t->next) {
        before += t->exchange != NULL ? 1 : 0;
    }
    transfer_resume_paused(&curl->pool);
    (void)curl_multi_perform(curl->multi, &running);
    if (running < before || curl->done != NULL) {
        return;
    }
    int64_t poll_ms = timeout_ms < INT_MAX ? timeout_ms : INT_MAX;
    (void)curl_multi_poll(curl->multi, NULL, 0, (int)poll_ms, NULL);
    (void)curl_multi_perform(curl->multi, &running);
}

static struct http_exchange *next_done(struct http_transport *transport)
{
    struct http_curl *curl = curl_of(transport);
    struct http_exchange *exchange = curl->done;
    if (exchange != NULL) {
        curl->done = exchange->next_done;
        return exchange;
    }
    return curl->multi == NULL ? NULL : read_done(curl);
}

static void cancel(struct http_transport *transport, struct http_exchange *exchange)
{
    struct http_curl *curl = curl_of(transport);
    end_early_connect(curl);
    for (struct transfer *transfer = curl->pool.first; transfer != NULL;
            transfer = transfer->next) {
        if (transfer->exchange == exchange) {
            detach(curl, transfer);
        }
    }
    struct http_exchange **link = &curl->done;
    while (*link != NULL && *link != exchange) {
        link = &(*link)->next_done;
    }
    if (*link != NULL) {
        *link = exchange->next_done;
    }
}

/* Early connections use TLS in two threads. mbedTLS is thread-safe only if it was built with threading. */
static bool tls_is_thread_safe(void)
{
    return HTTP_MBEDTLS_IS_THREAD_SAFE || !curl_trust_is_on_mbedtls();
}

static bool connect_early(struct http_transport *transport,
        struct http_request *requests,
        size_t count,
        int64_t limit_ms)
{
    struct http_curl *curl = curl_of(transport);
    bool ok = tls_is_thread_safe() && ensure_multi(curl);
    for (size_t i = 0; ok && i < count; i++) {
        struct transfer *transfer = transfer_find_idle(&curl->pool);
        ok = transfer != NULL && early_connect_add(&curl->early, transfer, &requests[i])
                && run_transfer(curl, transfer);
    }
    if (!ok || !early_connect_begin(&curl->early, curl->multi, limit_ms)) {
        for (size_t i = 0; i < curl->early.count; i++) {
            curl->early.requests[i].has_failed = true;
            settle_early_request(curl, &curl->early.requests[i]);
        }
        return false;
    }
    return true;
}

/* --- the library --- */

bool http_curl_new(
        const struct http_curl_settings *settings, struct http_curl **ret_curl, struct err *reterr)
{
    (void)unsetenv("SSLKEYLOGFILE");
    tls_memory_protect();
    CURLcode code = curl_global_init_mem(CURL_GLOBAL_DEFAULT, locked_alloc, locked_free,
            locked_realloc, locked_strdup, locked_calloc);
    struct http_curl *curl = code == CURLE_OK ? calloc(1, sizeof(*curl)) : NULL;
    if (curl == NULL) {
        return err_set(reterr, ERR_SYSTEM, NULL, "the HTTP library cannot start: %s",
                curl_easy_strerror(code == CURLE_OK ? CURLE_OUT_OF_MEMORY : code));
    }
    curl->pool.settings = *settings;
    curl_trust_init(&curl->pool.trust, settings->ca_file, settings->environment);
    curl->transport = (struct http_transport){
        .start = start,
        .wait = wait_for_progress,
        .next_done = next_done,
        .cancel = cancel,
        .connect_early = connect_early,
    };
    *ret_curl = curl;
    return true;
}

struct http_transport *http_curl_transport(struct http_curl *curl)
{
    return &curl->transport;
}

void http_curl_free(struct http_curl *curl)
{
    if (curl == NULL) {
        return;
    }
    end_early_connect(curl);
    for (struct transfer *transfer = curl->pool.first; transfer != NULL;
            transfer = transfer->next) {
        if (transfer->exchange != NULL) {
            detach(curl, transfer);
        }
    }
    transfer_pool_clear(&curl->pool);
    early_connect_clear(&curl->early);
    if (curl->multi != NULL) {
        (void)curl_multi_cleanup(curl->multi);
    }
    curl_global_cleanup();
    free(curl);
}

bool http_curl_shares_trust(const struct http_curl *curl)
{
    return curl_trust_is_shared(&curl->pool.trust);
}

const char *http_curl_versions(void)
{
    return curl_version();
}
