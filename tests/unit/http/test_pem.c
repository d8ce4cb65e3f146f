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

/* Without the last line end. */
enum {
    ONE_BYTES = sizeof(ONE) - 2,
    OTHER_ONE_BYTES = sizeof(OTHER_ONE) - 2,
    TWO_BYTES = sizeof(TWO) - 2,
};

/* The length of the next certificate of that name; 0: there is none. */
static size_t find(const char *text, const unsigned char *name, size_t *cursor)
{
    struct pem_block block = { .len = 0 };
    struct pem_index index = pem_index_make(text, strlen(text));
    bool found = pem_find_subject(&index, name, sizeof(NAMED_ONE), cursor, &block);
    pem_index_clear(&index);
    return found ? block.len : 0;
}

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

static void what_is_found_is_the_whole_block(void **state)
{
    (void)state;
    static const char text[] = "a comment\n" TWO ONE TWO;
    struct pem_block block = { .len = 0 };
    struct pem_index index = pem_index_make(text, strlen(text));
    size_t cursor = 0;
    assert_true(pem_find_subject(&index, NAMED_ONE, sizeof(NAMED_ONE), &cursor, &block));
    assert_int_equal(block.len, ONE_BYTES);
    assert_memory_equal(block.text, ONE, ONE_BYTES);
    pem_index_clear(&index);
}

static void carriage_returns_do_not_matter(void **state)
{
    (void)state;
    char text[4096] = "";
    size_t len = 0;
    for (const char *from = ONE; *from != '\0'; from++) {
        len += (size_t)snprintf(
                text + len, sizeof(text) - len, *from == '\n' ? "\r\n" : "%c", *from);
    }
    size_t cursor = 0;
    assert_true(find(text, NAMED_ONE, &cursor) > ONE_BYTES);
}

static void what_is_no_certificate_of_that_name_is_passed_over(void **state)
{
    (void)state;
    static const char *const TEXTS[] = { "", "text - with -- dashes\n",
        "-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n",
        "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n",
        "-----BEGIN CERTIFICATE-----\n====\n-----END CERTIFICATE-----\n",
        "-----BEGIN PRIVATE KEY-----\nMIIB\n-----END PRIVATE KEY-----\n",
        "-----BEGIN TRUSTED CERTIFICATE-----\nMIIB\n-----END TRUSTED CERTIFICATE-----\n",
        /* lengths of 0, without an end, of four bytes, and far too long */
        "-----BEGIN CERTIFICATE-----\nMAAwAA==\n-----END CERTIFICATE-----\n",
        "-----BEGIN CERTIFICATE-----\nMIAwgAIB\n-----END CERTIFICATE-----\n",
        "-----BEGIN CERTIFICATE-----\nMIT/////MIT/////AgH/\n-----END CERTIFICATE-----\n",
        "-----BEGIN CERTIFICATE-----\nMIIBMIIBAoP///8=\n-----END CERTIFICATE-----\n" };
    for (size_t i = 0; i < COUNT_OF(TEXTS); i++) {
        char text[4096];
        size_t cursor = 0;
        assert_int_equal(find(TEXTS[i], NAMED_ONE, &cursor), 0);
        (void)snprintf(text, sizeof(text), "%s%s", TEXTS[i], ONE);
        cursor = 0;
        if (find(text, NAMED_ONE, &cursor) != ONE_BYTES) {
            fail_msg("text %zu: hides what follows it", i);
        }
    }
}

/* What a reader of the whole would understand otherwise is left to it. */
static void the_search_ends_at_what_is_irregular(void **state)
{
    (void)state;
    static const char *const TEXTS[] = {
        "-----BEGIN CERTIFICATE-----", "-----BEGIN CERTIFICATE-----\n",
        "-----BEGIN CERTIFICATE-----  \n", "-----BEGIN CERTIFICATE-----\nMIIBMIIB\n",
        "-----END CERTIFICATE-----\n", "-----BEGIN CERTIFICATE-----\n\n-----END CERTIFICATE-----\n",
        "-----BEGIN CERTIFICATE-----\n\n-----END CERTIFICATE-----\n",
        "-----BEGIN CERTIFICATE-----MIIB\n-----END CERTIFICATE-----\n",
        "-----BEGIN CERTIFICATE-----\nProc-Type: 4,ENCRYPTED\n\nMIIB\n-----END CERTIFICATE-----\n"
    };
    for (size_t i = 0; i < COUNT_OF(TEXTS); i++) {
        char text[4096];
        size_t cursor = 0;
        (void)snprintf(text, sizeof(text), "%s%s", TEXTS[i], ONE);
        if (find(text, NAMED_ONE, &cursor) != 0) {
            fail_msg("text %zu: went on", i);
        }
    }
}

/* A certificate that was taken out of a file by a sign before each of its lines, or was damaged. */
static void other_signs_among_the_digits_end_them(void **state)
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
        size_t cursor = 0;
        if (find(text, NAMED_ONE, &cursor) != 0) {
            fail_msg("\"%s\": found", SIGNS[i]);
        }
    }
}

/* Cut anywhere, it is not found or whole, and nothing behind the cut is read (the sanitizer sees). */
static void no_prefix_is_taken_for_the_whole(void **state)
{
    (void)state;
    size_t whole = strlen(ONE);
    size_t needed = (size_t)(strstr(ONE, "-----END CERTIFICATE-----") - ONE)
            + strlen("-----END CERTIFICATE-----");
    for (size_t len = 0; len < whole; len++) {
        char *text = malloc(len + 1);
        struct pem_block block = { .len = 0 };
        size_t cursor = 0;
        assert_non_null(text);
        memcpy(text, ONE, len);
        struct pem_index index = pem_index_make(text, len);
        bool found = pem_find_subject(&index, NAMED_ONE, sizeof(NAMED_ONE), &cursor, &block);
        pem_index_clear(&index);
        if (found != (len >= needed)) {
            fail_msg("%zu of %zu bytes: %d", len, whole, (int)found);
        }
        free(text);
    }
}

static void a_subject_that_does_not_end_is_passed_over(void **state)
{
    (void)state;
    size_t digits = (size_t)1024 * 1024;
    size_t size = digits + 4096;
    char *text = calloc(1, size);
    assert_non_null(text);
    int len = snprintf(text, size, "-----BEGIN CERTIFICATE-----\nMIP///8wg////wIB");
    memset(text + len, 'A', digits);
    (void)snprintf(
            text + len + digits, size - digits - (size_t)len, "\n-----END CERTIFICATE-----\n" ONE);
    size_t cursor = 0;
    assert_int_equal(find(text, NAMED_ONE, &cursor), ONE_BYTES);
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
        cmocka_unit_test(what_is_found_is_the_whole_block),
        cmocka_unit_test(carriage_returns_do_not_matter),
        cmocka_unit_test(what_is_no_certificate_of_that_name_is_passed_over),
        cmocka_unit_test(the_search_ends_at_what_is_irregular),
        cmocka_unit_test(other_signs_among_the_digits_end_them),
        cmocka_unit_test(no_prefix_is_taken_for_the_whole),
        cmocka_unit_test(a_subject_that_does_not_end_is_passed_over),
        cmocka_unit_test(a_file_is_read_once_and_when_it_is_asked_for),
        cmocka_unit_test(what_cannot_be_read_is_empty),
        cmocka_unit_test(a_file_with_a_nul_is_empty),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
