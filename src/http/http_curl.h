/* An HTTP transport that uses libcurl. */
/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>

#include "base/attrs.h"
#include "base/environment.h"
#include "base/error.h"
#include "http/http.h"
#include "http/pem.h"

struct http_curl_settings {
    struct pem_file *ca_file; /* certificates to trust, checked already; NULL: the system's */
    const char *user_agent;   /* User-Agent header */
    const struct environment *environment; /* for the proxy variables */
};

struct http_curl;

/*
 * Initialises libcurl with an allocator that locks and wipes memory. First removes SSLKEYLOGFILE from the
 * environment of this process: libcurl would write TLS keys to the file that it names. Borrows what the
 * settings point to until http_curl_free, which closes every connection. ERR_SYSTEM if libcurl cannot be
 * initialised.
 */
MUST_CHECK bool http_curl_new(
        const struct http_curl_settings *settings, struct http_curl **ret_curl, struct err *reterr);

struct http_transport *http_curl_transport(struct http_curl *curl);

void http_curl_free(struct http_curl *curl);

/*
 * Whether the connections of a transport share certificates that are read only once, as with OpenSSL. A second
 * transport then reads them again, which takes some 20 ms for a system's bundle.
 */
bool http_curl_shares_trust(const struct http_curl *curl);

/* The versions of the libraries at run time: "libcurl/7.88.1 OpenSSL/3.0.19". Static storage. */
const char *http_curl_versions(void);
