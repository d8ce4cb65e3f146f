/* Which certificates libcurl trusts: the configured file, the compiled-in roots or the system's bundle. */
/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>

#include <curl/curl.h>

#include "base/attrs.h"
#include "base/environment.h"
#include "http/http.h"
#include "http/pem.h"

/* What the transfers of one transport share. Init with curl_trust_init, release with curl_trust_clear. */
struct curl_trust {
    const struct environment *environment;
    struct pem_file *configured; /* NULL: the system's certificates */
    const char *spare_bundle;    /* libcurl's own, where its directory is tried first; or NULL */
    struct pem_file *file;       /* the configured one, or the system's; NULL: not looked for yet */
    struct pem_file system_file; /* no path: libcurl's own default */
    struct pem_file roots;       /* the compiled-in ones; no text: not needed yet */
    bool is_searched;            /* by curl_trust_search */
    bool quick_failed;           /* from now on the whole file is trusted */
};

/* What belongs to one easy handle. Set the first two, zero the rest. */
struct curl_trust_handle {
    struct curl_trust *trust;
    CURL *easy;
    bool has_file;  /* its option is set, which stays */
    bool is_https;  /* the present request */
    bool has_roots; /* the compiled-in roots are for the present request */
    bool is_quick;  /* the whole file has not been tried for the present request */
};

/* Borrows both until curl_trust_clear. configured: read already; NULL: the system's certificates. */
void curl_trust_init(struct curl_trust *trust,
        struct pem_file *configured,
        const struct environment *environment);

/* After the last easy handle is gone. */
void curl_trust_clear(struct curl_trust *trust);

/*
 * Sets the options of an easy handle for a request that is about to be sent. Files are looked for only
 * where the server or its proxy will show a certificate. False if libcurl refuses an option.
 */
MUST_CHECK bool curl_trust_set(
        struct curl_trust_handle *handle, const struct http_request *request, bool proxy_is_tls);

/*
 * Whether a transfer that ended like this may succeed with the whole bundle. AWS may have moved to a
 * root that this program does not know, and a directory may be without its hashes.
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
 * mbedTLS takes longer to parse a bundle than the rest of a run takes. This has it parse only the
 * certificates in which the name of an issuer occurs that it looks for; or all, if the handle is not quick.
 * CURLOPT_SSL_CTX_FUNCTION, with a struct curl_trust_handle as its data. NULL where libcurl's TLS library is
 * another one, or is not linked here.
 */
extern const curl_ssl_ctx_callback curl_trust_search;
