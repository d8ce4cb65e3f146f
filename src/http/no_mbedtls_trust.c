/* SPDX-License-Identifier: MIT */
#include "http/mbedtls_trust.h"

const bool mbedtls_trust_is_possible = false;

void mbedtls_trust_install(void *ssl_config, struct mbedtls_trust *trust)
{
    (void)ssl_config;
    (void)trust;
}
