/* SHA-256, SHA-1 and HMAC-SHA-256 (FIPS 180-4, RFC 2104); the only file that knows mbedTLS. */
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

/* ERR_SYSTEM if the library fails. */
MUST_CHECK bool digest_sha256(const void *bytes,
        size_t len,
        unsigned char ret_digest[static DIGEST_SHA256_BYTES],
        struct err *reterr);

MUST_CHECK bool digest_hmac_sha256(const void *key,
        size_t key_len,
        const void *bytes,
        size_t len,
        unsigned char ret_mac[static DIGEST_SHA256_BYTES],
        struct err *reterr);

/* Lower-case hexadecimal with a NUL. */
void digest_to_hex(const unsigned char digest[static DIGEST_SHA256_BYTES],
        char ret_hex[static DIGEST_SHA256_HEX_BYTES]);

/* Lower-case hexadecimal SHA-1 of a string: the names of SSO's cache files, nothing secret. */
MUST_CHECK bool digest_sha1_hex(
        const char *string, char ret_hex[static DIGEST_SHA1_HEX_BYTES], struct err *reterr);

/* The library at run time, "mbedTLS/2.28.3"; static storage. */
const char *digest_library(void);
