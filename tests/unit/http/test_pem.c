/* SPDX-License-Identifier: MIT */
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

static const unsigned char NAMED_ONE[] = { 0x30, 0x0e, 0x31, 0x0c, 0x30, 0x0a, 0x06, 0x03, 0x55, 0x04, 0x03, 0x0c, 0x03, 'O', 'n', 'e' };
static const unsigned char NAMED_TWO[] = { 0x30, 0x0e, 0x31, 0x0c, 0x30, 0x0a, 0x06, 0x03, 0x55, 0x04, 0x03, 0x0c, 0x03, 'T', 'w', 'o' };
static const unsigned char NAMED_SIX[] = { 0x30, 0x0e, 0x31, 0x0c, 0x30, 0x0a, 0x06, 0x03, 0x55, 0x04, 0x03, 0x0c, 0x03, 'S', 'i', 'x' };

/* clang-format on */

/* The length of the next certificate of that name in DER; 0: there is none. */
static size_t find(const char *text, const unsigned char *name, size_t *cursor)
{
    struct pem_index index = pem_index_make(text, strlen(text));
    const struct pem_entry *entry = pem_find_subject(&index, name, sizeof(NAMED_ONE), cursor);
    size_t len = entry == NULL ? 0 : pem_der_len(entry);
    pem_index_clear(&index);
    return len;
}

enum {
    ONE_BYTES = 269,
    OTHER_ONE_BYTES = 268,
    TWO_BYTES = 267,
};

static void every_certificate_of_that_subject_is_found_in_order(void **state)
{
    (void)state;
    static const char text[] = TWO "a comment\n" ONE TWO OTHER_ONE "\n";
    size_t cursor = 0;
    assert_int_equal(find(text, NAMED_ONE, &cursor), ONE_BYTES);
    assert_int_equal(find(text, NAMED_ONE, &cursor), OTHER_ONE_BYTES);
    assert_int_equal(find(text, NAMED_ONE, &cursor), 0);
    assert_int_equal(find(text, NAMED_ONE, &cursor), 0);
    cursor = 0;
    assert_int_equal(find(text, NAMED_TWO, &cursor), TWO_BYTES);
    assert_int_equal(find(text, NAMED_TWO, &cursor), TWO_BYTES);
    cursor = 0;
    assert_int_equal(find(text, NAMED_SIX, &cursor), 0);
}

static void what_is_found_is_decoded(void **state)
{
    (void)state;
    /* The same with its lines broken elsewhere, with blanks, and three bytes behind the certificate. */
    static const char text[] = TWO ONE;
    static const char broken[] =
            "-----BEGIN X509 CERTIFICATE-----  \n\n M\tIIBCTCBr6ADAgECAgEHMAoGCCqGSM49BAMCMA4xDDAKBgNV"
            "BAMMA09uZTAeFw0y\r\nMDAxMDEwMDAwMDBaFw00MDAxMDEwMDAwMDBaMA4xDDAKBgNVBAMMA09uZTBZMBMG\n"
            "ByqGSM49AgEGCCqGSM49AwEHA0IABMUtl0MI4oP6DvHeqPAo9Or+UuOVG/qDW4v+\n"
            "1Z+/0NE0A5Bzskf+7CEfgFP81OY9QFQrBgupv4jSkJ9DSTMTjmowCgYIKoZIzj0E\n"
            "AwIDSQAwRgIhAOMIdUrRxaTCHQ4zfXIaOee8hNxqJIR/aEn1WsPYMal1AiEAgaFA\n"
            "pOgSjmDhlKV7UnH6suNK2Yw6L9VeoPwvlaCU7R4AAAAA\n-----END X509 CERTIFICATE-----";
    unsigned char der[2][ONE_BYTES] = { { 0 } };
    struct pem_index indexes[] = { pem_index_make(text, strlen(text)),
        pem_index_make(broken, strlen(broken)) };
    for (size_t i = 0; i < COUNT_OF(indexes); i++) {
        size_t cursor = 0;
        const struct pem_entry *entry = pem_find_subject(
                &indexes[i], NAMED_ONE, sizeof(NAMED_ONE), &cursor);
        assert_non_null(entry);
        assert_int_equal(pem_der_len(entry), ONE_BYTES);
        pem_der_copy(entry, der[i]);
        pem_index_clear(&indexes[i]);
    }
    assert_memory_equal(der[0], der[1], ONE_BYTES);
    assert_memory_equal(der[0], "\x30\x82\x01\x09\x30", 5);
    assert_memory_equal(der[0] + ONE_BYTES - 3, "\x94\xed\x1e", 3);
}

