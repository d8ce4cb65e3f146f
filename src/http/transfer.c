/* SPDX-License-Identifier: MIT */
#include "http/transfer.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "http/search_list.h"

/* --- libcurl's callbacks --- */

/* COMMAND must not inherit connections. */
static curl_socket_t open_socket(void *context, curlsocktype purpose, struct curl_sockaddr *address)
{
    struct transfer *transfer = context;
    (void)purpose;
    int fd = socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
    if (fd >= 0) {
        transfer->had_socket = true;
        transfer->family_errno = 0;
    } else if (errno == EMFILE || errno == ENFILE || errno == ENOMEM) {
        transfer->socket_errno = errno;
    } else if (!transfer->had_socket) {
        transfer->family_errno = errno;
    }
    transfer->socket = fd;
    return fd;
}

static bool is_empty_line(const char *line, size_t len)
{
    return (len == 2 && memcmp(line, "\r\n", 2) == 0) || (len == 1 && line[0] == '\n');
}

static size_t receive_header(char *line, size_t size, size_t count, void *context)
{
    struct transfer *transfer = context;
    struct http_reply *reply = &transfer->exchange->reply;
    size_t len = size * count;
    if (len >= 5 && memcmp(line, "HTTP/", 5) == 0) {
        text_reset(&reply->headers); /* an interim response (1xx, CONNECT) came before this one */
        transfer->headers_ended = false;
    }
    transfer->headers_ended = transfer->headers_ended || is_empty_line(line, len);
    transfer->header_bytes += len;
    text_append(&reply->headers, line, len);
    if (reply->headers.state != TEXT_OK || transfer->header_bytes > HTTP_REPLY_HEADERS_MAX_BYTES) {
        transfer->no_memory = reply->headers.state == TEXT_NO_MEMORY;
        transfer->too_large = !transfer->no_memory;
        return 0;
    }
    return len;
}

/*
 * Whether the budget has room for `more` bytes besides the bodies that are being received. If not, one
 * transfer continues nevertheless: if all of them waited, none would ever end.
 */
static bool find_room(struct transfer *transfer, size_t more)
{
    struct transfer_pool *pool = transfer->pool;
    const struct budget *budget = transfer->exchange->request.budget;
    if (budget == NULL) {
        return true;
    }
    size_t left = budget_left(budget);
    for (const struct transfer *t = pool->first; t != NULL; t = t->next) {
        bool shares = t->exchange != NULL && t->exchange->request.budget == budget;
        more += shares ? secret_len(&t->exchange->reply.body) : 0;
    }
    if (more <= (left < HTTP_BODIES_MAX_BYTES ? left : HTTP_BODIES_MAX_BYTES)) {
        return true;
    }
    pool->preferred = pool->preferred == NULL ? transfer : pool->preferred;
    return pool->preferred == transfer;
}

static size_t receive_body(char *bytes, size_t size, size_t count, void *context)
{
    struct transfer *transfer = context;
    struct http_reply *reply = &transfer->exchange->reply;
    struct err err;
    if (!find_room(transfer, size * count)) {
        transfer->is_paused = true;
        return CURL_WRITEFUNC_PAUSE;
    }
    if (secret_is_empty(&reply->body)) {
        curl_off_t announced = -1;
        (void)curl_easy_getinfo(transfer->easy, CURLINFO_CONTENT_LENGTH_DOWNLOAD_T, &announced);
        if (announced > 0 && (size_t)announced <= transfer->exchange->request.reply_max_bytes) {
            secret_reserve(&reply->body, (size_t)announced);
        }
    }
    secret_append(&reply->body, bytes, size * count);
    if (!secret_check(&reply->body, NULL, &err)) {
        transfer->too_large = err.kind != ERR_SYSTEM;
        transfer->no_memory = !transfer->too_large;
        return 0;
    }
    return size * count;
}

