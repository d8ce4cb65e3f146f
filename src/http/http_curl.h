/* The HTTP transport on libcurl. */
/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>

#include "base/attrs.h"
#include "base/error.h"
#include "http/http.h"

struct http_curl_settings {
    const char *ca_file;    /* PEM certificates to trust; NULL: the library's own default */
    const char *user_agent; /* User-Agent header; borrowed until http_curl_free */
};

struct http_curl;

/*
 * Initialises libcurl with an allocator that locks and wipes. The variable SSLKEYLOGFILE is taken
 * out of this process's environment first: libcurl would write TLS keys to the file it names. The
 * proxy variables are read by libcurl itself. ERR_SYSTEM if libcurl cannot start. Release with
 * http_curl_free, which closes every connection.
 */
MUST_CHECK bool http_curl_new(
        const struct http_curl_settings *settings, struct http_curl **ret_curl, struct err *reterr);

struct http_transport *http_curl_transport(struct http_curl *curl);

void http_curl_free(struct http_curl *curl);

/*
 * Whether the TLS library reads the trusted certificates once for all connections of a transport (as
 * OpenSSL does, some 20 ms for a system's bundle): then a second transport reads them a second time.
 * mbedTLS reads them for each connection anyway.
 */
bool http_curl_shares_trust(void);

/* "libcurl/7.88.1 OpenSSL/3.0.19": the libraries at run time; static storage. */
const char *http_curl_versions(void);