static void what_is_not_a_certificate_is_passed_over(void **state)
{
    (void)state;
    static const char *const TEXTS[] = { "", "text - with -- dashes\n",
        "-----BEGIN PRIVATE KEY-----\nMIIB\n-----END PRIVATE KEY-----\n",
        "-----BEGIN KEY-----\nProc-Type: 4\nX: y\n\nMIIB\n-----END KEY-----\n",
        "-----END CERTIFICATE-----\n", " -----BEGIN CERTIFICATE-----\n", "-----BEGIN X-----y\n" };
    for (size_t i = 0; i < COUNT_OF(TEXTS); i++) {
        char text[4096];
        size_t cursor = 0;
        (void)snprintf(text, sizeof(text), "%s%s", TEXTS[i], ONE);
        if (find(text, NAMED_ONE, &cursor) != ONE_BYTES) {
            fail_msg("text %zu: hides what follows it", i);
        }
    }
}

#define BEGIN "-----BEGIN CERTIFICATE-----\n"
#define END   "-----END CERTIFICATE-----\n"

static void the_index_ends_where_something_is_broken(void **state)
{
    static const struct {
        const char *text;
        size_t line;
        const char *fault;
    } ROWS[] = {
        { BEGIN, 1, "no END line" },
        { BEGIN "MIIBMIIB\n", 3, "not base64" },
        { BEGIN "MIIB\n-----END X-----\n", 3, "does not belong" },
        { BEGIN END, 2, "empty or incomplete" },
        { BEGIN "\n" END, 3, "empty or incomplete" },
        { BEGIN "\n\nMIIB\n" END, 3, "blank line" },
        { BEGIN "Proc-Type: 4,ENCRYPTED\n\nMIIB\n" END, 2, "not base64" },
        { BEGIN "MII\n" END, 3, "empty or incomplete" },
        { BEGIN "MI=B\n" END, 2, "not base64" },
        { BEGIN "M===\n" END, 3, "empty or incomplete" },
        { BEGIN "MIIB\n" END, 3, "not a certificate" },
        { BEGIN "AgEA\n" END, 3, "not a certificate" },
        /* lengths of 0, without an end, of four bytes, and far too long */
        { BEGIN "MAAwAA==\n" END, 3, "not a certificate" },
        { BEGIN "MIAwgAIB\n" END, 3, "not a certificate" },
        { BEGIN "MIT/////MIT/////AgH/\n" END, 3, "not a certificate" },
        { BEGIN "MIIBMIIBAoP///8=\n" END, 3, "not a certificate" },
        { "-----BEGIN KEY-----\n!\n-----END KEY-----\n", 2, "not base64" },
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(ROWS); i++) {
        char text[4096];
        (void)snprintf(text, sizeof(text), "%s%s%s", TWO, ROWS[i].text, ONE);
        struct pem_index index = pem_index_make(text, strlen(text));
        /* TWO has eight lines. The first row goes on into ONE, whose BEGIN line is its fault. */
        size_t line = 8 + (i == 0 ? 2 : ROWS[i].line);
        const char *fault = i == 0 ? "not base64" : ROWS[i].fault;
        if (index.count != 1 || index.certificates != 1 || index.fault == NULL
                || index.fault_line != line || strstr(index.fault, fault) == NULL) {
            fail_msg("row %zu: line %zu, %s", i, index.fault_line,
                    index.fault == NULL ? "no fault" : index.fault);
        }
        pem_index_clear(&index);
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
        struct pem_index index = pem_index_make(text, len);
        assert_int_equal(index.certificates, 0);
        assert_null(index.fault);
        pem_index_clear(&index);
    }
}

