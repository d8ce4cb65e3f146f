/*
 * One request and its reply at a time over libcurl: an easy handle, which is used for one exchange after
 * the other, and the options that it gets. Runs nothing: that is http_curl.c's business.
 */
/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include <curl/curl.h>

#include "base/attrs.h"
#include "http/curl_trust.h"
#include "http/http.h"
#include "http/http_curl.h"
#include "http/proxy.h"

struct transfer {
    struct transfer_pool *pool;
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
    bool no_memory;   /* for the reply */
    int socket_errno; /* why the system gave no socket; 0: it did */
    int socket;       /* the last that was opened; perhaps closed again */
    struct curl_trust_handle trust;
    struct transfer *next;
};

/* All transfers of a transport. Zero-initialise, set settings and initialise trust; release with transfer_pool_clear. */
struct transfer_pool {
    struct http_curl_settings settings;
    struct transfer *first;    /* all that were ever made; idle ones are used again */
    struct transfer *foremost; /* the one whose body goes on where there is no room; or NULL */
    bool has_new_room;         /* an exchange has ended since transfer_resume_paused */
    bool absolute_names_off;   /* of no use here, or unknown to the resolver */
    struct curl_trust trust;
};

/* An idle transfer, or a new one; NULL without memory. */
struct transfer *transfer_find_idle(struct transfer_pool *pool);

/*
 * Gives the exchange's request to the transfer, for libcurl to run. False, and the transfer stays idle,
 * without memory or with an unusable proxy, which the reply names then.
 */
MUST_CHECK bool transfer_begin(struct transfer *transfer, struct http_exchange *exchange);

/* Gives libcurl the headers that the request has now, in place of those it had. */
MUST_CHECK bool transfer_set_headers(struct transfer *transfer);

/* Ends the transfer's part in its exchange; the connection stays open for the next. */
void transfer_end(struct transfer *transfer);

/* Resumes what was paused for lack of room, if an exchange has ended since the last time. */
void transfer_resume_paused(struct transfer_pool *pool);

/*
 * Changes the options of a failed transfer, which libcurl no longer runs, so that it can be tried again: with
 * the whole bundle of certificates, or the host's name as it is in the URL. False if neither can help.
 */
bool transfer_fall_back(struct transfer *transfer, CURLcode code);

void transfer_pool_clear(struct transfer_pool *pool);
