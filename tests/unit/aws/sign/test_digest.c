/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "aws/sign/digest.h"

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

static void hashes_as_fips_180_4_has_it(void **state)
{
    (void)state;

    static const struct {
        const char *text;
        const char *want;
    } ROWS[] = {
        { "", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855" },
        { "abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad" },
        { "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
                "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1" },
    };

    for (size_t i = 0; i < COUNT_OF(ROWS); i++) {
        char hex[DIGEST_SHA256_HEX_BYTES];
        struct err err;
        assert_true(digest_sha256_hex(ROWS[i].text, strlen(ROWS[i].text), hex, &err));
        assert_string_equal(hex, ROWS[i].want);
    }
}

/* RFC 4231, test cases 1, 2 and 6. */
static void authenticates_as_rfc_4231_has_it(void **state)
{
    (void)state;

    static const struct {
        char key_byte; /* repeated; 0: the key is "Jefe" */
        size_t key_len;
        const char *text;
        const char *want;
    } ROWS[] = {
        { 0x0b, 20, "Hi There",
                "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7" },
        { 0, 4, "what do ya want for nothing?",
                "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843" },
        { (char)0xaa, 131, "Test Using Larger Than Block-Size Key - Hash Key First",
                "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54" },
    };

    for (size_t i = 0; i < COUNT_OF(ROWS); i++) {
        char key[131];
        unsigned char mac[DIGEST_SHA256_BYTES];
        char hex[DIGEST_SHA256_HEX_BYTES];
        struct err err;
        memset(key, ROWS[i].key_byte, sizeof(key));
        if (ROWS[i].key_byte == 0) {
            memcpy(key, "Jefe", 4);
        }
        assert_true(digest_hmac_sha256(
                key, ROWS[i].key_len, ROWS[i].text, strlen(ROWS[i].text), mac, &err));
        digest_to_hex(mac, hex);
        assert_string_equal(hex, ROWS[i].want);
    }
}

static void the_library_has_a_name(void **state)
{
    (void)state;
    assert_int_equal(strncmp(digest_library(), "mbedTLS/", 8), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hashes_as_fips_180_4_has_it),
        cmocka_unit_test(authenticates_as_rfc_4231_has_it),
        cmocka_unit_test(the_library_has_a_name),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
