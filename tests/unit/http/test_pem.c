/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "http/pem.h"

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

/* CN=One twice, with different keys, and CN=Two. */
/* clang-format off */
#define ONE \
    "-----BEGIN CERTIFICATE-----\n" \
    "MIIBCTCBr6ADAgECAgEHMAoGCCqGSM49BAMCMA4xDDAKBgNVBAMMA09uZTAeFw0y\n" \
    "MDAxMDEwMDAwMDBaFw00MDAxMDEwMDAwMDBaMA4xDDAKBgNVBAMMA09uZTBZMBMG\n" \
    "ByqGSM49AgEGCCqGSM49AwEHA0IABMUtl0MI4oP6DvHeqPAo9Or+UuOVG/qDW4v+\n" \
    "1Z+/0NE0A5Bzskf+7CEfgFP81OY9QFQrBgupv4jSkJ9DSTMTjmowCgYIKoZIzj0E\n" \
    "AwIDSQAwRgIhAOMIdUrRxaTCHQ4zfXIaOee8hNxqJIR/aEn1WsPYMal1AiEAgaFA\n" \
    "pOgSjmDhlKV7UnH6suNK2Yw6L9VeoPwvlaCU7R4=\n" \
    "-----END CERTIFICATE-----\n"

#define OTHER_ONE \
    "-----BEGIN CERTIFICATE-----\n" \
    "MIIBCDCBr6ADAgECAgEHMAoGCCqGSM49BAMCMA4xDDAKBgNVBAMMA09uZTAeFw0y\n" \
    "MDAxMDEwMDAwMDBaFw00MDAxMDEwMDAwMDBaMA4xDDAKBgNVBAMMA09uZTBZMBMG\n" \
    "ByqGSM49AgEGCCqGSM49AwEHA0IABOcuH9d/ApW0A6jCG3cX53kzlAQshru266XM\n" \
    "v2XB4PdeThGIbp3f/U087ps9KHekdQhVRRcjX+BBOtYFaySo5y4wCgYIKoZIzj0E\n" \
    "AwIDSAAwRQIhAJMODxBuXdTJ1PnIo9yw30vy7pXLSXUqVmvPOfcvti0xAiAspbrU\n" \
    "yenbZ4jirXX38ucImwp4NrLh709ZbeQ+Qq+hSw==\n" \
    "-----END CERTIFICATE-----\n"

#define TWO \
    "-----BEGIN CERTIFICATE-----\n" \
    "MIIBBzCBr6ADAgECAgEHMAoGCCqGSM49BAMCMA4xDDAKBgNVBAMMA1R3bzAeFw0y\n" \
    "MDAxMDEwMDAwMDBaFw00MDAxMDEwMDAwMDBaMA4xDDAKBgNVBAMMA1R3bzBZMBMG\n" \
    "ByqGSM49AgEGCCqGSM49AwEHA0IABEWA8inuUJCyE8Bvt/Smf9OZEO8hrSFYQb9y\n" \
    "hY7s6iHv7cT3ap9hgUy289SadV/j++2MWZf1UKFy2YYRZBvUGy0wCgYIKoZIzj0E\n" \
    "AwIDRwAwRAIgK+8ZfiRwYU95EC9Po+w3yvmJFyio+bMYTBAg/PgeZLYCICzEopG1\n" \
    "qrjjYpvPNGv/bu8D3Mm+BuN4ce9Q+DeEo+3B\n" \
    "-----END CERTIFICATE-----\n"

/* clang-format on */

enum {
    ONE_BYTES = 269,
    OTHER_ONE_BYTES = 268,
    TWO_BYTES = 267,
};

/* The sanitizer watches the end of the text. */
static struct pem_file read_bytes(const char *bytes, size_t len)
{
    struct pem_file file = { .text = TEXT_INIT(len) };
    text_reserve(&file.text, len);
    text_append(&file.text, bytes, len);
    pem_file_read(&file);
    return file;
}

static struct pem_file read_string(const char *string)
{
    return read_bytes(string, strlen(string));
}

static void certificates_stand_back_to_back(void **state)
{
    (void)state;
    static const size_t LENS[] = { TWO_BYTES, ONE_BYTES, TWO_BYTES, OTHER_ONE_BYTES };
    struct pem_file file = read_string(TWO "a comment\n" ONE TWO OTHER_ONE "\n");
    size_t at = 0;
    assert_null(file.fault);
    assert_true(file.has_certificate);
    for (size_t i = 0; i < COUNT_OF(LENS); i++) {
        assert_true(at + LENS[i] <= file.der_len);
        assert_memory_equal(file.der + at, "\x30\x82\x01", 3);
        assert_int_equal(file.der[at + 3], LENS[i] - 4 - 256);
        at += LENS[i];
    }
    assert_int_equal(file.der_len, at);
    pem_file_clear(&file);
}

