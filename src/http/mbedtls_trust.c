/* SPDX-License-Identifier: MIT */
#include <string.h>

#include <mbedtls/asn1.h>
#include <mbedtls/platform.h>
#include <mbedtls/ssl.h>
#include <mbedtls/x509_crt.h>

#include "http/curl_trust.h"

/* Adds the certificates that contain the name, or all if it is NULL. Skips those that mbedTLS cannot parse. */
static bool add(struct pem_file *file, const mbedtls_x509_buf *name, mbedtls_x509_crt *list)
{
    int error = 0;
    pem_file_read(file);
    unsigned char *next = file->der;
    const unsigned char *end = next + file->der_len;
    while (next < end && error != MBEDTLS_ERR_X509_ALLOC_FAILED) {
        unsigned char *der = next;
        size_t len = 0;
        (void)mbedtls_asn1_get_tag(&next, end, &len, *der);
        next += len;
        len = (size_t)(next - der);
        if (name == NULL || memmem(der, len, name->p, name->len) != NULL) {
            error = mbedtls_x509_crt_parse_der_nocopy(list, der, len);
        }
    }
    return error != MBEDTLS_ERR_X509_ALLOC_FAILED;
}

static void free_list(mbedtls_x509_crt *list)
{
    mbedtls_x509_crt_free(list);
    mbedtls_free(list);
}

/* A mbedtls_x509_crt_ca_cb_t: mbedTLS verifies the returned certificates and frees them. */
static int find_issuers(
        void *context, const mbedtls_x509_crt *child, mbedtls_x509_crt **ret_issuers)
{
    const struct curl_trust_handle *handle = context;
    const mbedtls_x509_buf *name = &child->issuer_raw;
    mbedtls_x509_crt *issuers = mbedtls_calloc(1, sizeof(*issuers));
    bool ok = issuers != NULL && (!handle->has_roots || add(&handle->trust->roots, name, issuers));
    /* If there are roots, the file is read only for a chain that does not end in one of them. */
    if (ok && issuers->version == 0 && (!handle->has_roots || child->next == NULL)) {
        ok = add(handle->trust->file, name, issuers);
    }
    if (issuers != NULL && (!ok || issuers->version == 0)) {
        free_list(issuers);
        issuers = NULL;
    }
    *ret_issuers = issuers;
    return ok ? 0 : MBEDTLS_ERR_X509_ALLOC_FAILED;
}

/*
 * Where all certificates are trusted, mbedTLS gets them as a list: it accepts a server's own certificate that is in
 * the list, but none that the callback returns.
 */
static CURLcode install(CURL *easy, void *ssl_config, void *context)
{
    struct curl_trust_handle *handle = context;
    struct curl_trust *trust = handle->trust;
    (void)easy;
    if (handle->is_quick) {
        mbedtls_ssl_conf_ca_cb(ssl_config, find_issuers, handle);
        return CURLE_OK;
    }
    if (trust->all == NULL) {
        trust->all = mbedtls_calloc(1, sizeof(*trust->all));
        if (trust->all == NULL || !add(trust->file, NULL, trust->all)) {
            return CURLE_OUT_OF_MEMORY;
        }
    }
    mbedtls_ssl_conf_ca_chain(ssl_config, trust->all, NULL);
    return CURLE_OK;
}

const struct curl_trust_search curl_trust_search = { .install = install, .free_all = free_list };