void transfer_resume_paused(struct transfer_pool *pool)
{
    bool has_room = pool->has_new_room;
    pool->has_new_room = false;
    for (struct transfer *transfer = pool->first; transfer != NULL; transfer = transfer->next) {
        if (has_room && transfer->is_paused) {
            transfer->is_paused = false;
            (void)curl_easy_pause(transfer->easy, CURLPAUSE_CONT);
        }
    }
}

/* --- transfers --- */

static bool set_text(CURL *easy, CURLoption option, const char *value)
{
    return curl_easy_setopt(easy, option, value) == CURLE_OK;
}

static bool set_long(CURL *easy, CURLoption option, long value)
{
    return curl_easy_setopt(easy, option, value) == CURLE_OK;
}

enum {
    UPLOAD_BUFFER_BYTES = 16 * 1024 /* libcurl's minimum; its default is 64 KiB */
};

/* Sets the options that are the same for every exchange. */
static bool set_fixed_options(struct transfer *transfer)
{
    CURL *easy = transfer->easy;
    const struct http_curl_settings *settings = &transfer->pool->settings;
    return set_long(easy, CURLOPT_NOSIGNAL, 1)
            /* Do not wait for the thread of a resolver that hangs. */
            && set_long(easy, CURLOPT_QUICK_EXIT, 1) && set_long(easy, CURLOPT_FOLLOWLOCATION, 0)
            && set_text(easy, CURLOPT_PROTOCOLS_STR, "http,https")
            && set_long(easy, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1)
            && set_long(easy, CURLOPT_SSL_VERIFYPEER, 1)
            && set_long(easy, CURLOPT_SSL_VERIFYHOST, 2)
            && set_long(easy, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2)
            && set_long(easy, CURLOPT_PROXY_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2)
            && set_long(easy, CURLOPT_UPLOAD_BUFFERSIZE, (long)UPLOAD_BUFFER_BYTES)
            && set_long(easy, CURLOPT_PATH_AS_IS, 1) /* the path was signed as it is */
            && set_text(easy, CURLOPT_USERAGENT, settings->user_agent)
            && curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, transfer->error_text) == CURLE_OK
            && curl_easy_setopt(easy, CURLOPT_PRIVATE, transfer) == CURLE_OK
            && curl_easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, open_socket) == CURLE_OK
            && curl_easy_setopt(easy, CURLOPT_OPENSOCKETDATA, transfer) == CURLE_OK
            && curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, receive_header) == CURLE_OK
            && curl_easy_setopt(easy, CURLOPT_HEADERDATA, transfer) == CURLE_OK
            && curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, receive_body) == CURLE_OK
            && curl_easy_setopt(easy, CURLOPT_WRITEDATA, transfer) == CURLE_OK;
}

static bool set_method(struct transfer *transfer)
{
    CURL *easy = transfer->easy;
    const struct http_request *request = &transfer->exchange->request;
    if (request->method == HTTP_GET) {
        return set_long(easy, CURLOPT_HTTPGET, 1) && set_text(easy, CURLOPT_CUSTOMREQUEST, NULL);
    }
    return set_long(easy, CURLOPT_POST, 1)
            && curl_easy_setopt(easy, CURLOPT_POSTFIELDS, secret_expose(&request->body)) == CURLE_OK
            && curl_easy_setopt(
                       easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)secret_len(&request->body))
            == CURLE_OK
            && set_text(easy, CURLOPT_CUSTOMREQUEST, request->method == HTTP_PUT ? "PUT" : NULL);
}

static bool add_header(struct transfer *transfer, const char *line)
{
    struct curl_slist *longer = curl_slist_append(transfer->headers, line);
    if (longer == NULL) {
        return false;
    }
    transfer->headers = longer;
    return true;
}

static void drop_headers(struct transfer *transfer)
{
    (void)curl_easy_setopt(transfer->easy, CURLOPT_HTTPHEADER, NULL);
    curl_slist_free_all(transfer->headers);
    transfer->headers = NULL;
}

