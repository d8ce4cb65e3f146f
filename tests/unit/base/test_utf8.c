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

#include "base/utf8.h"

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))
#define BYTES(literal)  literal, sizeof(literal) - 1

static void decodes_the_first_character(void **state)
{
    (void)state;

    static const struct {
        const char *name;
        const char *bytes;
        size_t len;
        size_t want_len;
        uint32_t want;
    } ROWS[] = {
        { "ASCII", BYTES("ab"), 1, 'a' },
        { "NUL", BYTES("\0"), 1, 0 },
        { "DEL", BYTES("\x7F"), 1, 0x7f },
        { "smallest of two", BYTES("\xC2\x80x"), 2, 0x80 },
        { "largest of two", BYTES("\xDF\xBF"), 2, 0x7ff },
        { "smallest of three", BYTES("\xE0\xA0\x80"), 3, 0x800 },
        { "before the surrogates", BYTES("\xED\x9F\xBF"), 3, 0xd7ff },
        { "behind the surrogates", BYTES("\xEE\x80\x80"), 3, 0xe000 },
        { "largest of three", BYTES("\xEF\xBF\xBF"), 3, 0xffff },
        { "smallest of four", BYTES("\xF0\x90\x80\x80"), 4, 0x10000 },
        { "largest of four", BYTES("\xF4\x8F\xBF\xBF"), 4, 0x10ffff },
        { "nothing", "", 0, 0, 0 },
        { "a continuation byte", BYTES("\x80"), 0, 0 },
        { "the last continuation byte", BYTES("\xBF"), 0, 0 },
        { "overlong NUL", BYTES("\xC0\x80"), 0, 0 },
        { "overlong DEL", BYTES("\xC1\xBF"), 0, 0 },
        { "overlong in three", BYTES("\xE0\x9F\xBF"), 0, 0 },
        { "overlong in four", BYTES("\xF0\x8F\xBF\xBF"), 0, 0 },
        { "first surrogate", BYTES("\xED\xA0\x80"), 0, 0 },
        { "last surrogate", BYTES("\xED\xBF\xBF"), 0, 0 },
        { "past the last", BYTES("\xF4\x90\x80\x80"), 0, 0 },
        { "lead 0xF5", BYTES("\xF5\x80\x80\x80"), 0, 0 },
        { "lead 0xFF", BYTES("\xFF"), 0, 0 },
        { "two cut off", BYTES("\xC3"), 0, 0 },
        { "three cut off", BYTES("\xE2\x82"), 0, 0 },
        { "four cut off", BYTES("\xF0\x9F\x94"), 0, 0 },
        { "ASCII inside two",
                BYTES("\xC3"
                      "a"),
                0, 0 },
        { "a lead inside three", BYTES("\xE2\x82\xC3"), 0, 0 },
        { "ASCII inside four",
                BYTES("\xF0\x9F"
                      "a\x80"),
                0, 0 },
    };

    for (size_t i = 0; i < COUNT_OF(ROWS); i++) {
        /* A copy of just that size, so that reading past the end is seen. */
        char *copy = malloc(ROWS[i].len + (ROWS[i].len == 0 ? 1 : 0));
        assert_non_null(copy);
        memcpy(copy, ROWS[i].bytes, ROWS[i].len);
        uint32_t got = 0;
        size_t len = utf8_decode(copy, ROWS[i].len, &got);
        free(copy);
        if (len != ROWS[i].want_len || got != ROWS[i].want) {
            fail_msg("%s: %zu bytes, U+%04X", ROWS[i].name, len, (unsigned int)got);
        }
    }
}

/* RFC 3629, section 4: what may stand first and second, whatever continuation bytes follow. */
static bool is_valid_start(unsigned int first, unsigned int second, size_t len)
{
    static const struct {
        unsigned int first_least, first_most, second_least, second_most;
        size_t len;
    } FORMS[] = {
        { 0xc2, 0xdf, 0x80, 0xbf, 2 },
        { 0xe0, 0xe0, 0xa0, 0xbf, 3 },
        { 0xe1, 0xec, 0x80, 0xbf, 3 },
        { 0xed, 0xed, 0x80, 0x9f, 3 },
        { 0xee, 0xef, 0x80, 0xbf, 3 },
        { 0xf0, 0xf0, 0x90, 0xbf, 4 },
        { 0xf1, 0xf3, 0x80, 0xbf, 4 },
        { 0xf4, 0xf4, 0x80, 0x8f, 4 },
    };

    for (size_t i = 0; i < COUNT_OF(FORMS); i++) {
        if (first >= FORMS[i].first_least && first <= FORMS[i].first_most
                && second >= FORMS[i].second_least && second <= FORMS[i].second_most) {
            return len == FORMS[i].len;
        }
    }
    return false;
}

static void exactly_the_forms_of_the_standard_are_accepted(void **state)
{
    (void)state;
    for (unsigned int first = 0x80; first <= 0xff; first++) {
        for (unsigned int second = 0; second <= 0xff; second++) {
            const char bytes[] = { (char)first, (char)second, (char)0xbf, (char)0x80, 0 };
            uint32_t code_point = 0;
            size_t len = utf8_decode(bytes, 4, &code_point);
            size_t wanted = 0;
            for (size_t form = 2; form <= 4; form++) {
                wanted = is_valid_start(first, second, form) ? form : wanted;
            }
            if (len != wanted) {
                fail_msg("%02x %02x bf 80: %zu bytes", first, second, len);
            }
        }
    }
}

static void every_code_point_comes_back(void **state)
{
    (void)state;
    for (uint32_t code_point = 0; code_point <= 0x10ffff; code_point++) {
        if (code_point >= 0xd800 && code_point <= 0xdfff) {
            continue;
        }
        char bytes[UTF8_MAX_BYTES];
        uint32_t got = 0xffffffff;
        size_t len = utf8_encode(code_point, bytes);
        size_t want_len = code_point < 0x80 ? 1
                : code_point < 0x800        ? 2
                : code_point < 0x10000      ? 3
                                            : 4;
        if (len != want_len || utf8_decode(bytes, len, &got) != len || got != code_point) {
            fail_msg("U+%04X: %zu bytes, U+%04X", (unsigned int)code_point, len, (unsigned int)got);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(decodes_the_first_character),
        cmocka_unit_test(exactly_the_forms_of_the_standard_are_accepted),
        cmocka_unit_test(every_code_point_comes_back),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
