/* SPDX-License-Identifier: MIT */
#include <string.h>

#include <mbedtls/asn1.h>
#include <mbedtls/platform.h>
#include <mbedtls/ssl.h>
#include <mbedtls/x509_crt.h>

#include "http/curl_trust.h"

static void free_list(mbedtls_x509_crt *list)
{
    mbedtls_x509_crt_free(list);
    mbedtls_free(list);
}

/* Adds those that contain the name; all, where it is NULL. What mbedTLS cannot parse is left out. */
static int add(struct pem_file *file, const mbedtls_x509_buf *name, mbedtls_x509_crt *list)
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
    return error == MBEDTLS_ERR_X509_ALLOC_FAILED ? error : 0;
}

/* mbedtls_x509_crt_ca_cb_t: mbedTLS checks what it gets, and frees it. */
static int find_issuers(
        void *context, const mbedtls_x509_crt *child, mbedtls_x509_crt **ret_issuers)
{
    const struct curl_trust_handle *handle = context;
    mbedtls_x509_crt *issuers = mbedtls_calloc(1, sizeof(*issuers));
    int error = issuers == NULL ? MBEDTLS_ERR_X509_ALLOC_FAILED : 0;
    if (error == 0 && handle->has_roots) {
        error = add(&handle->trust->roots, &child->issuer_raw, issuers);
    }
    /* Where there are roots, the file is read only for a chain that does not end in them. */
    bool is_for_file = !handle->has_roots || child->next == NULL;
    if (error == 0 && issuers->version == 0 && is_for_file) {
        error = add(handle->trust->file, &child->issuer_raw, issuers);
    }
    if (error != 0 || issuers->version == 0) {
        free_list(issuers);
        issuers = NULL;
    }
    *ret_issuers = issuers;
    return error;
}

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
        if (trust->all == NULL || add(trust->file, NULL, trust->all) != 0) {
            return CURLE_OUT_OF_MEMORY;
        }
    }
    mbedtls_ssl_conf_ca_chain(ssl_config, trust->all, NULL);
    return CURLE_OK;
}

const struct curl_trust_search curl_trust_search = { .install = install, .free_all = free_list };
