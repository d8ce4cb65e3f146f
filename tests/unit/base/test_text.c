/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/text.h"

static void appends_strings_bytes_characters_and_formats(void **state)
{
    (void)state;
    CLEANUP(text_clear) struct text text = TEXT_INIT(64);
    struct err err;
    assert_string_equal(text_string(&text), "");
    text_append_string(&text, "ab");
    text_append(&text, "cdX", 2);
    text_append(&text, NULL, 0);
    text_append_char(&text, 'e');
    text_append_format(&text, "%d%s", 7, "!");
    text_append_format(&text, "%s", "");
    assert_string_equal(text_string(&text), "abcde7!");
    assert_int_equal(text.len, 7);
    assert_true(text_check(&text, "here", &err));
}

static void grows_byte_by_byte(void **state)
{
    (void)state;
    CLEANUP(text_clear) struct text text = TEXT_INIT(10000);
    for (size_t i = 0; i < 10000; i++) {
        text_append_char(&text, (char)('a' + i % 26));
    }
    assert_int_equal(text.len, 10000);
    for (size_t i = 0; i < 10000; i++) {
        assert_int_equal(text.bytes[i], 'a' + (int)(i % 26));
    }
    assert_int_equal(text.bytes[10000], '\0');
}

static void takes_its_maximum_and_no_byte_more(void **state)
{
    (void)state;
    static const size_t MAXIMA[] = { 0, 1, 64, 65, 1000 };
    for (size_t i = 0; i < sizeof(MAXIMA) / sizeof(MAXIMA[0]); i++) {
        CLEANUP(text_clear) struct text text = TEXT_INIT(MAXIMA[i]);
        struct err err = { 0 };
        text_append_format(&text, "%*s", (int)MAXIMA[i], "");
        assert_true(text_check(&text, "here", &err));
        assert_int_equal(text.len, MAXIMA[i]);
        text_append_char(&text, 'x');
        assert_false(text_check(&text, "here", &err));
        assert_int_equal(err.kind, ERR_INPUT);
        assert_string_equal(err.where, "here");
        assert_int_equal(text.len, MAXIMA[i]);
    }
}

static void a_failed_append_stays_a_failure_until_reset(void **state)
{
    (void)state;
    CLEANUP(text_clear) struct text text = TEXT_INIT(4);
    struct err err;
    text_append_string(&text, "ab");
    text_append_format(&text, "%s", "too long");
    text_append_string(&text, "c");
    assert_string_equal(text_string(&text), "ab");
    assert_false(text_check(&text, "here", &err));
    text_reset(&text);
    assert_true(text_check(&text, "here", &err));
    assert_string_equal(text_string(&text), "");
    text_append_string(&text, "abcd");
    assert_true(text_check(&text, "here", &err));
    assert_string_equal(text_string(&text), "abcd");
}

static void taking_hands_over_the_string(void **state)
{
    (void)state;
    struct text text = TEXT_INIT(8);
    text_append_string(&text, "abc");
    char *taken = text_detach(&text);
    assert_non_null(taken);
    assert_string_equal(taken, "abc");
    assert_null(text.bytes);
    assert_int_equal(text.len, 0);
    free(taken);
    text_append_string(&text, "de");
    assert_string_equal(text_string(&text), "de");
    text_clear(&text);
}

static void taking_an_empty_text_gives_an_empty_string(void **state)
{
    (void)state;
    struct text text = TEXT_INIT(8);
    char *taken = text_detach(&text);
    assert_non_null(taken);
    assert_string_equal(taken, "");
    free(taken);
}

static void taking_a_failed_text_gives_nothing(void **state)
{
    (void)state;
    struct text text = TEXT_INIT(2);
    text_append_string(&text, "ab");
    text_append_string(&text, "c");
    assert_null(text_detach(&text));
    assert_null(text.bytes);
}

static void clearing_may_be_repeated_and_keeps_the_maximum(void **state)
{
    (void)state;
    struct text text = TEXT_INIT(2);
    struct err err;
    text_append_string(&text, "ab");
    text_clear(&text);
    text_clear(&text);
    text_append_string(&text, "abc");
    assert_false(text_check(&text, "here", &err));
    text_clear(&text);
}

static void the_failure_of_a_part_is_the_wholes(void **state)
{
    (void)state;
    CLEANUP(text_clear) struct text part = TEXT_INIT(2);
    CLEANUP(text_clear) struct text whole = TEXT_INIT(64);
    struct err err;
    text_append_string(&part, "ab");
    text_append_text(&whole, &part);
    text_append_text(&whole, &part);
    assert_true(text_check(&whole, "here", &err));
    assert_string_equal(text_string(&whole), "abab");
    text_append_char(&part, 'c');
    text_append_text(&whole, &part);
    assert_int_equal(whole.state, TEXT_TOO_LONG);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(appends_strings_bytes_characters_and_formats),
        cmocka_unit_test(grows_byte_by_byte),
        cmocka_unit_test(takes_its_maximum_and_no_byte_more),
        cmocka_unit_test(a_failed_append_stays_a_failure_until_reset),
        cmocka_unit_test(taking_hands_over_the_string),
        cmocka_unit_test(taking_an_empty_text_gives_an_empty_string),
        cmocka_unit_test(taking_a_failed_text_gives_nothing),
        cmocka_unit_test(the_failure_of_a_part_is_the_wholes),
        cmocka_unit_test(clearing_may_be_repeated_and_keeps_the_maximum),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
