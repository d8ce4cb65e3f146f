/* Pieces of a text. */
/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/span.h"

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))
#define SPAN(literal)   ((struct span){ (literal), sizeof(literal) - 1 })

static void compares_length_and_bytes(void **state)
{
    (void)state;
    assert_true(span_equals(SPAN("a\0b"), SPAN("a\0b")));
    assert_false(span_equals(SPAN("a\0b"), SPAN("a\0c")));
    assert_false(span_equals(SPAN("ab"), SPAN("abc")));
    assert_true(span_is((struct span){ "abc", 2 }, "ab"));
    assert_true(span_is(SPAN(""), ""));
    assert_false(span_is(SPAN("ab"), "abc"));
    assert_false(span_is(SPAN("abc"), "ab"));
    assert_false(span_is(SPAN("ab"), "aB"));
}

static void sorts_shorter_ones_first(void **state)
{
    (void)state;

    static const struct span SORTED[] = { { "", 0 }, { "A", 1 }, { "A_", 2 }, { "B", 1 },
        { "\xff", 1 } };

    for (size_t i = 0; i < COUNT_OF(SORTED); i++) {
        for (size_t at = 0; at < COUNT_OF(SORTED); at++) {
            int order = span_compare(SORTED[i], SORTED[at]);
            assert_int_equal((order > 0) - (order < 0), (i > at) - (i < at));
        }
    }
}

static void knows_how_it_starts(void **state)
{
    (void)state;
    assert_true(span_starts_with(SPAN("export x"), "export"));
    assert_true(span_starts_with(SPAN("export"), "export"));
    assert_true(span_starts_with(SPAN(""), ""));
    assert_false(span_starts_with((struct span){ "export", 5 }, "export"));
    assert_false(span_starts_with(SPAN("exporT x"), "export"));
}

static void trims_blanks_and_tabs_only(void **state)
{
    (void)state;

    static const struct {
        struct span text;
        const char *skipped;
        const char *trimmed;
    } ROWS[] = {
        { { "", 0 }, "", "" },
        { { " \t ", 3 }, "", "" },
        { { "a b", 3 }, "a b", "a b" },
        { { "\t a \t", 5 }, "a \t", "a" },
        { { " \r\na\v ", 6 }, "\r\na\v ", "\r\na\v" },
        { { " a ", 2 }, "a", "a" },
    };

    for (size_t i = 0; i < COUNT_OF(ROWS); i++) {
        if (!span_is(span_skip_blanks(ROWS[i].text), ROWS[i].skipped)
                || !span_is(span_trim(ROWS[i].text), ROWS[i].trimmed)) {
            fail_msg("row %zu", i);
        }
    }
    assert_true(span_is(span_skip(SPAN("abc"), 1), "bc"));
    assert_true(span_is(span_skip(SPAN("abc"), 3), ""));
}

static void skips_a_byte_order_mark_once(void **state)
{
    (void)state;
    assert_true(
            span_is(span_skip_byte_order_mark(SPAN("\xef\xbb\xbf\xef\xbb\xbf")), "\xef\xbb\xbf"));
    assert_true(span_is(span_skip_byte_order_mark(SPAN("\xef\xbb")), "\xef\xbb"));
    assert_true(span_is(span_skip_byte_order_mark(SPAN("")), ""));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(compares_length_and_bytes),
        cmocka_unit_test(sorts_shorter_ones_first),
        cmocka_unit_test(knows_how_it_starts),
        cmocka_unit_test(trims_blanks_and_tabs_only),
        cmocka_unit_test(skips_a_byte_order_mark_once),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
