/* SPDX-License-Identifier: MIT */
#include "aws/sign/digest.h"

#include <stdio.h>
#include <string.h>

#include <mbedtls/md.h>
#include <mbedtls/version.h>

/* mbedtls_version_get_string needs at least 9. */
enum {
    VERSION_BYTES = 32
};

static bool fail(int code, struct err *reterr)
{
    return err_set(reterr, ERR_SYSTEM, NULL, "hashing failed in mbedTLS (error -0x%04x)",
            (unsigned int)-code);
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

static void to_hex(const unsigned char *bytes, size_t len, char *ret_hex)
{
    static const char digits[] = "0123456789abcdef";
    for (size_t i = 0; i < len; i++) {
        ret_hex[2 * i] = digits[bytes[i] >> 4];
        ret_hex[2 * i + 1] = digits[bytes[i] & 15];
    }
    ret_hex[2 * len] = '\0';
}

void digest_to_hex(const unsigned char digest[static DIGEST_SHA256_BYTES],
        char ret_hex[static DIGEST_SHA256_HEX_BYTES])
{
    to_hex(digest, DIGEST_SHA256_BYTES, ret_hex);
}

bool digest_sha256_hex(const void *bytes,
        size_t len,
        char ret_hex[static DIGEST_SHA256_HEX_BYTES],
        struct err *reterr)
{
    unsigned char digest[DIGEST_SHA256_BYTES];
    int code = mbedtls_md(mbedtls_md_info_from_type(MBEDTLS_MD_SHA256), bytes, len, digest);
    if (code != 0) {
        return fail(code, reterr);
    }
    digest_to_hex(digest, ret_hex);
    return true;
}

bool digest_sha1_hex(
        const char *string, char ret_hex[static DIGEST_SHA1_HEX_BYTES], struct err *reterr)
{
    unsigned char digest[DIGEST_SHA1_BYTES];
    int code = mbedtls_md(mbedtls_md_info_from_type(MBEDTLS_MD_SHA1), (const unsigned char *)string,
            strlen(string), digest);
    if (code != 0) {
        return fail(code, reterr);
    }
    to_hex(digest, DIGEST_SHA1_BYTES, ret_hex);
    return true;
}

const char *digest_library(void)
{
    static char name[sizeof("mbedTLS/") + VERSION_BYTES];
    char version[VERSION_BYTES];
    mbedtls_version_get_string(version);
    (void)snprintf(name, sizeof(name), "mbedTLS/%s", version);
    return name;
}
