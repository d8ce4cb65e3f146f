/* SPDX-License-Identifier: MIT */
#include "http/curl_trust.h"

#include <stdlib.h>
#include <string.h>

#include "http/proxy.h"
#include "http/trust.h"

enum {
    FEW_CERTIFICATES = 8,
};

bool curl_trust_is_on_mbedtls(void)
{
    const char *library = curl_version_info(CURLVERSION_NOW)->ssl_version;
    return library != NULL && strstr(library, "mbedTLS") != NULL;
}

/* libcurl's own bundle where OpenSSL has a directory of the same certificates beside it. */
static const char *find_spare_bundle(void)
{
    const curl_version_info_data *info = curl_version_info(CURLVERSION_NOW);
    bool is_on_openssl = info->ssl_version != NULL
            && strncmp(info->ssl_version, "OpenSSL/", 8) == 0;
    return is_on_openssl && info->capath != NULL ? info->cainfo : NULL;
}

void curl_trust_init(struct curl_trust *trust,
        struct pem_file *configured,
        const struct environment *environment)
{
    *trust = (struct curl_trust){
        .environment = environment,
        .configured = configured,
        .spare_bundle = configured == NULL ? find_spare_bundle() : NULL,
    };
}

void curl_trust_clear(struct curl_trust *trust)
{
    mbedtls_chain_free(trust->chain);
    free(trust->builtin_roots.data);
    pem_file_clear(&trust->system_file);
    *trust = (struct curl_trust){ 0 };
}

/* The configured file; or the system's, for a libcurl that was not built to look for any. */
static void find_file(struct curl_trust *trust)
{
    bool is_configured = trust->configured != NULL;
    bool has_own = curl_version_info(CURLVERSION_NOW)->cainfo != NULL;
    trust->knows_file = true;
    trust->system_file.path = is_configured || has_own ? NULL : trust_system_bundle();
    trust->file = is_configured ? trust->configured : &trust->system_file;
    /* The compiled-in roots would vouch for an https:// proxy too. */
    trust->is_searched = mbedtls_trust_is_possible && curl_trust_is_on_mbedtls()
            && (is_configured || (!has_own && !proxy_may_be_tls(trust->environment)));
}

static bool set_text(CURL *easy, CURLoption option, const char *value)
{
    return curl_easy_setopt(easy, option, value) == CURLE_OK;
}

/* An https:// proxy is trusted by the same file. Not every TLS backend has such proxies. */
static bool set_proxy_file(CURL *easy, const char *path)
{
    CURLcode code = curl_easy_setopt(easy, CURLOPT_PROXY_CAINFO, path);
    if (code == CURLE_OK) {
        code = curl_easy_setopt(easy, CURLOPT_PROXY_CAPATH, NULL);
    }
    return code == CURLE_OK || code == CURLE_NOT_BUILT_IN || code == CURLE_UNKNOWN_OPTION;
}

static bool set_file(struct curl_trust_handle *handle)
{
    struct curl_trust *trust = handle->trust;
    CURL *easy = handle->easy;
    if (!trust->knows_file) {
        find_file(trust);
    }
    handle->has_file = true;
    const char *path = trust->is_searched ? NULL : trust->file->path;
    /* Without the second option the system's directory of certificates would be trusted too. */
    return (path == NULL && !trust->is_searched)
            || (set_text(easy, CURLOPT_CAINFO, path) && set_text(easy, CURLOPT_CAPATH, NULL)
                    && set_proxy_file(easy, path));
}

/* libcurl wants writable bytes: hence a copy. Without memory the system's certificates have to do. */
static void need_builtin_roots(struct curl_trust *trust)
{
    if (trust_builtin_roots != NULL && trust->builtin_roots.data == NULL) {
        trust->builtin_roots = (struct curl_blob){ .data = strdup(trust_builtin_roots),
            .len = strlen(trust_builtin_roots),
            .flags = CURL_BLOB_NOCOPY };
    }
}

/* One of these two is what libcurl calls before each handshake. */
static CURLcode search_file(CURL *easy, void *ssl_config, void *context)
{
    struct curl_trust_handle *handle = context;
    (void)easy;
    mbedtls_trust_install(ssl_config, &handle->search);
    return CURLE_OK;
}

