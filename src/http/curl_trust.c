/* SPDX-License-Identifier: MIT */
#include "http/curl_trust.h"

#include <string.h>

#include "http/proxy.h"
#include "http/trust.h"

enum {
    SMALL_FILE_BYTES = 8 * 1024, /* about eight certificates */
};

bool curl_trust_is_on_mbedtls(void)
{
    const char *library = curl_version_info(CURLVERSION_NOW)->ssl_version;
    return library != NULL && strstr(library, "mbedTLS") != NULL;
}

/* libcurl's bundle, if OpenSSL also has a directory of the same certificates. */
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
    pem_file_clear(&trust->roots);
    if (trust->all != NULL) {
        curl_trust_search.free_all(trust->all);
    }
    pem_file_clear(&trust->system_file);
    *trust = (struct curl_trust){ 0 };
}

/* Selects the configured file, or the system's if libcurl was built without a default. */
static void find_file(struct curl_trust *trust)
{
    bool has_own = curl_version_info(CURLVERSION_NOW)->cainfo != NULL;
    bool is_configured = trust->configured != NULL;
    trust->system_file.path = is_configured || has_own ? NULL : trust_system_bundle();
    trust->file = is_configured ? trust->configured : &trust->system_file;
    /* The search would trust the compiled-in roots for an https:// proxy too. */
    trust->is_searched = curl_trust_search.install != NULL && curl_trust_is_on_mbedtls()
            && (is_configured || (!has_own && !proxy_may_be_tls(trust->environment)));
}

/* Sets the file for the server and for an https:// proxy, which some TLS backends of libcurl do not support. */
static bool set_file(CURL *easy, const char *path)
{
    CURLcode code = curl_easy_setopt(easy, CURLOPT_PROXY_CAINFO, path);
    if (code == CURLE_OK) {
        code = curl_easy_setopt(easy, CURLOPT_PROXY_CAPATH, NULL);
    }
    /* Without CAPATH the system's directory of certificates would be trusted too. */
    return curl_easy_setopt(easy, CURLOPT_CAINFO, path) == CURLE_OK
            && curl_easy_setopt(easy, CURLOPT_CAPATH, NULL) == CURLE_OK
            && (code == CURLE_OK || code == CURLE_NOT_BUILT_IN || code == CURLE_UNKNOWN_OPTION);
}

/* False if memory runs out; the caller then uses the system's certificates. */
static bool ensure_roots(struct curl_trust *trust)
{
    if (trust->roots.text.len == 0) {
        trust->roots.text = TEXT_INIT(strlen(trust_builtin_roots));
        text_append_string(&trust->roots.text, trust_builtin_roots);
    }
    return trust->roots.text.len > 0;
}

/* If the search failed before, or the file is small, mbedTLS gets all certificates of the file. */
static bool set_search(struct curl_trust_handle *handle)
{
    struct curl_trust *trust = handle->trust;
    bool is_small = trust->configured != NULL && trust->configured->der_len <= SMALL_FILE_BYTES;
    handle->has_roots = handle->has_roots && ensure_roots(trust);
    handle->is_quick = !trust->quick_failed && !is_small;
    return curl_easy_setopt(handle->easy, CURLOPT_SSL_CTX_DATA, handle) == CURLE_OK
            && curl_easy_setopt(handle->easy, CURLOPT_SSL_CTX_FUNCTION, curl_trust_search.install)
            == CURLE_OK;
}

/*
 * Avoids reading the system's bundle, which takes longer than the rest of a run. Unless a file is
 * configured, uses the compiled-in roots for AWS hosts, and otherwise the system's directory, where OpenSSL
 * finds the one certificate that it needs by the hash of its name.
 */
static bool set_quick(struct curl_trust_handle *handle)
{
    struct curl_trust *trust = handle->trust;
    if (trust->is_searched) {
        return set_search(handle);
    }
    bool may_be_quick = trust->configured == NULL && !trust->quick_failed && handle->is_https;
    bool by_roots = may_be_quick && handle->has_roots && ensure_roots(trust);
    bool by_hash = may_be_quick && !by_roots && trust->spare_bundle != NULL;
    struct curl_blob roots = {
        .data = trust->roots.text.bytes, .len = trust->roots.text.len, .flags = CURL_BLOB_NOCOPY
    };
    handle->is_quick = by_roots || by_hash;
    return (trust->roots.text.len == 0
                   || curl_easy_setopt(handle->easy, CURLOPT_CAINFO_BLOB, by_roots ? &roots : NULL)
                           == CURLE_OK)
            && (trust->spare_bundle == NULL
                    || curl_easy_setopt(
                               handle->easy, CURLOPT_CAINFO, by_hash ? NULL : trust->spare_bundle)
                            == CURLE_OK);
}

bool curl_trust_set(
        struct curl_trust_handle *handle, const struct http_request *request, bool proxy_is_tls)
{
    struct curl_trust *trust = handle->trust;
    handle->is_https = http_request_is_https(request);
    handle->has_roots = request->builtin_roots_first && trust_builtin_roots != NULL
            && trust->configured == NULL;
    if (!handle->has_file && (handle->is_https || proxy_is_tls)) {
        handle->has_file = true;
        if (trust->file == NULL) {
            find_file(trust);
        }
        const char *path = trust->is_searched ? NULL : trust->file->path;
        if ((path != NULL || trust->is_searched) && !set_file(handle->easy, path)) {
            return false;
        }
    }
    return set_quick(handle);
}

bool curl_trust_may_retry(
        const struct curl_trust_handle *handle, CURLcode code, const char *error_text)
{
    /* mbedTLS reports -0x3000 for a chain that it cannot follow to its end. */
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
