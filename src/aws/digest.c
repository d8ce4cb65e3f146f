/* SPDX-License-Identifier: MIT */
#include "aws/digest.h"

#include <mbedtls/md.h>
#include <mbedtls/version.h>

static bool fail(int code, struct err *reterr)
{
    return err_set(reterr, ERR_SYSTEM, NULL, "SHA-256 failed in mbedTLS (error -0x%04x)",
            (unsigned int)-code);
}

bool digest_sha256(const void *bytes,
        size_t len,
        unsigned char ret_digest[static DIGEST_SHA256_BYTES],
        struct err *reterr)
{
    int code = mbedtls_md(mbedtls_md_info_from_type(MBEDTLS_MD_SHA256), bytes, len, ret_digest);
    return code == 0 ? true : fail(code, reterr);
}

bool digest_hmac_sha256(const void *key,
        size_t key_len,
        const void *bytes,
        size_t len,
        unsigned char ret_mac[static DIGEST_SHA256_BYTES],
        struct err *reterr)
{
    int code = mbedtls_md_hmac(
            mbedtls_md_info_from_type(MBEDTLS_MD_SHA256), key, key_len, bytes, len, ret_mac);
    return code == 0 ? true : fail(code, reterr);
}

void digest_to_hex(const unsigned char digest[static DIGEST_SHA256_BYTES],
        char ret_hex[static DIGEST_SHA256_HEX_BYTES])
{
    static const char digits[] = "0123456789abcdef";
    for (size_t i = 0; i < DIGEST_SHA256_BYTES; i++) {
        ret_hex[2 * i] = digits[digest[i] >> 4];
        ret_hex[2 * i + 1] = digits[digest[i] & 15];
    }
    ret_hex[DIGEST_SHA256_HEX_BYTES - 1] = '\0';
}

const char *digest_library(void)
{
    return "mbedTLS/" MBEDTLS_VERSION_STRING;
}