static void lines_may_be_broken_in_any_way(void **state)
{
    (void)state;
    /* With blanks, and three bytes behind the certificate. */
    static const char BROKEN[] =
            "-----BEGIN X509 CERTIFICATE-----  \n\n M\tIIBCTCBr6ADAgECAgEHMAoGCCqGSM49BAMCMA4xDDAKBgNV"
            "BAMMA09uZTAeFw0y\r\nMDAxMDEwMDAwMDBaFw00MDAxMDEwMDAwMDBaMA4xDDAKBgNVBAMMA09uZTBZMBMG\n"
            "ByqGSM49AgEGCCqGSM49AwEHA0IABMUtl0MI4oP6DvHeqPAo9Or+UuOVG/qDW4v+\n"
            "1Z+/0NE0A5Bzskf+7CEfgFP81OY9QFQrBgupv4jSkJ9DSTMTjmowCgYIKoZIzj0E\n"
            "AwIDSQAwRgIhAOMIdUrRxaTCHQ4zfXIaOee8hNxqJIR/aEn1WsPYMal1AiEAgaFA\n"
            "pOgSjmDhlKV7UnH6suNK2Yw6L9VeoPwvlaCU7R4AAAAA\n-----END X509 CERTIFICATE-----";
    struct pem_file plain = read_string(ONE);
    struct pem_file broken = read_string(BROKEN);
    assert_int_equal(plain.der_len, ONE_BYTES);
    assert_int_equal(broken.der_len, ONE_BYTES);
    assert_memory_equal(plain.der, broken.der, ONE_BYTES);
    assert_memory_equal(plain.der, "\x30\x82\x01\x09\x30", 5);
    assert_memory_equal(plain.der + ONE_BYTES - 3, "\x94\xed\x1e", 3);
    pem_file_clear(&plain);
    pem_file_clear(&broken);
}

static void what_is_not_a_certificate_is_skipped(void **state)
{
    (void)state;
    static const char *const TEXTS[] = { "", "text - with -- dashes\n",
        "-----BEGIN PRIVATE KEY-----\nMIIB\n-----END PRIVATE KEY-----\n",
        "-----BEGIN -----\nMIIB\nMIIB\n-----END -----\n",
        "-----BEGIN KEY-----\nProc-Type: 4\nX: y\n\nMIIB\n-----END KEY-----\n",
        "-----END CERTIFICATE-----\n", " -----BEGIN CERTIFICATE-----\n", "-----BEGIN X-----y\n" };
    for (size_t i = 0; i < COUNT_OF(TEXTS); i++) {
        char text[4096];
        (void)snprintf(text, sizeof(text), "%s%s", TEXTS[i], ONE);
        struct pem_file file = read_string(text);
        if (file.der_len != ONE_BYTES || file.fault != NULL) {
            fail_msg("text %zu: hides what follows it", i);
        }
        pem_file_clear(&file);
    }
}

#define BEGIN "-----BEGIN CERTIFICATE-----\n"
#define END   "-----END CERTIFICATE-----\n"

static void reading_ends_at_the_first_fault(void **state)
{
    static const char WITHIN[] = "neither base64 nor the END line";
    static const char AT_END[] = "incomplete or not a certificate";

    static const struct {
        const char *text;
        size_t line;
        const char *fault;
    } ROWS[] = {
        { BEGIN, 2, WITHIN }, /* which is the next BEGIN line */
        { BEGIN "MIIBMIIB\n", 3, WITHIN },
        { BEGIN "MIIB\n-----END X-----\n", 3, WITHIN },
        { BEGIN END, 2, AT_END },
        { BEGIN "\n" END, 3, AT_END },
        { BEGIN "\n\nMIIB\n" END, 3, WITHIN },
        { BEGIN "MIIB\n \t\n" END, 3, WITHIN },
        { BEGIN "MIIB\n " END, 3, WITHIN },
        { BEGIN "Proc-Type: 4,ENCRYPTED\n\nMIIB\n" END, 2, WITHIN },
        { BEGIN "MII\n" END, 3, AT_END },
        { BEGIN "MI=B\n" END, 2, WITHIN },
        { BEGIN "MI==\nMIIB\n" END, 3, WITHIN },
        { BEGIN "M===\n" END, 3, AT_END },
        { BEGIN "MIIB\n" END, 3, AT_END },
        { BEGIN "AgEA\n" END, 3, AT_END },
        /* lengths of 0, without an end, of four bytes, and far too long */
        { BEGIN "MAAwAA==\n" END, 3, AT_END },
        { BEGIN "MIAwgAIB\n" END, 3, AT_END },
        { BEGIN "MIT/////MIT/////AgH/\n" END, 3, AT_END },
        { BEGIN "MIIBMIIBAoP///8=\n" END, 3, AT_END },
        { "-----BEGIN KEY-----\n!\n-----END KEY-----\n", 2, WITHIN },
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(ROWS); i++) {
        char text[4096];
        (void)snprintf(text, sizeof(text), "%s%s%s", TWO, ROWS[i].text, ONE);
        struct pem_file file = read_string(text);
        /* TWO has eight lines. */
        if (file.der_len != TWO_BYTES || file.fault == NULL || file.line != 8 + ROWS[i].line
                || strstr(file.fault, ROWS[i].fault) == NULL) {
            fail_msg("row %zu: line %zu, %s", i, file.line,
                    file.fault == NULL ? "no fault" : file.fault);
        }
        pem_file_clear(&file);
    }
}

