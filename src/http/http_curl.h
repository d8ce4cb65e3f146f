/* The HTTP transport on libcurl. */
/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>

#include "base/attrs.h"
#include "base/environment.h"
#include "base/error.h"
#include "http/http.h"
#include "http/pem.h"

struct http_curl_settings {
    /* Certificates to trust, checked already; NULL: the library's own default. */
    struct pem_file *ca_file;
    const char *user_agent;                /* User-Agent header */
    const struct environment *environment; /* names the proxies */
};

struct http_curl;

/*
 * Initialises libcurl with an allocator that locks and wipes. The variable SSLKEYLOGFILE is taken
 * out of this process's environment first: libcurl would write TLS keys to the file it names. What the
 * settings point to is borrowed until http_curl_free, which closes every connection. ERR_SYSTEM if
 * libcurl cannot start.
 */
MUST_CHECK bool http_curl_new(
        const struct http_curl_settings *settings, struct http_curl **ret_curl, struct err *reterr);

struct http_transport *http_curl_transport(struct http_curl *curl);

void http_curl_free(struct http_curl *curl);

/*
 * Whether a second transport would read the file of certificates a second time: OpenSSL reads it once per
 * transport (some 20 ms for a system's bundle), mbedTLS for each connection.
 */
bool http_curl_shares_trust(const struct http_curl *curl);

/* "libcurl/7.88.1 OpenSSL/3.0.19": the libraries at run time; static storage. */
const char *http_curl_versions(void);
