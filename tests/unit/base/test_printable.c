/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/printable.h"
#include "base/utf8.h"

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))
#define BYTES(literal)  literal, sizeof(literal) - 1

static void escapes_what_is_not_shown(void **state)
{
    (void)state;

    static const struct {
        const char *name;
        const char *bytes;
        size_t len;
        const char *line;
        const char *word;
    } ROWS[] = {
        { "nothing", BYTES(""), "", "" },
        { "a name", BYTES("/a/b.c-d_e"), "/a/b.c-d_e", "/a/b.c-d_e" },
        { "a blank", BYTES("a b"), "a b", "a\\x20b" },
        { "a backslash", BYTES("C:\\x"), "C:\\x", "C:\\\\x" },
        { "line ends and tabs", BYTES("a\nb\rc\t"), "a\\nb\\x0dc\\x09", "a\\nb\\x0dc\\x09" },
        { "NUL", BYTES("a\0b"), "a\\x00b", "a\\x00b" },
        { "other controls", BYTES("\x01\x1B[31m\x7F"), "\\x01\\x1b[31m\\x7f",
                "\\x01\\x1b[31m\\x7f" },
        { "C1: CSI", BYTES("\xC2\x9B"), "\\u009b", "\\u009b" },
        { "C1: NEL", BYTES("\xC2\x85"), "\\u0085", "\\u0085" },
        { "C1 as a raw byte", BYTES("\x9B"), "\\x9b", "\\x9b" },
        { "a blank that is not ASCII", BYTES("\xC2\xA0"), "\xC2\xA0", "\\u00a0" },
        { "letters", BYTES("\xC3\xA9\xE2\x82\xAC"), "\xC3\xA9\xE2\x82\xAC",
                "\xC3\xA9\xE2\x82\xAC" },
        { "four bytes", BYTES("\xF0\x9F\x94\x91"), "\xF0\x9F\x94\x91", "\xF0\x9F\x94\x91" },
        { "line separator", BYTES("\xE2\x80\xA8"), "\\u2028", "\\u2028" },
        { "paragraph separator", BYTES("\xE2\x80\xA9"), "\\u2029", "\\u2029" },
        { "right-to-left override", BYTES("\xE2\x80\xAE"), "\\u202e", "\\u202e" },
        { "isolate", BYTES("\xE2\x81\xA6"), "\\u2066", "\\u2066" },
        { "Arabic letter mark", BYTES("\xD8\x9C"), "\\u061c", "\\u061c" },
        { "zero width space", BYTES("\xE2\x80\x8B"), "\\u200b", "\\u200b" },
        { "soft hyphen", BYTES("\xC2\xAD"), "\\u00ad", "\\u00ad" },
        { "byte order mark", BYTES("\xEF\xBB\xBF"), "\\ufeff", "\\ufeff" },
        { "Hangul filler", BYTES("\xE3\x85\xA4"), "\\u3164", "\\u3164" },
        { "tag", BYTES("\xF3\xA0\x81\x81"), "\\U000e0041", "\\U000e0041" },
        { "private use", BYTES("\xEE\x80\x80"), "\\ue000", "\\ue000" },
        { "noncharacter", BYTES("\xEF\xBF\xBF"), "\\uffff", "\\uffff" },
        { "not UTF-8", BYTES("a\xFFz"), "a\\xffz", "a\\xffz" },
        { "a surrogate, byte by byte", BYTES("\xED\xA0\x80"), "\\xed\\xa0\\x80",
                "\\xed\\xa0\\x80" },
        { "overlong", BYTES("\xC0\x8A"), "\\xc0\\x8a", "\\xc0\\x8a" },
        { "cut off", BYTES("a\xE2\x80"), "a\\xe2\\x80", "a\\xe2\\x80" },
    };

    for (size_t i = 0; i < COUNT_OF(ROWS); i++) {
        CLEANUP(text_clear) struct text line = TEXT_INIT(256);
        CLEANUP(text_clear) struct text word = TEXT_INIT(256);
        printable_append(&line, ROWS[i].bytes, ROWS[i].len, PRINTABLE_LINE);
        printable_append(&word, ROWS[i].bytes, ROWS[i].len, PRINTABLE_WORD);
        if (strcmp(text_string(&line), ROWS[i].line) != 0
                || strcmp(text_string(&word), ROWS[i].word) != 0) {
            fail_msg("%s: got %s and %s", ROWS[i].name, text_string(&line), text_string(&word));
        }
    }
}

/* The result of any input is UTF-8 without an invisible character. */
static void every_pair_of_bytes_comes_out_shown(void **state)
{
    (void)state;
    for (unsigned int pair = 0; pair <= 0xffff; pair++) {
        const char bytes[] = { '\xE2', (char)(pair >> 8), (char)(pair & 0xff) };
        CLEANUP(text_clear) struct text out = TEXT_INIT(64);
        printable_append(&out, bytes, sizeof(bytes), PRINTABLE_WORD);
        assert_int_equal(out.state, TEXT_OK);
        for (size_t at = 0; at < out.len;) {
            uint32_t code_point = 0;
            size_t used = utf8_decode(out.bytes + at, out.len - at, &code_point);
            if (used == 0 || !printable_is_shown(code_point) || code_point == ' ') {
                fail_msg("E2 %02X %02X: got %s", pair >> 8, pair & 0xff, text_string(&out));
            }
            at += used;
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(escapes_what_is_not_shown),
        cmocka_unit_test(every_pair_of_bytes_comes_out_shown),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
