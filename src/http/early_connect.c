/* SPDX-License-Identifier: MIT */
#include "http/early_connect.h"

#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
    STACK_BYTES = 1024 * 1024, /* address space only: a TLS handshake touches about ten KiB */
    POLL_MS = 1000,
};

enum decision {
    UNDECIDED,
    SEND,
    ABORT, /* the limit has passed */
};

/* Runs in the thread. True if the request may be sent. */
static bool wait_for_decision(struct early_connect *early)
{
    struct pollfd decided = { .fd = early->decided_fd, .events = POLLIN };
    int undecided = UNDECIDED;
    if (poll(&decided, 1, (int)early->limit_ms) <= 0) {
        (void)atomic_compare_exchange_strong(&early->decision, &undecided, ABORT);
    }
    return atomic_load(&early->decision) == SEND;
}

/* own_port is that of libcurl's connection, which may not be the last socket that was opened. */
static bool is_closed_by_peer(const struct transfer *transfer, int own_port)
{
    struct sockaddr_in6 own = { 0 }; /* the port of an IPv4 address is at the same place */
    socklen_t size = sizeof(own);
    struct pollfd hang_up = { .fd = transfer->socket, .events = POLLRDHUP };
    return getsockname(transfer->socket, (struct sockaddr *)&own, &size) == 0
            && ntohs(own.sin6_port) == own_port && poll(&hang_up, 1, 0) > 0
            && (hang_up.revents & (POLLRDHUP | POLLHUP | POLLERR)) != 0;
}

/* CURLOPT_PREREQFUNCTION: called when the connection is ready; libcurl reads the headers afterwards. */
static int send_or_abort(void *context, char *peer_ip, char *own_ip, int peer_port, int own_port)
{
    struct early_request *request = context;
    (void)peer_ip;
    (void)own_ip;
    (void)peer_port;
    bool may_send = wait_for_decision(request->early)
            && !is_closed_by_peer(request->transfer, own_port) && early_request_sign(request);
    return may_send ? CURL_PREREQFUNC_OK : CURL_PREREQFUNC_ABORT;
}

bool early_connect_add(
        struct early_connect *early, struct transfer *transfer, struct http_request *request)
{
    if (early->requests == NULL) {
        early->requests = calloc(HTTP_AT_ONCE_MAX, sizeof(*early->requests));
    }
    if (early->requests == NULL || early->count == HTTP_AT_ONCE_MAX) {
        return false;
    }
    struct early_request *added = &early->requests[early->count];
    *added = (struct early_request){
        .exchange.request = *request, .transfer = transfer, .early = early
    };
    early->count++;
    *request = (struct http_request){ 0 };
    http_reply_init(&added->exchange.reply, added->exchange.request.reply_max_bytes);
    return transfer_begin(transfer, &added->exchange)
            && curl_easy_setopt(transfer->easy, CURLOPT_PREREQDATA, added) == CURLE_OK
            && curl_easy_setopt(transfer->easy, CURLOPT_PREREQFUNCTION, send_or_abort) == CURLE_OK;
}

static void *run(void *context)
{
    struct early_connect *early = context;
    int running = 1;
    while (running > 0 && atomic_load(&early->decision) == UNDECIDED
            && curl_multi_perform(early->multi, &running) == CURLM_OK
            && curl_multi_poll(early->multi, NULL, 0, POLL_MS, NULL) == CURLM_OK) {
    }
    return NULL;
}

/* The thread blocks all signals, so that the calling thread receives them. */
static bool start_thread(struct early_connect *early)
{
    pthread_attr_t attributes;
    sigset_t all;
    sigset_t mask;
    if (pthread_attr_init(&attributes) != 0) {
        return false;
    }
    (void)pthread_attr_setstacksize(&attributes, STACK_BYTES);
    (void)sigfillset(&all);
    (void)pthread_sigmask(SIG_SETMASK, &all, &mask);
    int error = pthread_create(&early->thread, &attributes, run, early);
    (void)pthread_sigmask(SIG_SETMASK, &mask, NULL);
    (void)pthread_attr_destroy(&attributes);
    return error == 0;
}

bool early_connect_begin(struct early_connect *early, CURLM *multi, int64_t limit_ms)
{
    early->multi = multi;
    early->limit_ms = limit_ms;
    early->decided_fd = eventfd(0, EFD_CLOEXEC);
    early->is_running = early->decided_fd >= 0 && start_thread(early);
    return early->is_running;
}

static bool is_same_request(const struct http_request *a, const struct http_request *b)
{
    return a->method == b->method && strcmp(text_string(&a->url), text_string(&b->url)) == 0
            && strcmp(secret_expose(&a->body), secret_expose(&b->body)) == 0;
}

bool early_connect_assign(struct early_connect *early, struct http_exchange *exchange)
{
    for (size_t i = 0; early->is_running && i < early->count; i++) {
        struct early_request *request = &early->requests[i];
        if (request->signed_exchange == NULL
                && is_same_request(&request->exchange.request, &exchange->request)) {
            request->signed_exchange = exchange;
            return true;
        }
    }
    return false;
}

void early_connect_end(struct early_connect *early)
{
    int undecided = UNDECIDED;
    (void)atomic_compare_exchange_strong(&early->decision, &undecided, SEND);
    (void)eventfd_write(early->decided_fd, 1);
    (void)curl_multi_wakeup(early->multi);
    (void)pthread_join(early->thread, NULL);
    early->is_running = false;
}

bool early_request_sign(struct early_request *request)
{
    struct transfer *transfer = request->transfer;
    if (request->signed_exchange == NULL) {
        return false;
    }
    (void)curl_easy_setopt(transfer->easy, CURLOPT_PREREQFUNCTION, NULL);
    transfer->exchange = request->signed_exchange;
    if (!transfer_set_headers(transfer)) {
        transfer->exchange = &request->exchange;
        return false;
    }
    transfer->exchange->reply = request->exchange.reply; /* a proxy may have replied to CONNECT */
    request->exchange.reply = (struct http_reply){ 0 };
    return true;
}

struct early_request *early_connect_find(
        struct early_connect *early, const struct transfer *transfer)
{
    for (size_t i = 0; i < early->count; i++) {
        if (transfer->exchange == &early->requests[i].exchange) {
            return &early->requests[i];
        }
    }
    return NULL;
}

void early_connect_clear(struct early_connect *early)
{
    for (size_t i = 0; i < early->count; i++) {
        http_request_clear(&early->requests[i].exchange.request);
        http_reply_clear(&early->requests[i].exchange.reply);
    }
    if (early->multi != NULL && early->decided_fd >= 0) {
        (void)close(early->decided_fd);
    }
    free(early->requests);
}
