/* SPDX-License-Identifier: MIT */
#include "http/http_curl.h"

#include <errno.h>
#include <limits.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <curl/curl.h>

#include "base/locked.h"
#include "http/hold.h"
#include "http/mbedtls_trust.h"
#include "http/proxy.h"
#include "http/search_list.h"
#include "http/tls_memory.h"
#include "http/trust.h"

/* One transfer: an easy handle and what belongs to its present exchange. */
struct transfer {
    struct http_curl *owner;
    struct http_exchange *exchange; /* NULL: idle */
    CURL *easy;
    struct curl_slist *headers;
    struct curl_slist *connect_to; /* NULL: the URL's host */
    struct proxy proxy;
    char error_text[CURL_ERROR_SIZE];
    size_t header_bytes; /* of all replies to the present request */
    bool headers_ended;  /* those of the last one */
    bool is_paused;      /* there is no room for more of its body */
    bool too_large;
    bool no_memory;   /* for the answer */
    int socket_errno; /* why this machine gave no socket; 0: it did */
    int socket;       /* the last that was opened; perhaps closed again */
    bool is_held;     /* nothing of its exchange has been sent yet */
    bool has_trust;   /* as configured; stays */
    struct mbedtls_trust trust;
    bool on_quick_trust;
    struct transfer *next;
};

struct http_curl {
    struct http_transport transport; /* first: the interface is converted back to this */
    struct http_curl_settings settings;
    struct curl_blob builtin_roots; /* no data: not needed yet, or there are none */
    const char *bundle;             /* the system's, where it can do without; NULL: it cannot */
    bool knows_trust_file;
    struct pem_file system_file; /* no path: libcurl's own default */
    struct pem_file *trust_file; /* the configured one, or the system's */
    struct mbedtls_chain *chain; /* all of it; NULL: not needed yet */
    bool searches_trust_file;    /* mbedTLS gets from us what it is to trust */
    bool quick_trust_failed;
    bool absolute_names_off;     /* of no use here, or unknown to the resolver */
    CURLM *multi;                /* made when it is needed; NULL before that */
    struct transfer *transfers;  /* all that were ever made; idle ones are used again */
    struct transfer *foremost;   /* the one whose body goes on where there is no room; or NULL */
    bool has_new_room;           /* one has ended since resume_paused */
    struct http_exchange *early; /* done before anybody waited for it, not yet handed out */
    struct hold hold;
};

static struct http_curl *of_transport(struct http_transport *transport)
{
    return (struct http_curl *)transport;
}

/* --- what libcurl calls while it works --- */

