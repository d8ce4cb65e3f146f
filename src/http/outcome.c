/* SPDX-License-Identifier: MIT */
#include "http/outcome.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

enum {
    PHRASE_MAX_BYTES = 16 * 1024,
    PROXY_REASON_MAX_BYTES = 160,
};

/* On a reused connection no name is looked up, but a request is sent. */
static bool was_resolved(const struct transfer *transfer)
{
    curl_off_t lookup_us = 0;
    long sent_bytes = 0;
    (void)curl_easy_getinfo(transfer->easy, CURLINFO_REQUEST_SIZE, &sent_bytes);
    return curl_easy_getinfo(transfer->easy, CURLINFO_NAMELOOKUP_TIME_T, &lookup_us) != CURLE_OK
            || lookup_us > 0 || sent_bytes > 0;
}

/*
 * A header line of more than 100 KB: CURLE_TOO_LARGE since libcurl 8.6, CURLE_OUT_OF_MEMORY before. If memory
 * really ran out, err_note_no_memory has recorded it.
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
        return HTTP_DROPPED; /* libcurl accepts a reply that ends within its headers */
    }
    if (code != CURLE_OK && (transfer->socket_errno != 0 || transfer->no_memory)) {
        return HTTP_IMPOSSIBLE;
    }
    if (code == CURLE_COULDNT_CONNECT && transfer->family_errno != 0) {
        return HTTP_NO_SOCKET;
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

    /* A table, because a switch would have to name every CURLcode (-Wswitch-enum). */
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
 * A connection that the peer closed during the handshake was dropped. For that libcurl gives the same code as
 * for a handshake that the peer refused with an alert, and often no errno; only the message of the TLS library
 * tells the two apart. The state of the socket does not: after an alert the peer closes it too.
 */
static enum http_outcome refine_outcome(
        enum http_outcome outcome, long os_error, const char *error_text)
{
    static const char *const closed[] = {
        "SSL_ERROR_SYSCALL",                              /* OpenSSL */
        "unexpected eof",                                 /* OpenSSL */
        "-0x7280",                                        /* mbedTLS: end of file */
        "-0x0050",                                        /* mbedTLS: connection reset */
        "The TLS connection was non-properly terminated", /* GnuTLS */
    };
    bool dropped = os_error == ECONNRESET || os_error == EPIPE;
    for (size_t i = 0; i < sizeof(closed) / sizeof(closed[0]); i++) {
        dropped = dropped || strstr(error_text, closed[i]) != NULL;
    }
    return outcome == HTTP_TLS_FAILED && dropped ? HTTP_DROPPED : outcome;
}

/* mbedTLS ends each reason with a newline. */
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

/* Appends the proxy's status, "407 Proxy Authentication Required", and a reason if a header gives one. */
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

/* A phrase for the outcome; "" for HTTP_REPLIED. */
static const char *find_reason(const struct transfer *transfer, CURLcode code)
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
    case HTTP_NO_SOCKET:
        return strerror(transfer->family_errno);
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

/* Names the proxy, if there is one, whether or not it caused the failure. */
void outcome_read(const struct transfer *transfer, CURLcode code)
{
    struct http_reply *reply = &transfer->exchange->reply;
    CLEANUP(text_clear) struct text phrase = TEXT_INIT(PHRASE_MAX_BYTES);
    const struct proxy *proxy = &transfer->proxy;
    const char *address = text_string(&proxy->address);
    long os_error = 0;
    long proxy_status = 0;
    (void)curl_easy_getinfo(transfer->easy, CURLINFO_OS_ERRNO, &os_error);
    (void)curl_easy_getinfo(transfer->easy, CURLINFO_HTTP_CONNECTCODE, &proxy_status);
    reply->outcome = refine_outcome(outcome_of(code, transfer), os_error, transfer->error_text);
    reply->via.status = proxy_status >= 400 ? (int)proxy_status : 0;
    const char *reason = find_reason(transfer, code);
    bool is_plain = proxy->variable == NULL || reply->outcome == HTTP_REPLIED
            || reply->outcome == HTTP_NO_SOCKET || reply->outcome == HTTP_IMPOSSIBLE;
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
    long status = 0;
    (void)curl_easy_getinfo(transfer->easy, CURLINFO_RESPONSE_CODE, &status);
    reply->status = (int)status;
    reply->tls_verified = reply->outcome == HTTP_REPLIED
            && http_request_is_https(&transfer->exchange->request);
}
