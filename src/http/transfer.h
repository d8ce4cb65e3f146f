/*
 * A libcurl easy handle, which is reused for one exchange after another, and its options. http_curl.c runs
 * the transfers.
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
    size_t header_bytes; /* of all replies to the current request */
    bool headers_ended;  /* of the last reply */
    bool is_paused;      /* the budget has no room for more of its body */
    bool too_large;
    bool no_memory;   /* for the reply */
    bool had_socket;  /* socket() succeeded at least once */
    int socket_errno; /* why no socket of any kind can be had (descriptors, memory); 0: one can */
    int family_errno; /* why socket() refused each address family so far; 0: it did not */
    int socket;       /* the last one that was opened; may be closed again */
    struct curl_trust_handle trust;
    struct transfer *next;
};

/*
 * All transfers of a transport. Zero-initialise, set settings, initialise trust; release with
 * transfer_pool_clear.
 */
struct transfer_pool {
    struct http_curl_settings settings;
    struct transfer *first;     /* all transfers; idle ones are reused */
    struct transfer *preferred; /* continues even if the budget has no room; may be NULL */
    bool has_new_room;          /* an exchange has ended since transfer_resume_paused */
    bool absolute_names_off;    /* they gain nothing here, or the resolver refuses them */
    struct curl_trust trust;
};

/* Returns an idle transfer or a new one; NULL if memory runs out. */
struct transfer *transfer_find_idle(struct transfer_pool *pool);

/*
 * Sets up the transfer for the exchange, for libcurl to run. False, and the transfer stays idle, if memory
 * runs out or the proxy is unusable, which the reply's failure then describes.
 */
MUST_CHECK bool transfer_begin(struct transfer *transfer, struct http_exchange *exchange);

/* Replaces the headers that libcurl sends with those of the exchange's request. */
MUST_CHECK bool transfer_set_headers(struct transfer *transfer);

/* Detaches the transfer from its exchange, which makes it idle. The connection stays open. */
void transfer_end(struct transfer *transfer);

/* Resumes paused transfers if an exchange has ended since the last call. */
void transfer_resume_paused(struct transfer_pool *pool);

/*
 * Changes the options of a failed transfer, which libcurl no longer runs, so that it can be tried again: with
 * the whole bundle of certificates, or the host's name as it is in the URL. False if neither can help.
 */
bool transfer_fall_back(struct transfer *transfer, CURLcode code);

void transfer_pool_clear(struct transfer_pool *pool);