/* A certificate that was taken out of a file by a sign before each of its lines. */
static void lines_that_begin_otherwise_are_other_text(void **state)
{
    (void)state;
    static const char *const SIGNS[] = { "#", " ", "\t", "!", "=", "." };
    for (size_t i = 0; i < COUNT_OF(SIGNS); i++) {
        static const char one[] = ONE;
        char text[8192] = "";
        size_t len = 0;
        for (size_t at = 0; one[at] != '\0'; at++) {
            bool is_line_start = at == 0 || one[at - 1] == '\n';
            len += (size_t)snprintf(
                    text + len, sizeof(text) - len, "%s%c", is_line_start ? SIGNS[i] : "", one[at]);
        }
        struct pem_file file = read_string(text);
        assert_false(file.has_certificate);
        assert_null(file.fault);
        pem_file_clear(&file);
    }
}

static void no_prefix_is_taken_for_the_whole(void **state)
{
    (void)state;
    size_t whole = strlen(ONE);
    size_t needed = whole - 1; /* without the last line end */
    for (size_t len = 0; len < whole; len++) {
        struct pem_file file = read_bytes(ONE, len);
        bool is_begun = len >= strlen(BEGIN) - 1;
        if ((file.der_len == ONE_BYTES) != (len >= needed)
                || (file.fault != NULL) != (is_begun && len < needed)) {
            fail_msg("%zu of %zu bytes: %zu", len, whole, file.der_len);
        }
        pem_file_clear(&file);
    }
}

static void a_file_is_read_once(void **state)
{
    (void)state;
    char path[] = "/tmp/test_pem.XXXXXX";
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    struct pem_file file = { .path = path };
    for (int i = 0; i < 2000; i++) {
        assert_int_equal(write(fd, ONE, strlen(ONE)), strlen(ONE));
    }
    pem_file_read(&file);
    assert_int_equal(file.der_len, 2000 * ONE_BYTES);
    (void)unlink(path);
    (void)close(fd);
    pem_file_read(&file);
    assert_int_equal(file.der_len, 2000 * ONE_BYTES);
    pem_file_clear(&file);
    pem_file_read(&file);
    assert_int_equal(file.read_errno, ENOENT);
    pem_file_clear(&file);
}

static void what_cannot_be_read_is_empty(void **state)
{
    (void)state;

    static const struct {
        const char *path;
        int read_errno;
    } ROWS[] = {
        { NULL, 0 },
        { "/nowhere", ENOENT },
        { "/", EISDIR },
        { "/dev/null", 0 },
        { "/dev/zero", EFBIG },
    };

    for (size_t i = 0; i < COUNT_OF(ROWS); i++) {
        struct pem_file file = { .path = ROWS[i].path };
        pem_file_read(&file);
        assert_int_equal(file.read_errno, ROWS[i].read_errno);
        assert_int_equal(file.der_len, 0);
        pem_file_clear(&file);
    }
}

static void a_nul_is_a_fault_unless_it_is_at_the_end(void **state)
{
    (void)state;
    struct pem_file file = read_bytes(ONE "\0" TWO, strlen(ONE) + 1 + strlen(TWO));
    assert_non_null(strstr(file.fault, "NUL"));
    assert_int_equal(file.line, 9);
    assert_int_equal(file.der_len, ONE_BYTES);
    pem_file_clear(&file);
    file = read_bytes(ONE "\0\0", strlen(ONE) + 2);
    assert_null(file.fault);
    pem_file_clear(&file);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(certificates_stand_back_to_back),
        cmocka_unit_test(lines_may_be_broken_in_any_way),
        cmocka_unit_test(what_is_not_a_certificate_is_skipped),
        cmocka_unit_test(reading_ends_at_the_first_fault),
        cmocka_unit_test(lines_that_begin_otherwise_are_other_text),
        cmocka_unit_test(no_prefix_is_taken_for_the_whole),
        cmocka_unit_test(a_file_is_read_once),
        cmocka_unit_test(what_cannot_be_read_is_empty),
        cmocka_unit_test(a_nul_is_a_fault_unless_it_is_at_the_end),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