bool transfer_set_headers(struct transfer *transfer)
{
    const struct http_request *request = &transfer->exchange->request;
    drop_headers(transfer);
    /* Without this, libcurl sends "Expect: 100-continue" with large bodies, which costs a round trip. */
    bool ok = add_header(transfer, "Expect:");
    for (size_t i = 0; ok && i < request->header_count; i++) {
        ok = add_header(transfer, secret_expose(&request->headers[i]));
    }
    return ok
            && curl_easy_setopt(transfer->easy, CURLOPT_HTTPHEADER, transfer->headers) == CURLE_OK;
}

static void drop_absolute_name(struct transfer *transfer)
{
    (void)curl_easy_setopt(transfer->easy, CURLOPT_CONNECT_TO, NULL);
    curl_slist_free_all(transfer->connect_to);
    transfer->connect_to = NULL;
}

/*
 * Looks up "ssm.eu-west-1.amazonaws.com." with the trailing dot, which the Host header and the certificate
 * check do not have. Not with a proxy, which looks names up itself.
 */
static bool set_absolute_name(struct transfer *transfer)
{
    const struct http_request *request = &transfer->exchange->request;
    struct transfer_pool *pool = transfer->pool;
    CLEANUP(text_clear) struct text connect_to = TEXT_INIT(1024);
    const char *host = strstr(text_string(&request->url), "://");
    if (!request->absolute_name_first || pool->absolute_names_off
            || transfer->proxy.variable != NULL || host == NULL) {
        return true;
    }
    host += strlen("://");
    int host_len = (int)strcspn(host, ":/");
    text_append_format(&connect_to, "%.*s", host_len, host);
    if (!search_list_comes_first(text_string(&connect_to))) {
        pool->absolute_names_off = true; /* there is nothing to gain */
        return true;
    }
    text_reset(&connect_to);
    text_append_format(&connect_to, "::%.*s.:", host_len, host);
    transfer->connect_to = curl_slist_append(NULL, text_string(&connect_to));
    return transfer->connect_to != NULL
            && curl_easy_setopt(transfer->easy, CURLOPT_CONNECT_TO, transfer->connect_to)
            == CURLE_OK;
}

static long to_timeout(int64_t timeout_ms)
{
    int64_t least = timeout_ms < 1 ? 1 : timeout_ms; /* 0 would mean no timeout */
    return (long)(least > INT_MAX ? INT_MAX : least);
}

/* Sets both options, even if empty, so that libcurl does not read the environment. */
static bool set_proxy(struct transfer *transfer)
{
    bool is_proxied = transfer->proxy.variable != NULL;
    const char *url = is_proxied ? secret_expose(&transfer->proxy.url) : "";
    return set_text(transfer->easy, CURLOPT_PROXY, url)
            && set_text(transfer->easy, CURLOPT_NOPROXY, is_proxied ? "" : "*");
}

static bool set_exchange_options(struct transfer *transfer)
{
    CURL *easy = transfer->easy;
    const struct http_request *request = &transfer->exchange->request;
    return set_text(easy, CURLOPT_URL, text_string(&request->url)) && set_method(transfer)
            && transfer_set_headers(transfer) && set_proxy(transfer) && set_absolute_name(transfer)
            && curl_easy_setopt(easy, CURLOPT_PREREQFUNCTION, NULL) == CURLE_OK
            && curl_trust_set(&transfer->trust, request, transfer->proxy.is_tls)
            && set_long(easy, CURLOPT_CONNECTTIMEOUT_MS, to_timeout(request->connect_timeout_ms))
            && set_long(easy, CURLOPT_TIMEOUT_MS, to_timeout(request->timeout_ms));
}

