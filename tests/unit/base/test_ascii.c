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

#include "base/ascii.h"

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

static bool is_in(const char *set, int c)
{
    return c != 0 && strchr(set, c) != NULL;
}

static void classes_hold_for_every_byte(void **state)
{
    (void)state;
    static const char LOWER[] = "abcdefghijklmnopqrstuvwxyz";
    static const char UPPER[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
    static const char DIGITS[] = "0123456789";
    for (int byte = 0; byte < 256; byte++) {
        char c = (char)byte;
        bool lower = is_in(LOWER, byte);
        bool upper = is_in(UPPER, byte);
        bool digit = is_in(DIGITS, byte);
        if (byte >= 128) {
            lower = upper = digit = false;
        }
        if (ascii_is_digit(c) != digit || ascii_is_letter(c) != (lower || upper)
                || ascii_is_alnum(c) != (lower || upper || digit)
                || ascii_is_blank(c) != is_in(" \t", byte)
                || ascii_is_space(c) != is_in(" \t\r\n\f\v", byte)
                || ascii_is_control(c) != (byte < 32 || byte == 127)) {
            fail_msg("byte %d is in other classes", byte);
        }
        char want_lower = upper ? (char)(byte + 32) : c;
        char want_upper = lower ? (char)(byte - 32) : c;
        if (ascii_lower(c) != want_lower || ascii_upper(c) != want_upper) {
            fail_msg("byte %d changes case in another way", byte);
        }
    }
}

static void hexadecimal_digits_have_values_and_others_none(void **state)
{
    (void)state;
    static const char LOWER[] = "0123456789abcdef";
    static const char UPPER[] = "0123456789ABCDEF";
    for (int byte = 0; byte < 256; byte++) {
        const char *lower = byte == 0 ? NULL : strchr(LOWER, byte);
        const char *upper = byte == 0 ? NULL : strchr(UPPER, byte);
        int want = lower != NULL ? (int)(lower - LOWER) : upper != NULL ? (int)(upper - UPPER) : -1;
        if (ascii_hex_value((char)byte) != want) {
            fail_msg("byte %d has the value %d", byte, ascii_hex_value((char)byte));
        }
    }
}

static void compares_without_case(void **state)
{
    (void)state;

    static const struct {
        const char *a;
        const char *b;
        bool want;
    } ROWS[] = {
        { "", "", true },
        { "true", "TRUE", true },
        { "X-Amz-Date", "x-amz-date", true },
        { "a", "", false },
        { "", "a", false },
        { "ab", "a", false },
        { "a", "b", false },
        { "@", "`", false },
        { "[", "{", false },
        { "\xC3\x84", "\xC3\xA4", false },
    };

    for (size_t i = 0; i < COUNT_OF(ROWS); i++) {
        if (ascii_equals_ignoring_case(ROWS[i].a, ROWS[i].b) != ROWS[i].want) {
            fail_msg("\"%s\" and \"%s\"", ROWS[i].a, ROWS[i].b);
        }
    }
}

static void trims_both_ends(void **state)
{
    (void)state;

    static const struct {
        const char *text;
        size_t want_start;
        size_t want_len;
    } ROWS[] = {
        { "", 0, 0 },
        { "a", 0, 1 },
        { " a ", 1, 1 },
        { "\t\r\na b\v\f ", 3, 3 },
        { "   ", 3, 0 },
        { "\xC2\xA0", 0, 2 },
    };

    for (size_t i = 0; i < COUNT_OF(ROWS); i++) {
        size_t start = 99;
        size_t len = ascii_trim(ROWS[i].text, strlen(ROWS[i].text), &start);
        if (len != ROWS[i].want_len || start != ROWS[i].want_start) {
            fail_msg("row %zu: %zu at %zu", i, len, start);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(classes_hold_for_every_byte),
        cmocka_unit_test(hexadecimal_digits_have_values_and_others_none),
        cmocka_unit_test(compares_without_case),
        cmocka_unit_test(trims_both_ends),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
