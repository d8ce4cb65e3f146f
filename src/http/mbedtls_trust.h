/*
 * Trusted certificates for mbedTLS, found when it asks for the issuer of one: the library would otherwise
 * read all of a bundle for each connection, which takes longer than all else about it.
 */
/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>

#include "http/pem.h"

/* False: libcurl's TLS is another's, or of an mbedTLS that is not linked here. */
extern const bool mbedtls_trust_is_possible;

/* Borrowed while connections are opened. */
struct mbedtls_trust {
    const char *roots;     /* PEM, asked first; NULL: none */
    struct pem_file *file; /* asked where the roots have no issuer */
};

/* For a connection that is about to be opened: its mbedtls_ssl_config. */
void mbedtls_trust_install(void *ssl_config, struct mbedtls_trust *trust);

/* All certificates of a file that mbedTLS can read. */
struct mbedtls_chain;

/* NULL without memory. Release with mbedtls_chain_free, once no connection uses it any more. */
struct mbedtls_chain *mbedtls_chain_new(struct pem_file *file);

/* In place of mbedtls_trust_install: mbedTLS compares names by itself then. */
void mbedtls_chain_install(void *ssl_config, struct mbedtls_chain *chain);

void mbedtls_chain_free(struct mbedtls_chain *chain);
