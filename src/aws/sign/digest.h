/* SHA-256, SHA-1 and HMAC-SHA-256 (FIPS 180-4, RFC 2104), by mbedTLS. */
/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/attrs.h"
#include "base/error.h"

enum {
    DIGEST_SHA256_BYTES = 32,
    DIGEST_SHA256_HEX_BYTES = 2 * DIGEST_SHA256_BYTES + 1,
    DIGEST_SHA1_BYTES = 20,
    DIGEST_SHA1_HEX_BYTES = 2 * DIGEST_SHA1_BYTES + 1,
};

/* SHA-256 in lower-case hexadecimal with a NUL. ERR_SYSTEM if the library fails. */
MUST_CHECK bool digest_sha256_hex(const void *bytes,
        size_t len,
        char ret_hex[static DIGEST_SHA256_HEX_BYTES],
        struct err *reterr);

/* ERR_SYSTEM if the library fails. */
MUST_CHECK bool digest_hmac_sha256(const void *key,
        size_t key_len,
        const void *bytes,
        size_t len,
        unsigned char ret_mac[static DIGEST_SHA256_BYTES],
        struct err *reterr);

/* A digest or a MAC in lower-case hexadecimal with a NUL. */
void digest_to_hex(const unsigned char digest[static DIGEST_SHA256_BYTES],
        char ret_hex[static DIGEST_SHA256_HEX_BYTES]);

/*
 * SHA-1 of a string in lower-case hexadecimal with a NUL: for the names of SSO's cache files, not for
 * secrets. ERR_SYSTEM if the library fails.
 */
MUST_CHECK bool digest_sha1_hex(
        const char *string, char ret_hex[static DIGEST_SHA1_HEX_BYTES], struct err *reterr);

/* The name and version of the library at run time, "mbedTLS/2.28.3"; static storage. */
const char *digest_library(void);
