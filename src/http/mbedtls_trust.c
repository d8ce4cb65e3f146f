/* SPDX-License-Identifier: MIT */
#include "http/mbedtls_trust.h"

#include <string.h>

#include <mbedtls/platform.h>
#include <mbedtls/ssl.h>
#include <mbedtls/x509_crt.h>

const bool mbedtls_trust_is_possible = true;

/* What mbedTLS cannot read is not trusted; it is not an error. */
static int add_certificate(
        const struct pem_entry *entry, mbedtls_x509_crt *issuers, bool *ret_added)
{
    size_t len = pem_der_len(entry);
    unsigned char *der = mbedtls_calloc(1, len);
    if (der == NULL) {
        return MBEDTLS_ERR_X509_ALLOC_FAILED;
    }
    pem_der_copy(entry, der);
    int error = mbedtls_x509_crt_parse_der(issuers, der, len);
    mbedtls_free(der);
    *ret_added = *ret_added || error == 0;
    return error == MBEDTLS_ERR_X509_ALLOC_FAILED ? error : 0;
}

/* Adds each certificate that may have issued the child; the list stays as it is without any. */
static int add_issuers(const struct pem_index *index,
        const mbedtls_x509_crt *child,
        mbedtls_x509_crt *issuers,
        bool *ret_added)
{
    size_t cursor = 0;
    int error = 0;
    const struct pem_entry *entry = pem_find_subject(
            index, child->issuer_raw.p, child->issuer_raw.len, &cursor);
    while (entry != NULL && error == 0) {
        error = add_certificate(entry, issuers, ret_added);
        entry = pem_find_subject(index, child->issuer_raw.p, child->issuer_raw.len, &cursor);
    }
    return error;
}

static bool is_issuer(const mbedtls_x509_crt *issuer, const mbedtls_x509_crt *child)
{
    return issuer->subject_raw.len == child->issuer_raw.len
            && memcmp(issuer->subject_raw.p, child->issuer_raw.p, child->issuer_raw.len) == 0;
}

/* The server sends what stands between its certificate and a root. */
static bool has_sent_issuer(const mbedtls_x509_crt *child)
{
    const mbedtls_x509_crt *sent = child->next;
    while (sent != NULL && !is_issuer(sent, child)) {
        sent = sent->next;
    }
    return sent != NULL;
}

/* mbedtls_x509_crt_ca_cb_t; mbedTLS verifies what it gets here, and frees it. */
static int find_issuers(
        void *context, const mbedtls_x509_crt *child, mbedtls_x509_crt **ret_candidates)
{
    const struct mbedtls_trust *trust = context;
    bool found = false;
    *ret_candidates = NULL;
    mbedtls_x509_crt *issuers = mbedtls_calloc(1, sizeof(*issuers));
    if (issuers == NULL) {
        return MBEDTLS_ERR_X509_ALLOC_FAILED;
    }
    mbedtls_x509_crt_init(issuers);
    int error = 0;
    if (trust->roots != NULL) {
        struct pem_index roots = pem_index_make(trust->roots, strlen(trust->roots));
        error = add_issuers(&roots, child, issuers, &found);
        pem_index_clear(&roots);
    }
    /* Where there are roots, the file is for chains that end elsewhere: not for what was sent anyway. */
    bool is_for_file = !found && (trust->roots == NULL || !has_sent_issuer(child));
    if (error == 0 && is_for_file) {
        error = add_issuers(pem_file_index(trust->file), child, issuers, &found);
    }
    if (error != 0 || !found) {
        mbedtls_x509_crt_free(issuers);
        mbedtls_free(issuers);
        return error;
    }
    *ret_candidates = issuers;
    return 0;
}

void mbedtls_trust_install(void *ssl_config, struct mbedtls_trust *trust)
{
    mbedtls_ssl_conf_ca_cb(ssl_config, find_issuers, trust);
}

struct mbedtls_chain {
    mbedtls_x509_crt certificates;
};

struct mbedtls_chain *mbedtls_chain_new(struct pem_file *file)
{
    const struct pem_index *index = pem_file_index(file);
    struct mbedtls_chain *chain = mbedtls_calloc(1, sizeof(*chain));
    bool ignored = false;
    if (chain == NULL) {
        return NULL;
    }
    mbedtls_x509_crt_init(&chain->certificates);
    for (size_t i = 0; i < index->count; i++) {
        if (add_certificate(pem_at(index, i), &chain->certificates, &ignored) != 0) {
            mbedtls_chain_free(chain);
            return NULL;
        }
    }
    return chain;
}

void mbedtls_chain_install(void *ssl_config, struct mbedtls_chain *chain)
{
    mbedtls_ssl_conf_ca_chain(ssl_config, &chain->certificates, NULL);
}

void mbedtls_chain_free(struct mbedtls_chain *chain)
{
    if (chain != NULL) {
        mbedtls_x509_crt_free(&chain->certificates);
        mbedtls_free(chain);
    }
}
