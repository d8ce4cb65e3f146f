/* HTTP requests, replies, and the interface of the transport that runs many of them at once. */
/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attrs.h"
#include "base/budget.h"
#include "base/error.h"
#include "base/secret.h"
#include "base/text.h"

enum {
    HTTP_REQUEST_HEADERS_MAX = 12,
    HTTP_HEADER_MAX_BYTES = 32 * 1024, /* one request header; a session token has a few KB */
    HTTP_AT_ONCE_MAX = 32,             /* exchanges of one transport that run at the same time */
    /* All header lines received for one request, interim replies and trailers included. */
    HTTP_REPLY_HEADERS_MAX_BYTES = 64 * 1024,
    /*
     * All bodies of one budget that are being received. Beyond this, one of them is read on, up to its
     * reply_max_bytes; the others wait until it is complete.
     */
    HTTP_BODIES_MAX_BYTES = 8 * 1024 * 1024,
};

enum http_method {
    HTTP_GET,
    HTTP_POST,
    HTTP_PUT
};

/* Headers and bodies may contain tokens and signatures, so all of them are secrets. */
struct http_request {
    enum http_method method;
    struct text url;
    struct secret headers[HTTP_REQUEST_HEADERS_MAX]; /* "Name: value", without a line end */
    size_t header_count;
    struct secret body;
    size_t reply_max_bytes; /* of the body; a longer one is HTTP_TOO_LARGE */
    /* Limits the bodies of all exchanges that share it, plus what is kept of them; NULL: no limit. */
    const struct budget *budget;
    int64_t connect_timeout_ms; /* name lookup, TCP, TLS */
    int64_t timeout_ms;         /* the whole exchange */
    bool never_proxied;         /* metadata and container endpoints, loopback */
    bool absolute_name_first; /* the host name is fully qualified: try it without search domains */
    /* If no certificates are configured: try the compiled-in roots before the system's. */
    bool builtin_roots_first;
};

void http_request_init(
        struct http_request *request, enum http_method method, size_t body_max_bytes);

/* Adds "name: value". A failure is recorded, as by secret_append, and reported by http_request_check. */
void http_request_add_header(struct http_request *request, const char *name, const char *value);
void http_request_add_secret_header(
        struct http_request *request, const char *name, const struct secret *value);

/* ERR_INPUT or ERR_PROTOCOL if a text is too long or a header contains CR, LF or NUL; ERR_SYSTEM. */
MUST_CHECK bool http_request_check(const struct http_request *request, struct err *reterr);

/* Whether its URL begins with https: */
bool http_request_is_https(const struct http_request *request);

void http_request_clear(struct http_request *request);

enum http_outcome {
    HTTP_REPLIED,       /* status, headers and body are complete */
    HTTP_NOT_RESOLVED,  /* the host name has no address */
    HTTP_NOT_CONNECTED, /* refused, unreachable, or no TCP connection in time */
    HTTP_UNTRUSTED,     /* the server's certificate could not be verified */
    HTTP_TLS_FAILED,    /* the handshake failed for another reason */
    HTTP_TIMED_OUT,     /* no complete reply in time */
    HTTP_DROPPED,       /* the connection ended before the reply was complete */
    HTTP_TOO_LARGE,     /* the reply exceeds a limit */
    HTTP_MALFORMED,     /* the reply is not HTTP/1 */
    HTTP_PROXY_FAILED,  /* the proxy refused, or its URL is not valid */
    HTTP_PROXY_BUSY,    /* the proxy answered 429 or 5xx */
    HTTP_PROXY_NOT_RESOLVED,
    HTTP_PROXY_NOT_CONNECTED,
    HTTP_NO_SOCKET, /* socket(2) refuses the family of every address: a filter, or a kernel without it */
    HTTP_IMPOSSIBLE, /* nothing was sent: memory, an unusable CA file, an unusable URL */
};

/* The proxy that a request went through. */
struct http_via {
    const char *variable; /* that named the proxy; static storage. NULL: no proxy */
    bool has_user;        /* a user name, and perhaps a password, was sent to it */
    int status;           /* of its answer if it refused to connect; 0: it did not refuse */
};

struct http_reply {
    enum http_outcome outcome;
    char failure[640]; /* a phrase, for every outcome but HTTP_REPLIED */
    struct http_via via;
    int status;
    bool tls_verified;   /* the reply came over TLS from a server whose name was verified */
    struct text headers; /* the last response's header lines, each with its CRLF */
    struct secret body;
};

/* Initialises an empty reply; body_max_bytes limits its body. */
void http_reply_init(struct http_reply *reply, size_t body_max_bytes);

void http_reply_clear(struct http_reply *reply);

/*
 * Copies the value of the first header with that name (in any case), trimmed and cut to size - 1 bytes.
 * False, with "" in value, if there is none.
 */
bool http_reply_header(const struct http_reply *reply, const char *name, char *value, size_t size);

/* A request and its reply. The caller owns it and must not move it until it is done or cancelled. */
struct http_exchange {
    struct http_request request;
    struct http_reply reply;
    struct http_exchange *next_done; /* private to the transport */
};

/*
 * Carries exchanges over connections that it keeps and shares. Certificates are always verified,
 * redirects are never followed, protocols other than http and https are refused, and all descriptors have
 * close-on-exec set.
 */
struct http_transport {
    /* Starts the exchange. If that fails, next_done returns it with HTTP_IMPOSSIBLE. */
    void (*start)(struct http_transport *transport, struct http_exchange *exchange);
    /* Returns when an exchange is done, or after timeout_ms. */
    void (*wait)(struct http_transport *transport, int64_t timeout_ms);
    /* An exchange that is done and has not been returned yet, or NULL. */
    struct http_exchange *(*next_done)(struct http_transport *transport);
    /* Stops a running exchange; next_done will not return it. */
    void (*cancel)(struct http_transport *transport, struct http_exchange *exchange);
    /*
     * Opens a connection in the background for each of the requests, which are not signed yet, and
     * sends nothing. An exchange that is started later with the same URL and body uses the connection.
     * A connection that is ready is closed if it is not used within limit_ms. (While the first one
     * waits, the others may be connected by TCP only.) Call it at most once, before anything else. False
     * if it is not possible here. Requests that the transport uses are moved out of the array and left
     * empty there.
     */
    bool (*connect_early)(struct http_transport *transport,
            struct http_request *requests,
            size_t count,
            int64_t limit_ms);
};