struct transfer *transfer_find_idle(struct transfer_pool *pool)
{
    for (struct transfer *idle = pool->first; idle != NULL; idle = idle->next) {
        if (idle->exchange == NULL) {
            return idle;
        }
    }
    struct transfer *transfer = calloc(1, sizeof(*transfer));
    if (transfer == NULL) {
        err_note_no_memory();
        return NULL;
    }
    transfer->pool = pool;
    transfer->proxy = PROXY_INIT;
    transfer->easy = curl_easy_init();
    transfer->trust = (struct curl_trust_handle){ .trust = &pool->trust, .easy = transfer->easy };
    if (transfer->easy == NULL || !set_fixed_options(transfer)) {
        curl_easy_cleanup(transfer->easy);
        free(transfer);
        return NULL;
    }
    transfer->next = pool->first;
    pool->first = transfer;
    return transfer;
}

static bool find_proxy(struct transfer *transfer)
{
    struct http_exchange *exchange = transfer->exchange;
    struct proxy *proxy = &transfer->proxy;
    struct err err;
    if (!exchange->request.never_proxied
            && !proxy_find(transfer->pool->settings.environment,
                    text_string(&exchange->request.url), proxy, &err)) {
        exchange->reply.outcome = err.kind == ERR_SYSTEM ? HTTP_IMPOSSIBLE : HTTP_PROXY_FAILED;
        (void)snprintf(exchange->reply.failure, sizeof(exchange->reply.failure), "%.64s: %.500s",
                err.where, err.why);
        return false;
    }
    exchange->reply.via = (struct http_via){ .variable = proxy->variable,
        .has_user = proxy->has_user };
    return true;
}

bool transfer_begin(struct transfer *transfer, struct http_exchange *exchange)
{
    transfer->exchange = exchange;
    transfer->header_bytes = 0;
    transfer->headers_ended = false;
    transfer->too_large = false;
    transfer->no_memory = false;
    transfer->socket_errno = 0;
    transfer->family_errno = 0;
    transfer->had_socket = false;
    transfer->error_text[0] = '\0';
    if (!find_proxy(transfer) || !set_exchange_options(transfer)) {
        transfer_end(transfer);
        return false;
    }
    return true;
}

void transfer_end(struct transfer *transfer)
{
    struct transfer_pool *pool = transfer->pool;
    pool->preferred = pool->preferred == transfer ? NULL : pool->preferred;
    pool->has_new_room = true;
    transfer->is_paused = false;
    drop_headers(transfer);
    (void)curl_easy_setopt(transfer->easy, CURLOPT_POSTFIELDS, NULL);
    drop_absolute_name(transfer);
    proxy_clear(&transfer->proxy);
    transfer->exchange = NULL;
}

/* Retries with the whole bundle before the certificate is reported as untrusted. */
static bool fall_back_to_bundle(struct transfer *transfer, CURLcode code)
{
    return curl_trust_may_retry(&transfer->trust, code, transfer->error_text)
            && curl_trust_set_whole(&transfer->trust);
}

/* Some rare resolvers refuse the trailing dot. */
static bool fall_back_to_plain_name(struct transfer *transfer, CURLcode code)
{
    if (code != CURLE_COULDNT_RESOLVE_HOST || transfer->connect_to == NULL) {
        return false;
    }
    transfer->pool->absolute_names_off = true;
    drop_absolute_name(transfer);
    return true;
}

bool transfer_fall_back(struct transfer *transfer, CURLcode code)
{
    bool has_changed = fall_back_to_bundle(transfer, code)
            || fall_back_to_plain_name(transfer, code);
    if (has_changed) {
        transfer->error_text[0] = '\0';
    }
    return has_changed;
}

void transfer_pool_clear(struct transfer_pool *pool)
{
    while (pool->first != NULL) {
        struct transfer *transfer = pool->first;
        pool->first = transfer->next;
        curl_easy_cleanup(transfer->easy);
        free(transfer);
    }
    curl_trust_clear(&pool->trust);
}
