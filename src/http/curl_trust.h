/* Selects the certificates that libcurl trusts: the configured file, the compiled-in roots or the system's. */
/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>

#include <curl/curl.h>

#include "base/attrs.h"
#include "base/environment.h"
#include "http/http.h"
#include "http/pem.h"

/* Shared by the transfers of a transport. Initialise with curl_trust_init, release with curl_trust_clear. */
struct curl_trust {
    const struct environment *environment;
    struct pem_file *configured;  /* NULL: the system's certificates */
    const char *spare_bundle;     /* libcurl's bundle, for when its directory fails; may be NULL */
    struct pem_file *file;        /* the configured one or the system's; NULL: not looked up yet */
    struct pem_file system_file;  /* no path: libcurl's default */
    struct pem_file roots;        /* the compiled-in ones; no text: not needed yet */
    bool is_searched;             /* by curl_trust_search */
    struct mbedtls_x509_crt *all; /* certificates of the file; NULL: not needed yet */
    bool quick_failed;            /* use the whole file from now on */
};

/* The state of one easy handle. Set the first two members, zero the rest. */
struct curl_trust_handle {
    struct curl_trust *trust;
    CURL *easy;
    bool has_file;  /* CURLOPT_CAINFO is set; it stays set */
    bool is_https;  /* of the current request */
    bool has_roots; /* the compiled-in roots apply to the current request */
    bool is_quick;  /* the whole file has not been tried for the current request */
};

/* Borrows both until curl_trust_clear. configured was read already; NULL: the system's certificates. */
void curl_trust_init(struct curl_trust *trust,
        struct pem_file *configured,
        const struct environment *environment);

/* Call after the last easy handle was released. */
void curl_trust_clear(struct curl_trust *trust);

/*
 * Sets the options of an easy handle for the next request. Looks for files only if the server or its proxy
 * uses TLS. False if libcurl refuses an option.
 */
MUST_CHECK bool curl_trust_set(
        struct curl_trust_handle *handle, const struct http_request *request, bool proxy_is_tls);

/*
 * Whether a transfer that failed like this may succeed with the whole bundle: AWS may have moved to a root
 * that is not compiled in, and a directory of certificates may lack its hash links.
 */
bool curl_trust_may_retry(
        const struct curl_trust_handle *handle, CURLcode code, const char *error_text);

/* Sets the options for that retry, and for all later requests. False if libcurl refuses an option. */
MUST_CHECK bool curl_trust_set_whole(struct curl_trust_handle *handle);

/* Whether libcurl reads the certificates once for all connections, as it does with OpenSSL. */
bool curl_trust_is_shared(const struct curl_trust *trust);

/* Whether libcurl makes its TLS connections with mbedTLS. */
bool curl_trust_is_on_mbedtls(void);

/*
 * Both are NULL unless this program is linked with the mbedTLS that libcurl uses. Parsing a whole bundle takes
 * mbedTLS longer than the rest of a run. This parses only the certificates that contain the issuer name that mbedTLS
 * looks for, or all of them if the handle is not quick.
 */
extern const struct curl_trust_search {
    /* A CURLOPT_SSL_CTX_FUNCTION, with a struct curl_trust_handle as its data. */
    curl_ssl_ctx_callback install;
    void (*free_all)(struct mbedtls_x509_crt *all);
} curl_trust_search;