static CURLcode use_whole_file(CURL *easy, void *ssl_config, void *context)
{
    struct curl_trust *trust = context;
    (void)easy;
    if (trust->chain == NULL) {
        trust->chain = mbedtls_chain_new(trust->file);
    }
    if (trust->chain == NULL) {
        return CURLE_OUT_OF_MEMORY;
    }
    mbedtls_chain_install(ssl_config, trust->chain);
    return CURLE_OK;
}

/*
 * With mbedTLS: the compiled-in roots for AWS's hosts, and the file, are searched for an issuer by its
 * name; mbedTLS is given the whole file where that fails, or where it is small.
 */
static bool set_search(struct curl_trust_handle *handle)
{
    struct curl_trust *trust = handle->trust;
    bool is_configured = trust->configured != NULL;
    bool is_small = is_configured && pem_file_index(trust->file)->count <= FEW_CERTIFICATES;
    bool is_whole = trust->quick_failed || is_small;
    bool has_roots = handle->wants_roots && !is_configured;
    void *context = is_whole ? (void *)trust : (void *)handle;
    handle->search = (struct mbedtls_trust){ .roots = has_roots ? trust_builtin_roots : NULL,
        .file = trust->file };
    handle->is_quick = !is_whole;
    return curl_easy_setopt(
                   handle->easy, CURLOPT_SSL_CTX_FUNCTION, is_whole ? use_whole_file : search_file)
            == CURLE_OK
            && curl_easy_setopt(handle->easy, CURLOPT_SSL_CTX_DATA, context) == CURLE_OK;
}

/*
 * What stands in for the system's bundle, which takes longer to read than all the rest of a run, unless
 * a file is configured: for AWS's hosts the compiled-in roots; otherwise the system's directory, where
 * OpenSSL finds the one certificate that it needs by the hash of its name.
 */
static bool set_quick(struct curl_trust_handle *handle)
{
    struct curl_trust *trust = handle->trust;
    if (trust->is_searched) {
        return set_search(handle);
    }
    bool is_wanted = trust->configured == NULL && !trust->quick_failed && handle->is_https;
    if (is_wanted && handle->wants_roots) {
        need_builtin_roots(trust);
    }
    bool by_roots = is_wanted && handle->wants_roots && trust->builtin_roots.data != NULL;
    bool by_hash = is_wanted && !by_roots && trust->spare_bundle != NULL;
    handle->is_quick = by_roots || by_hash;
    return (trust->builtin_roots.data == NULL
                   || curl_easy_setopt(handle->easy, CURLOPT_CAINFO_BLOB,
                              by_roots ? &trust->builtin_roots : NULL)
                           == CURLE_OK)
            && (trust->spare_bundle == NULL
                    || set_text(
                            handle->easy, CURLOPT_CAINFO, by_hash ? NULL : trust->spare_bundle));
}

bool curl_trust_set(
        struct curl_trust_handle *handle, const struct http_request *request, bool proxy_is_tls)
{
    handle->is_https = http_request_is_https(request);
    handle->wants_roots = request->builtin_roots_first;
    bool needs_file = !handle->has_file && (handle->is_https || proxy_is_tls);
    return (!needs_file || set_file(handle)) && set_quick(handle);
}

bool curl_trust_may_retry(
        const struct curl_trust_handle *handle, CURLcode code, const char *error_text)
{
    /* The last one is mbedTLS's for a chain that it cannot follow to its end. */
    bool is_about_trust = code == CURLE_PEER_FAILED_VERIFICATION || code == CURLE_SSL_CACERT_BADFILE
            || (code == CURLE_SSL_CONNECT_ERROR && strstr(error_text, "-0x3000") != NULL);
    return is_about_trust && handle->is_quick;
}

bool curl_trust_set_whole(struct curl_trust_handle *handle)
{
    handle->trust->quick_failed = true;
    return set_quick(handle);
}

bool curl_trust_is_shared(const struct curl_trust *trust)
{
    return !curl_trust_is_on_mbedtls() && trust->spare_bundle == NULL;
}