/* Cut anywhere, it is not found or whole, and nothing behind the cut is read (the sanitizer sees). */
static void no_prefix_is_taken_for_the_whole(void **state)
{
    (void)state;
    size_t whole = strlen(ONE);
    size_t needed = whole - 1; /* without the last line end */
    for (size_t len = 0; len < whole; len++) {
        char *text = malloc(len + 1);
        assert_non_null(text);
        memcpy(text, ONE, len);
        struct pem_index index = pem_index_make(text, len);
        if ((index.count == 1) != (len >= needed)) {
            fail_msg("%zu of %zu bytes: %zu", len, whole, index.count);
        }
        pem_index_clear(&index);
        free(text);
    }
}

/* It may be used by whoever reads all; only a search does not find it. */
static void a_subject_that_is_too_far_is_not_found(void **state)
{
    (void)state;
    size_t digits = (size_t)1024 * 1024;
    size_t size = digits + 4096;
    char *text = calloc(1, size);
    assert_non_null(text);
    int len = snprintf(text, size, BEGIN "MIML//8wgwv//wIB");
    memset(text + len, 'A', digits);
    (void)snprintf(text + len + digits, size - digits - (size_t)len, "\n" END ONE);
    struct pem_index index = pem_index_make(text, strlen(text));
    assert_null(index.fault);
    assert_int_equal(index.count, 2);
    size_t cursor = 0;
    assert_ptr_equal(
            pem_find_subject(&index, NAMED_ONE, sizeof(NAMED_ONE), &cursor), pem_at(&index, 1));
    pem_index_clear(&index);
    free(text);
}

static void a_file_is_read_once_and_when_it_is_asked_for(void **state)
{
    (void)state;
    char path[] = "/tmp/test_pem.XXXXXX";
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    struct pem_file file = { .path = path };
    for (int i = 0; i < 2000; i++) {
        assert_int_equal(write(fd, ONE, strlen(ONE)), strlen(ONE));
    }
    assert_int_equal(pem_file_index(&file)->count, 2000);
    (void)unlink(path);
    (void)close(fd);
    assert_int_equal(pem_file_index(&file)->count, 2000);
    pem_file_clear(&file);
    assert_int_equal(pem_file_index(&file)->count, 0);
    pem_file_clear(&file);
}

static void what_cannot_be_read_is_empty(void **state)
{
    (void)state;
    static const char *const PATHS[] = { NULL, "/nowhere", "/", "/dev/null", "/dev/zero" };
    for (size_t i = 0; i < COUNT_OF(PATHS); i++) {
        struct pem_file file = { .path = PATHS[i] };
        assert_int_equal(pem_file_index(&file)->count, 0);
        pem_file_clear(&file);
    }
}

static void a_file_with_a_nul_is_empty(void **state)
{
    (void)state;
    static const char text[] = ONE "\0" TWO;
    char path[] = "/tmp/test_pem.XXXXXX";
    int fd = mkstemp(path);
    struct pem_file file = { .path = path };
    assert_true(fd >= 0 && write(fd, text, sizeof(text) - 1) == sizeof(text) - 1);
    (void)close(fd);
    assert_int_equal(pem_file_index(&file)->count, 0);
    pem_file_clear(&file);
    (void)unlink(path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_certificate_of_that_subject_is_found_in_order),
        cmocka_unit_test(what_is_found_is_decoded),
        cmocka_unit_test(what_is_not_a_certificate_is_passed_over),
        cmocka_unit_test(the_index_ends_where_something_is_broken),
        cmocka_unit_test(lines_that_begin_otherwise_are_other_text),
        cmocka_unit_test(no_prefix_is_taken_for_the_whole),
        cmocka_unit_test(a_subject_that_is_too_far_is_not_found),
        cmocka_unit_test(a_file_is_read_once_and_when_it_is_asked_for),
        cmocka_unit_test(what_cannot_be_read_is_empty),
        cmocka_unit_test(a_file_with_a_nul_is_empty),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