/* Connections must not be seen by COMMAND, however the run ends. */
static curl_socket_t open_socket(void *context, curlsocktype purpose, struct curl_sockaddr *address)
{
    struct transfer *transfer = context;
    (void)purpose;
    int fd = socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
    if (fd < 0 && (errno == EMFILE || errno == ENFILE || errno == ENOMEM)) {
        transfer->socket_errno = errno;
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
    if (reply->headers.state != TEXT_SOUND
            || transfer->header_bytes > HTTP_REPLY_HEADERS_MAX_BYTES) {
        transfer->no_memory = reply->headers.state == TEXT_NO_MEMORY;
        transfer->too_large = !transfer->no_memory;
        return 0;
    }
    return len;
}

/*
 * Whether there is room for so many bytes beside the bodies that are on their way. Where there is not,
 * the first that asks goes on all the same: were all to wait, none would ever make room.
 */
static bool find_room(struct transfer *transfer, size_t more)
{
    struct http_curl *curl = transfer->owner;
    const struct budget *budget = transfer->exchange->request.budget;
    if (budget == NULL) {
        return true;
    }
    size_t left = budget_left(budget);
    for (const struct transfer *t = curl->transfers; t != NULL; t = t->next) {
        bool shares = t->exchange != NULL && t->exchange->request.budget == budget;
        more += shares ? secret_len(&t->exchange->reply.body) : 0;
    }
    if (more <= (left < HTTP_BODIES_MAX_BYTES ? left : HTTP_BODIES_MAX_BYTES)) {
        return true;
    }
    curl->foremost = curl->foremost == NULL ? transfer : curl->foremost;
    return curl->foremost == transfer;
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

/* What is paused goes on once another has ended; whether there is enough room each finds out itself. */
static void resume_paused(struct http_curl *curl)
{
    bool has_room = curl->has_new_room;
    curl->has_new_room = false;
    for (struct transfer *transfer = curl->transfers; transfer != NULL; transfer = transfer->next) {
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

static bool is_https(const struct http_request *request)
{
    return strncmp(text_string(&request->url), "https:", 6) == 0;
}

enum {
    FEW_CERTIFICATES = 8,
    PHRASE_MAX_BYTES = 16 * 1024,
    PROXY_REASON_MAX_BYTES = 160,
};

/* An https:// proxy is trusted by the same file. Not every TLS backend has such proxies. */
static bool set_proxy_trust(CURL *easy, const char *ca_file)
{
    CURLcode code = curl_easy_setopt(easy, CURLOPT_PROXY_CAINFO, ca_file);
    if (code == CURLE_OK) {
        code = curl_easy_setopt(easy, CURLOPT_PROXY_CAPATH, NULL);
    }
    return code == CURLE_OK || code == CURLE_NOT_BUILT_IN || code == CURLE_UNKNOWN_OPTION;
}

static bool is_on_mbedtls(void)
{
    const char *library = curl_version_info(CURLVERSION_NOW)->ssl_version;
    return library != NULL && strstr(library, "mbedTLS") != NULL;
}

/* The configured file; or the system's, for a libcurl that was not built to look for any. */
static void find_trust_file(struct http_curl *curl)
{
    bool is_configured = curl->settings.ca_file != NULL;
    bool has_own = curl_version_info(CURLVERSION_NOW)->cainfo != NULL;
    curl->knows_trust_file = true;
    curl->system_file.path = is_configured || has_own ? NULL : trust_system_bundle();
    curl->trust_file = is_configured ? curl->settings.ca_file : &curl->system_file;
    /* The compiled-in roots would vouch for an https:// proxy too. */
    curl->searches_trust_file = mbedtls_trust_is_possible && is_on_mbedtls()
            && (is_configured || (!has_own && !proxy_may_be_tls(curl->settings.environment)));
}

/* Nothing is looked for where neither the other side nor a proxy can have a certificate. */
static bool set_trust(struct transfer *transfer)
{
    CURL *easy = transfer->easy;
    struct http_curl *curl = transfer->owner;
    bool is_on_tls = is_https(&transfer->exchange->request) || transfer->proxy.is_tls;
    if (transfer->has_trust || !is_on_tls) {
        return true;
    }
    if (!curl->knows_trust_file) {
        find_trust_file(curl);
    }
    transfer->has_trust = true;
    const char *ca_file = curl->searches_trust_file ? NULL : curl->trust_file->path;
    /* Without the second option the system's directory of certificates would be trusted too. */
    return (ca_file == NULL && !curl->searches_trust_file)
            || (set_text(easy, CURLOPT_CAINFO, ca_file) && set_text(easy, CURLOPT_CAPATH, NULL)
                    && set_proxy_trust(easy, ca_file));
}

/* libcurl wants writable bytes: hence a copy. Without memory the system's certificates have to do. */
static void need_builtin_roots(struct http_curl *curl)
{
    if (trust_builtin_roots != NULL && curl->builtin_roots.data == NULL) {
        curl->builtin_roots = (struct curl_blob){ .data = strdup(trust_builtin_roots),
            .len = strlen(trust_builtin_roots),
            .flags = CURL_BLOB_NOCOPY };
    }
}

/* One of these two is what libcurl calls before each handshake. */
static CURLcode search_trust_file(CURL *easy, void *ssl_config, void *context)
{
    struct transfer *transfer = context;
    (void)easy;
    mbedtls_trust_install(ssl_config, &transfer->trust);
    return CURLE_OK;
}

static CURLcode use_whole_trust_file(CURL *easy, void *ssl_config, void *context)
{
    struct transfer *transfer = context;
    struct http_curl *curl = transfer->owner;
    (void)easy;
    if (curl->chain == NULL) {
        curl->chain = mbedtls_chain_new(curl->trust_file);
    }
    if (curl->chain == NULL) {
        return CURLE_OUT_OF_MEMORY;
    }
    mbedtls_chain_install(ssl_config, curl->chain);
    return CURLE_OK;
}

/*
 * With mbedTLS: the compiled-in roots for AWS's hosts, and the file, are searched for an issuer by its
 * name; mbedTLS is given the whole file where that fails, or where it is small.
 */
static bool set_search(struct transfer *transfer)
{
    struct http_curl *curl = transfer->owner;
    const struct http_request *request = &transfer->exchange->request;
    bool is_configured = curl->settings.ca_file != NULL;
    bool is_small = is_configured && pem_file_index(curl->trust_file)->count <= FEW_CERTIFICATES;
    bool is_whole = curl->quick_trust_failed || is_small;
    bool has_roots = request->builtin_roots_first && !is_configured;
    transfer->trust = (struct mbedtls_trust){ .roots = has_roots ? trust_builtin_roots : NULL,
        .file = curl->trust_file };
    transfer->on_quick_trust = !is_whole;
    return curl_easy_setopt(transfer->easy, CURLOPT_SSL_CTX_FUNCTION,
                   is_whole ? use_whole_trust_file : search_trust_file)
            == CURLE_OK
            && curl_easy_setopt(transfer->easy, CURLOPT_SSL_CTX_DATA, transfer) == CURLE_OK;
}

/*
 * What stands in for the system's bundle of certificates, which takes longer to read than all else to do,
 * unless a file is configured: for AWS's hosts the compiled-in roots; otherwise the system's
 * directory, where OpenSSL finds the one that it needs by the hash of its name.
 */
static bool set_quick_trust(struct transfer *transfer)
{
    struct http_curl *curl = transfer->owner;
    const struct http_request *request = &transfer->exchange->request;
    if (curl->searches_trust_file) {
        return set_search(transfer);
    }
    bool is_wanted = curl->settings.ca_file == NULL && !curl->quick_trust_failed
            && is_https(request);
    if (is_wanted && request->builtin_roots_first) {
        need_builtin_roots(curl);
    }
    bool by_roots = is_wanted && request->builtin_roots_first && curl->builtin_roots.data != NULL;
    bool by_hash = is_wanted && !by_roots && curl->bundle != NULL;
    transfer->on_quick_trust = by_roots || by_hash;
    return (curl->builtin_roots.data == NULL
                   || curl_easy_setopt(transfer->easy, CURLOPT_CAINFO_BLOB,
                              by_roots ? &curl->builtin_roots : NULL)
                           == CURLE_OK)
            && (curl->bundle == NULL
                    || set_text(transfer->easy, CURLOPT_CAINFO, by_hash ? NULL : curl->bundle));
}

enum {
    UPLOAD_BUFFER_BYTES = 16 * 1024 /* libcurl's least; unasked it takes four times as much */
};

/* Options that are the same for every exchange. */
static bool set_fixed_options(struct transfer *transfer)
{
    CURL *easy = transfer->easy;
    const struct http_curl_settings *settings = &transfer->owner->settings;
    return set_long(easy, CURLOPT_NOSIGNAL, 1)
            /* A resolver that hangs must not hold up the end: its thread is left to itself. */
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

static bool set_headers(struct transfer *transfer)
{
    const struct http_request *request = &transfer->exchange->request;
    drop_headers(transfer);
    /* Without this one libcurl asks before it sends a larger body, at the cost of a round trip. */
    bool ok = add_header(transfer, "Expect:");
    for (size_t i = 0; ok && i < request->header_count; i++) {
        ok = add_header(transfer, secret_expose(&request->headers[i]));
    }
    return ok
            && curl_easy_setopt(transfer->easy, CURLOPT_HTTPHEADER, transfer->headers) == CURLE_OK;
}

/*
 * What libcurl calls when the connection of a held transfer is ready. It reads the headers only after
 * this: those of the request may have been added meanwhile.
 */
static bool is_closed_by_peer(const struct transfer *transfer, int own_port)
{
    union {
        struct sockaddr any;
        struct sockaddr_in ipv4;
        struct sockaddr_in6 ipv6;
    } own = { 0 };

    socklen_t size = sizeof(own);
    struct pollfd hang_up = { .fd = transfer->socket, .events = POLLRDHUP };
    if (getsockname(transfer->socket, &own.any, &size) != 0) {
        return false;
    }
    in_port_t port = own.any.sa_family == AF_INET6 ? own.ipv6.sin6_port : own.ipv4.sin_port;
    return ntohs(port) == own_port && poll(&hang_up, 1, 0) > 0
            && (hang_up.revents & (POLLRDHUP | POLLHUP | POLLERR)) != 0;
}

static int wait_for_release(void *context, char *peer_ip, char *own_ip, int peer_port, int own_port)
{
    struct transfer *transfer = context;
    (void)peer_ip;
    (void)own_ip;
    (void)peer_port;
    if (!hold_wait(&transfer->owner->hold) || is_closed_by_peer(transfer, own_port)
            || !set_headers(transfer)) {
        return CURL_PREREQFUNC_ABORT;
    }
    transfer->is_held = false;
    return CURL_PREREQFUNC_OK;
}

static bool set_held(struct transfer *transfer, bool is_held)
{
    curl_prereq_callback callback = is_held ? wait_for_release : NULL;
    return curl_easy_setopt(transfer->easy, CURLOPT_PREREQDATA, transfer) == CURLE_OK
            && curl_easy_setopt(transfer->easy, CURLOPT_PREREQFUNCTION, callback) == CURLE_OK;
}

/* "ssm.eu-west-1.amazonaws.com." is asked for as it is; Host header and certificate stay without dot. */
static bool set_absolute_name(struct transfer *transfer)
{
    const struct http_request *request = &transfer->exchange->request;
    struct http_curl *curl = transfer->owner;
    CLEANUP(text_clear) struct text connect_to = TEXT_INIT(1024);
    const char *host = strstr(text_string(&request->url), "://");
    /* A proxy looks names up itself. */
    bool is_proxied = transfer->proxy.variable != NULL;
    if (!request->absolute_name_first || curl->absolute_names_off || is_proxied || host == NULL) {
        return curl_easy_setopt(transfer->easy, CURLOPT_CONNECT_TO, NULL) == CURLE_OK;
    }
    host += strlen("://");
    text_append(&connect_to, host, strcspn(host, ":/"));
    if (!search_list_comes_first(text_string(&connect_to))) {
        curl->absolute_names_off = true; /* there is nothing to gain */
        return curl_easy_setopt(transfer->easy, CURLOPT_CONNECT_TO, NULL) == CURLE_OK;
    }
    text_reset(&connect_to);
    text_append_string(&connect_to, "::");
    text_append(&connect_to, host, strcspn(host, ":/"));
    text_append_string(&connect_to, ".:");
    transfer->connect_to = curl_slist_append(NULL, text_string(&connect_to));
    return transfer->connect_to != NULL
            && curl_easy_setopt(transfer->easy, CURLOPT_CONNECT_TO, transfer->connect_to)
            == CURLE_OK;
}

static long to_timeout(int64_t timeout_ms)
{
    int64_t least = timeout_ms < 1 ? 1 : timeout_ms; /* to libcurl 0 means none at all */
    return (long)(least > INT_MAX ? INT_MAX : least);
}

/* Each option is given, or libcurl would look at the environment itself. */
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
            && set_headers(transfer) && set_proxy(transfer) && set_absolute_name(transfer)
            && set_trust(transfer) && set_quick_trust(transfer)
            && set_long(easy, CURLOPT_CONNECTTIMEOUT_MS, to_timeout(request->connect_timeout_ms))
            && set_long(easy, CURLOPT_TIMEOUT_MS, to_timeout(request->timeout_ms));
}

/* An idle transfer, or a new one; NULL if libcurl has no memory. */
static struct transfer *take_transfer(struct http_curl *curl)
{
    for (struct transfer *idle = curl->transfers; idle != NULL; idle = idle->next) {
        if (idle->exchange == NULL) {
            return idle;
        }
    }
    struct transfer *transfer = calloc(1, sizeof(*transfer));
    if (transfer == NULL) {
        err_note_no_memory();
        return NULL;
    }
    transfer->owner = curl;
    transfer->proxy = PROXY_INIT;
    transfer->easy = curl_easy_init();
    if (transfer->easy == NULL || !set_fixed_options(transfer)) {
        curl_easy_cleanup(transfer->easy);
        free(transfer);
        return NULL;
    }
    transfer->next = curl->transfers;
    curl->transfers = transfer;
    return transfer;
}

/* Ends the transfer's part in its exchange; the connection stays open for the next. */
static void release_transfer(struct transfer *transfer)
{
    drop_headers(transfer);
    (void)curl_easy_setopt(transfer->easy, CURLOPT_POSTFIELDS, NULL);
    (void)curl_easy_setopt(transfer->easy, CURLOPT_CONNECT_TO, NULL);
    curl_slist_free_all(transfer->connect_to);
    transfer->connect_to = NULL;
    proxy_clear(&transfer->proxy);
    transfer->exchange = NULL;
}

/* Takes it away from libcurl, finished or not. */
static void detach(struct transfer *transfer)
{
    struct http_curl *curl = transfer->owner;
    curl->foremost = curl->foremost == transfer ? NULL : curl->foremost;
    curl->has_new_room = true;
    transfer->is_paused = false;
    (void)curl_multi_remove_handle(curl->multi, transfer->easy);
    release_transfer(transfer);
}

static void put_aside(struct http_curl *curl, struct http_exchange *exchange)
{
    exchange->next_early = curl->early;
    curl->early = exchange;
}

/* Unless it is known already why. */
static void fail_at_once(struct http_curl *curl, struct http_exchange *exchange)
{
    if (exchange->reply.outcome == HTTP_REPLIED) {
        exchange->reply.outcome = HTTP_IMPOSSIBLE;
        (void)snprintf(exchange->reply.failure, sizeof(exchange->reply.failure),
                "the HTTP library cannot send the request (no memory?)");
    }
    put_aside(curl, exchange);
}

static bool find_proxy(struct transfer *transfer)
{
    struct http_exchange *exchange = transfer->exchange;
    struct proxy *proxy = &transfer->proxy;
    struct err err;
    if (!exchange->request.never_proxied
            && !proxy_find(transfer->owner->settings.environment,
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

enum {
    KEPT_CONNECTIONS = 2 * HTTP_AT_ONCE_MAX
};

/*
 * Unasked, libcurl (8.10 and later) keeps four idle connections for each transfer that it has at that
 * moment and closes the others: when many replies come together, only the last of them still is one.
 */
static bool need_multi(struct http_curl *curl)
{
    if (curl->multi == NULL) {
        curl->multi = curl_multi_init();
        if (curl->multi != NULL) {
            (void)curl_multi_setopt(curl->multi, CURLMOPT_MAXCONNECTS, (long)KEPT_CONNECTIONS);
        }
    }
    return curl->multi != NULL;
}

/* False, and the exchange is not under way, without memory or with an unusable proxy. */
static bool add_exchange(struct http_curl *curl, struct http_exchange *exchange, bool is_held)
{
    exchange->reply = (struct http_reply){ .headers = TEXT_INIT(HTTP_REPLY_HEADERS_MAX_BYTES),
        .body = SECRET_INIT(exchange->request.reply_max_bytes) };
    struct transfer *transfer = need_multi(curl) ? take_transfer(curl) : NULL;
    if (transfer == NULL) {
        return false;
    }
    exchange->failed_in_hold = false;
    transfer->exchange = exchange;
    transfer->is_held = is_held;
    transfer->header_bytes = 0;
    transfer->headers_ended = false;
    transfer->too_large = false;
    transfer->no_memory = false;
    transfer->socket_errno = 0;
    transfer->error_text[0] = '\0';
    if (!find_proxy(transfer) || !set_exchange_options(transfer) || !set_held(transfer, is_held)
            || curl_multi_add_handle(curl->multi, transfer->easy) != CURLM_OK) {
        release_transfer(transfer);
        return false;
    }
    return true;
}

static void start(struct http_transport *transport, struct http_exchange *exchange)
{
    struct http_curl *curl = of_transport(transport);
    if (!add_exchange(curl, exchange, /* is_held= */ false)) {
        fail_at_once(curl, exchange);
    }
}

static void wait_for_progress(struct http_transport *transport, int64_t timeout_ms)
{
    struct http_curl *curl = of_transport(transport);
    int running = 0;
    int before = 0;
    if (curl->multi == NULL) {
        return; /* nothing could be started, which next_done tells */
    }
    for (const struct transfer *t = curl->transfers; t != NULL; t = t->next) {
        before += t->exchange != NULL ? 1 : 0;
    }
    resume_paused(curl);
    (void)curl_multi_perform(curl->multi, &running);
    if (running < before || curl->early != NULL) {
        return;
    }
    (void)curl_multi_poll(curl->multi, NULL, 0, (int)to_timeout(timeout_ms), NULL);
    (void)curl_multi_perform(curl->multi, &running);
}

/* --- what became of it --- */

/* On a connection that was there already no name was looked up, and a request was sent. */
static bool was_resolved(const struct transfer *transfer)
{
    curl_off_t lookup_us = 0;
    long sent_bytes = 0;
    (void)curl_easy_getinfo(transfer->easy, CURLINFO_REQUEST_SIZE, &sent_bytes);
    return curl_easy_getinfo(transfer->easy, CURLINFO_NAMELOOKUP_TIME_T, &lookup_us) != CURLE_OK
            || lookup_us > 0 || sent_bytes > 0;
}

/*
 * A header line of more than 100 KB. libcurl says "too large" since 8.6, and "out of memory" before;
 * where memory did run out, err_note_no_memory has it told all the same.
 */
static bool is_endless_header(CURLcode code, const struct transfer *transfer)
{
    enum {
        TOO_LARGE = 100 /* CURLE_TOO_LARGE */
    };

    curl_off_t first_byte_us = 0;
    (void)curl_easy_getinfo(transfer->easy, CURLINFO_STARTTRANSFER_TIME_T, &first_byte_us);
    return (int)code == TOO_LARGE
            || (code == CURLE_OUT_OF_MEMORY && first_byte_us > 0 && !transfer->headers_ended);
}

static enum http_outcome outcome_of(CURLcode code, const struct transfer *transfer)
{
    if (transfer->too_large || is_endless_header(code, transfer)) {
        return HTTP_TOO_LARGE;
    }
    if (code == CURLE_OK && !transfer->headers_ended) {
        return HTTP_DROPPED; /* libcurl takes a reply that ends inside its header lines for a whole one */
    }
    if (code != CURLE_OK && (transfer->socket_errno != 0 || transfer->no_memory)) {
        return HTTP_IMPOSSIBLE;
    }
    long connect_code = 0;
    (void)curl_easy_getinfo(transfer->easy, CURLINFO_HTTP_CONNECTCODE, &connect_code);
    if (code != CURLE_OK && connect_code >= 400) {
        return connect_code == 429 || connect_code >= 500 ? HTTP_PROXY_BUSY : HTTP_PROXY_FAILED;
    }
    bool is_proxied = transfer->proxy.variable != NULL;
    if (code == CURLE_OPERATION_TIMEDOUT && !was_resolved(transfer)) {
        return is_proxied ? HTTP_PROXY_NOT_RESOLVED : HTTP_NOT_RESOLVED;
    }
    if (is_proxied && code == CURLE_COULDNT_CONNECT) {
        return HTTP_PROXY_NOT_CONNECTED;
    }

    /* An enum of another library, open to new members: hence no -Wswitch-enum exhaustiveness. */
    static const struct {
        CURLcode code;
        enum http_outcome outcome;
    } known[] = {
        { CURLE_OK, HTTP_REPLIED },
        { CURLE_COULDNT_RESOLVE_HOST, HTTP_NOT_RESOLVED },
        { CURLE_COULDNT_RESOLVE_PROXY, HTTP_PROXY_NOT_RESOLVED },
        { CURLE_PROXY, HTTP_PROXY_FAILED },
        { CURLE_COULDNT_CONNECT, HTTP_NOT_CONNECTED },
        { CURLE_OPERATION_TIMEDOUT, HTTP_TIMED_OUT },
        { CURLE_PEER_FAILED_VERIFICATION, HTTP_UNTRUSTED },
        { CURLE_SSL_ISSUER_ERROR, HTTP_UNTRUSTED },
        { CURLE_SSL_CONNECT_ERROR, HTTP_TLS_FAILED },
        { CURLE_SSL_CACERT_BADFILE, HTTP_IMPOSSIBLE },
        { CURLE_OUT_OF_MEMORY, HTTP_IMPOSSIBLE },
        { CURLE_FAILED_INIT, HTTP_IMPOSSIBLE },
        { CURLE_URL_MALFORMAT, HTTP_IMPOSSIBLE },
        { CURLE_UNSUPPORTED_PROTOCOL, HTTP_MALFORMED },
        { CURLE_WEIRD_SERVER_REPLY, HTTP_MALFORMED },
        { CURLE_BAD_CONTENT_ENCODING, HTTP_MALFORMED },
        { CURLE_HTTP_RETURNED_ERROR, HTTP_MALFORMED },
    };

    for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
        if (code == known[i].code) {
            return known[i].outcome;
        }
    }
    return HTTP_DROPPED;
}

/*
 * A handshake that died with its connection is a dropped connection. Where the other side just
 * closed it there is no errno, only each TLS library's word for it.
 */
static enum http_outcome refine_outcome(
        enum http_outcome outcome, long os_error, const char *error_text)
{
    static const char *const closed[] = { "SSL_ERROR_SYSCALL", "unexpected eof", "-0x7280",
        "-0x0050", "The TLS connection was non-properly terminated" };
    bool dropped = os_error == ECONNRESET || os_error == EPIPE;
    for (size_t i = 0; i < sizeof(closed) / sizeof(closed[0]); i++) {
        dropped = dropped || strstr(error_text, closed[i]) != NULL;
    }
    return outcome == HTTP_TLS_FAILED && dropped ? HTTP_DROPPED : outcome;
}

/* mbedTLS ends each of its reasons with a line end. */
static void make_one_line(char *text)
{
    size_t len = strlen(text);
    while (len > 0 && text[len - 1] == '\n') {
        text[--len] = '\0';
    }
    for (char *line_end = strchr(text, '\n'); line_end != NULL; line_end = strchr(text, '\n')) {
        *line_end = ';';
    }
}

static bool was_connected(const struct transfer *transfer)
{
    curl_off_t connect_us = 0;
    return curl_easy_getinfo(transfer->easy, CURLINFO_CONNECT_TIME_T, &connect_us) != CURLE_OK
            || connect_us > 0;
}

/* "407 Proxy Authentication Required", and what some proxies say in a header. */
static void append_proxy_answer(const struct http_reply *reply, struct text *phrase)
{
    static const char *const reasons[] = { "Proxy-Status", "X-Squid-Error" };
    const char *line = text_string(&reply->headers);
    const char *reason = line + strcspn(line, " \r\n");
    char value[PROXY_REASON_MAX_BYTES];
    text_append_format(phrase, " answered CONNECT with HTTP status %d", reply->via.status);
    reason += strspn(reason, " ");
    reason += strspn(reason, "0123456789");
    text_append_format(phrase, "%.*s", (int)strcspn(reason, "\r\n"), reason);
    for (size_t i = 0; i < sizeof(reasons) / sizeof(reasons[0]); i++) {
        if (http_reply_header(reply, reasons[i], value, sizeof(value))) {
            text_append_format(phrase, " (%s: %s)", reasons[i], value);
        }
    }
}

/* The reason for an outcome that does not say all; "" where there is none. */
static const char *reason_of(const struct transfer *transfer, CURLcode code)
{
    const struct http_reply *reply = &transfer->exchange->reply;
    const char *library = transfer->error_text[0] != '\0' ? transfer->error_text
                                                          : curl_easy_strerror(code);
    long os_error = 0;
    (void)curl_easy_getinfo(transfer->easy, CURLINFO_OS_ERRNO, &os_error);
    switch (reply->outcome) {
    case HTTP_REPLIED:
        return "";
    case HTTP_NOT_RESOLVED:
        return "the host name cannot be resolved";
    case HTTP_PROXY_NOT_RESOLVED:
        return "its host name cannot be resolved";
    case HTTP_PROXY_NOT_CONNECTED:
    case HTTP_NOT_CONNECTED:
        return os_error != 0 ? strerror((int)os_error) : "no connection";
    case HTTP_TIMED_OUT:
        return transfer->proxy.variable != NULL && !was_connected(transfer)
                ? "no connection in time"
                : library;
    case HTTP_DROPPED:
        return "the connection was closed before the answer was complete";
    case HTTP_TOO_LARGE:
        return "the answer is larger than the limit";
    case HTTP_IMPOSSIBLE:
        return transfer->no_memory            ? strerror(ENOMEM)
                : transfer->socket_errno != 0 ? strerror(transfer->socket_errno)
                : code == CURLE_SSL_CACERT_BADFILE
                ? "the TLS library cannot use the file of certificates to trust"
                : library;
    case HTTP_PROXY_FAILED:
    case HTTP_PROXY_BUSY:
    case HTTP_UNTRUSTED:
    case HTTP_TLS_FAILED:
    case HTTP_MALFORMED:
        break;
    }
    return library;
}

static bool is_about_proxy(enum http_outcome outcome)
{
    return outcome == HTTP_PROXY_FAILED || outcome == HTTP_PROXY_BUSY
            || outcome == HTTP_PROXY_NOT_RESOLVED || outcome == HTTP_PROXY_NOT_CONNECTED;
}

/* Where a proxy is in between it is named, whether or not it is to blame. */
static void describe(const struct transfer *transfer, CURLcode code, struct http_reply *reply)
{
    CLEANUP(text_clear) struct text phrase = TEXT_INIT(PHRASE_MAX_BYTES);
    const struct proxy *proxy = &transfer->proxy;
    const char *address = text_string(&proxy->address);
    long os_error = 0;
    long proxy_status = 0;
    (void)curl_easy_getinfo(transfer->easy, CURLINFO_OS_ERRNO, &os_error);
    (void)curl_easy_getinfo(transfer->easy, CURLINFO_HTTP_CONNECTCODE, &proxy_status);
    reply->outcome = refine_outcome(outcome_of(code, transfer), os_error, transfer->error_text);
    reply->via.status = proxy_status >= 400 ? (int)proxy_status : 0;
    const char *reason = reason_of(transfer, code);
    bool is_plain = proxy->variable == NULL || reply->outcome == HTTP_REPLIED
            || reply->outcome == HTTP_IMPOSSIBLE;
    if (is_plain) {
        text_append_string(&phrase, reason);
    } else if (!is_about_proxy(reply->outcome)) {
        text_append_format(
                &phrase, "%s (through the proxy %s of %s)", reason, address, proxy->variable);
    } else {
        text_append_format(&phrase, "the proxy %s (%s)", address, proxy->variable);
        if (reply->via.status != 0) {
            append_proxy_answer(reply, &phrase);
        } else {
            text_append_format(&phrase, ": %s", reason);
        }
    }
    (void)snprintf(reply->failure, sizeof(reply->failure), "%s", text_string(&phrase));
    make_one_line(reply->failure);
}

/*
 * AWS may have moved to a root that this program does not know, and a directory may be without its
 * hashes: the whole bundle is asked before the server's word is doubted. True if the exchange is under way again.
 */
static bool retry_with_bundle(struct transfer *transfer, CURLcode code)
{
    struct http_curl *curl = transfer->owner;
    /* The last one is mbedTLS's for a chain that it cannot follow to its end. */
    bool is_about_trust = code == CURLE_PEER_FAILED_VERIFICATION || code == CURLE_SSL_CACERT_BADFILE
            || (code == CURLE_SSL_CONNECT_ERROR && strstr(transfer->error_text, "-0x3000") != NULL);
    if (!is_about_trust || !transfer->on_quick_trust) {
        return false;
    }
    curl->quick_trust_failed = true;
    transfer->error_text[0] = '\0';
    return curl_multi_remove_handle(curl->multi, transfer->easy) == CURLM_OK
            && set_quick_trust(transfer)
            && curl_multi_add_handle(curl->multi, transfer->easy) == CURLM_OK;
}

/* Resolvers that do not take the dot are rare, and the name without it costs them nothing more. */
static bool retry_without_absolute_name(struct transfer *transfer, CURLcode code)
{
    struct http_curl *curl = transfer->owner;
    if (code != CURLE_COULDNT_RESOLVE_HOST || transfer->connect_to == NULL) {
        return false;
    }
    curl->absolute_names_off = true;
    transfer->error_text[0] = '\0';
    bool removed = curl_multi_remove_handle(curl->multi, transfer->easy) == CURLM_OK
            && curl_easy_setopt(transfer->easy, CURLOPT_CONNECT_TO, NULL) == CURLE_OK;
    curl_slist_free_all(transfer->connect_to);
    transfer->connect_to = NULL;
    return removed && curl_multi_add_handle(curl->multi, transfer->easy) == CURLM_OK;
}

/* NULL if the exchange is not done after all. */
static struct http_exchange *finish(const CURLMsg *message)
{
    char *private_pointer = NULL;
    (void)curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &private_pointer);
    struct transfer *transfer = (struct transfer *)(void *)private_pointer;
    struct http_exchange *exchange = transfer->exchange;
    CURLcode code = message->data.result;
    if (retry_with_bundle(transfer, code) || retry_without_absolute_name(transfer, code)) {
        return NULL;
    }
    describe(transfer, code, &exchange->reply);
    long status = 0;
    (void)curl_easy_getinfo(transfer->easy, CURLINFO_RESPONSE_CODE, &status);
    exchange->reply.status = (int)status;
    exchange->failed_in_hold = transfer->is_held;
    exchange->reply.tls_verified = exchange->reply.outcome == HTTP_REPLIED
            && is_https(&exchange->request);
    detach(transfer);
    return exchange;
}

static struct http_exchange *read_done(struct http_curl *curl)
{
    int left = 0;
    for (CURLMsg *message = curl_multi_info_read(curl->multi, &left); message != NULL;
            message = curl_multi_info_read(curl->multi, &left)) {
        struct http_exchange *done = message->msg == CURLMSG_DONE ? finish(message) : NULL;
        if (done != NULL) {
            return done;
        }
    }
    return NULL;
}

static struct http_exchange *next_done(struct http_transport *transport)
{
    struct http_curl *curl = of_transport(transport);
    struct http_exchange *exchange = curl->early;
    if (exchange != NULL) {
        curl->early = exchange->next_early;
        return exchange;
    }
    return curl->multi == NULL ? NULL : read_done(curl);
}

static void cancel(struct http_transport *transport, struct http_exchange *exchange)
{
    struct http_curl *curl = of_transport(transport);
    for (struct transfer *transfer = curl->transfers; transfer != NULL; transfer = transfer->next) {
        if (transfer->exchange == exchange) {
            detach(transfer);
        }
    }
    struct http_exchange **link = &curl->early;
    while (*link != NULL && *link != exchange) {
        link = &(*link)->next_early;
    }
    if (*link != NULL) {
        *link = exchange->next_early;
    }
}

/* --- connections that are opened while something else is waited for --- */

enum {
    HOLD_POLL_MS = 1000
};

static void give_up_all(struct http_curl *curl)
{
    for (struct transfer *transfer = curl->transfers; transfer != NULL; transfer = transfer->next) {
        if (transfer->exchange != NULL) {
            detach(transfer);
        }
    }
}

static bool drive(void *context)
{
    struct http_curl *curl = context;
    int running = 0;
    return curl_multi_perform(curl->multi, &running) == CURLM_OK && running > 0
            && curl_multi_poll(curl->multi, NULL, 0, HOLD_POLL_MS, NULL) == CURLM_OK;
}

static void wake(void *context)
{
    struct http_curl *curl = context;
    (void)curl_multi_wakeup(curl->multi);
}

/* Two threads have TLS connections then. mbedTLS locks what these share only if it was built to. */
static bool tls_knows_threads(void)
{
    return HTTP_MBEDTLS_KNOWS_THREADS || !is_on_mbedtls();
}

static bool hold(struct http_transport *transport,
        struct http_exchange *const *exchanges,
        size_t count,
        int64_t limit_ms)
{
    struct http_curl *curl = of_transport(transport);
    const struct hold_work work = {
        .step = drive, .wake = wake, .context = curl, .limit_ms = limit_ms
    };
    bool all_added = tls_knows_threads();
    for (size_t i = 0; i < count && all_added; i++) {
        all_added = add_exchange(curl, exchanges[i], /* is_held= */ true);
    }
    if (!all_added || !hold_begin(&curl->hold, &work)) {
        give_up_all(curl);
        return false;
    }
    return true;
}

static bool release(struct http_transport *transport, bool send)
{
    struct http_curl *curl = of_transport(transport);
    if (!hold_end(&curl->hold, send)) {
        give_up_all(curl);
        return false;
    }
    for (struct http_exchange *done = read_done(curl); done != NULL; done = read_done(curl)) {
        put_aside(curl, done);
    }
    for (struct transfer *transfer = curl->transfers; transfer != NULL; transfer = transfer->next) {
        if (transfer->exchange != NULL) {
            transfer->is_held = false; /* what becomes of it now is a try like others */
        }
    }
    return true;
}

/* --- the library --- */

/* libcurl's own bundle where OpenSSL has a directory of the same certificates beside it. */
static const char *find_spare_bundle(void)
{
    const curl_version_info_data *info = curl_version_info(CURLVERSION_NOW);
    bool is_on_openssl = info->ssl_version != NULL
            && strncmp(info->ssl_version, "OpenSSL/", 8) == 0;
    return is_on_openssl && info->capath != NULL ? info->cainfo : NULL;
}

bool http_curl_new(
        const struct http_curl_settings *settings, struct http_curl **ret_curl, struct err *reterr)
{
    (void)unsetenv("SSLKEYLOGFILE");
    tls_memory_take_over();
    CURLcode code = curl_global_init_mem(CURL_GLOBAL_DEFAULT, locked_alloc, locked_free,
            locked_realloc, locked_strdup, locked_calloc);
    struct http_curl *curl = code == CURLE_OK ? calloc(1, sizeof(*curl)) : NULL;
    if (curl == NULL) {
        return err_set(reterr, ERR_SYSTEM, NULL, "the HTTP library cannot start: %s",
                curl_easy_strerror(code == CURLE_OK ? CURLE_OUT_OF_MEMORY : code));
    }
    curl->settings = *settings;
    curl->bundle = settings->ca_file == NULL ? find_spare_bundle() : NULL;
    curl->transport = (struct http_transport){
        .start = start,
        .wait = wait_for_progress,
        .next_done = next_done,
        .cancel = cancel,
        .hold = hold,
        .release = release,
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
    while (curl->transfers != NULL) {
        struct transfer *transfer = curl->transfers;
        curl->transfers = transfer->next;
        if (transfer->exchange != NULL) {
            cancel(&curl->transport, transfer->exchange);
        }
        curl_easy_cleanup(transfer->easy);
        free(transfer);
    }
    if (curl->multi != NULL) {
        (void)curl_multi_cleanup(curl->multi);
    }
    mbedtls_chain_free(curl->chain);
    curl_global_cleanup();
    free(curl->builtin_roots.data);
    pem_file_clear(&curl->system_file);
    free(curl);
}

bool http_curl_shares_trust(const struct http_curl *curl)
{
    return !is_on_mbedtls() && curl->bundle == NULL;
}

const char *http_curl_versions(void)
{
    return curl_version();
}
