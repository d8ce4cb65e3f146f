/* SPDX-License-Identifier: MIT */
#include <stddef.h>

#include "http/mbedtls_trust.h"

const bool mbedtls_trust_is_possible = false;

void mbedtls_trust_install(void *ssl_config, struct mbedtls_trust *trust)
{
    (void)ssl_config;
    (void)trust;
}

struct mbedtls_chain *mbedtls_chain_new(struct pem_file *file)
{
    (void)file;
    return NULL;
}

void mbedtls_chain_install(void *ssl_config, struct mbedtls_chain *chain)
{
    (void)ssl_config;
    (void)chain;
}

void mbedtls_chain_free(struct mbedtls_chain *chain)
{
    (void)chain;
}
