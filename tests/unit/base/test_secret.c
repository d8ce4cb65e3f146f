/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/secret.h"

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

static char pattern_at(size_t at)
{
    return (char)('a' + at % 23);
}

static void assert_holds_pattern(const struct secret *secret, size_t len)
{
    assert_int_equal(secret_len(secret), len);
    for (size_t i = 0; i < len; i++) {
        if (secret_expose(secret)[i] != pattern_at(i)) {
            fail_msg("byte %zu of %zu is another", i, len);
        }
    }
    assert_int_equal(secret_expose(secret)[len], '\0');
}

static void grows_byte_by_byte_and_keeps_what_it_holds(void **state)
{
    (void)state;

    enum {
        MANY = 40000
    };
    CLEANUP(secret_clear) struct secret secret = SECRET_INIT(MANY);
    struct err err;
    for (size_t i = 0; i < MANY; i++) {
        secret_append_char(&secret, pattern_at(i));
    }
    assert_true(secret_check(&secret, "here", &err));
    assert_holds_pattern(&secret, MANY);
}

static void appends_bytes_texts_and_other_secrets(void **state)
{
    (void)state;
    CLEANUP(secret_clear) struct secret other = SECRET_INIT(16);
    CLEANUP(secret_clear) struct secret secret = SECRET_INIT(64);
    secret_append(&other, "x\0y", 3);
    secret_append_string(&secret, "ab");
    secret_append_secret(&secret, &other);
    secret_append_string(&secret, "");
    secret_append(&secret, NULL, 0);
    secret_append_char(&secret, 'z');
    assert_int_equal(secret_len(&secret), 6);
    assert_memory_equal(secret_expose(&secret), "abx\0yz", 7);
}

static void an_empty_one_exposes_an_empty_text(void **state)
{
    (void)state;
    struct secret secret = SECRET_INIT(16);
    struct err err;
    assert_true(secret_is_empty(&secret));
    assert_int_equal(secret_len(&secret), 0);
    assert_string_equal(secret_expose(&secret), "");
    assert_null(secret_expose_writable(&secret));
    assert_true(secret_check(&secret, "here", &err));
}

static void takes_its_maximum_and_no_byte_more(void **state)
{
    (void)state;
    static const size_t MAXIMA[] = { 0, 1, 63, 64, 65, 1000, 20000 };
    for (size_t i = 0; i < COUNT_OF(MAXIMA); i++) {
        CLEANUP(secret_clear) struct secret secret = SECRET_INIT(MAXIMA[i]);
        struct err err = { 0 };
        for (size_t at = 0; at < MAXIMA[i]; at++) {
            assert_int_equal(secret_room(&secret), MAXIMA[i] - at);
            secret_append_char(&secret, pattern_at(at));
        }
        assert_int_equal(secret_room(&secret), 0);
        assert_true(secret_check(&secret, "here", &err));
        secret_append_char(&secret, '!');
        assert_false(secret_check(&secret, "here", &err));
        assert_int_equal(err.kind, ERR_PROTOCOL);
        assert_string_equal(err.where, "here");
        char want[64];
        (void)snprintf(want, sizeof(want), "longer than the limit of %zu bytes", MAXIMA[i]);
        assert_string_equal(err.why, want);
        if (MAXIMA[i] > 0) {
            assert_holds_pattern(&secret, MAXIMA[i]);
        }
    }
}

static void a_length_past_every_address_is_too_long(void **state)
{
    (void)state;
    CLEANUP(secret_clear) struct secret secret = SECRET_INIT(100);
    struct err err;
    secret_append_string(&secret, "ab");
    secret_append(&secret, "x", SIZE_MAX);
    assert_false(secret_check(&secret, NULL, &err));
    assert_string_equal(secret_expose(&secret), "ab");
}

static void a_failed_append_stays_a_failure(void **state)
{
    (void)state;
    CLEANUP(secret_clear) struct secret secret = SECRET_INIT(4);
    struct err err;
    secret_append_string(&secret, "too long");
    secret_append_string(&secret, "ok");
    assert_false(secret_check(&secret, "here", &err));
    secret_shorten(&secret, 0);
    assert_false(secret_check(&secret, "here", &err));
    secret_clear(&secret);
    assert_true(secret_check(&secret, "here", &err));
    secret_append_string(&secret, "ok");
    assert_true(secret_check(&secret, "here", &err));
    assert_string_equal(secret_expose(&secret), "ok");
}

static void the_failure_of_a_part_is_the_wholes(void **state)
{
    (void)state;
    CLEANUP(secret_clear) struct secret part = SECRET_INIT(2);
    CLEANUP(text_clear) struct text text = TEXT_INIT(2);
    CLEANUP(secret_clear) struct secret of_secret = SECRET_INIT(64);
    CLEANUP(secret_clear) struct secret of_text = SECRET_INIT(64);
    struct err err;
    secret_append_string(&part, "ab");
    secret_append_string(&part, "c");
    text_append_string(&text, "ab");
    text_append_string(&text, "c");
    secret_append_secret(&of_secret, &part);
    secret_append_string(&of_secret, "d");
    assert_false(secret_check(&of_secret, "here", &err));
    secret_append_text(&of_text, &text);
    secret_append_string(&of_text, "d");
    assert_false(secret_check(&of_text, "here", &err));
    text_reset(&text);
    secret_clear(&of_text);
    text_append_string(&text, "ab");
    secret_append_text(&of_text, &text);
    secret_append_text(&of_text, &text);
    assert_true(secret_check(&of_text, "here", &err));
    assert_string_equal(secret_expose(&of_text), "abab");
}

/* A request that is too long and then finds no memory is too long. */
static void the_first_failure_counts(void **state)
{
    (void)state;
    CLEANUP(secret_clear) struct secret secret = SECRET_INIT(4);
    struct err err;
    secret.state_ = SECRET_NO_MEMORY;
    secret_append_string(&secret, "12345");
    secret_reserve(&secret, 5);
    assert_int_equal(secret.state_, SECRET_NO_MEMORY);
    secret_clear(&secret);
    secret_append_string(&secret, "12345");
    secret_append_string(&secret, "1");
    secret_reserve(&secret, 2);
    assert_false(secret_check(&secret, "here", &err));
    assert_true(secret_is_empty(&secret));
}

static void without_memory_it_says_so(void **state)
{
    (void)state;
    CLEANUP(secret_clear) struct secret secret = SECRET_INIT(SIZE_MAX);
    struct err err;
    secret_append_string(&secret, "ab");
    secret_reserve(&secret, SIZE_MAX - 8);
    assert_false(secret_check(&secret, "here", &err));
    assert_int_equal(err.kind, ERR_SYSTEM);
    assert_string_equal(secret_expose(&secret), "ab");
}

static void reserved_room_is_used_without_moving(void **state)
{
    (void)state;
    CLEANUP(secret_clear) struct secret secret = SECRET_INIT(100000);
    struct err err;
    secret_append_char(&secret, pattern_at(0));
    secret_reserve(&secret, 50000);
    const char *before = secret_expose(&secret);
    for (size_t i = 1; i < 50000; i++) {
        secret_append_char(&secret, pattern_at(i));
    }
    assert_ptr_equal(secret_expose(&secret), before);
    assert_holds_pattern(&secret, 50000);
    secret_reserve(&secret, 10);
    assert_ptr_equal(secret_expose(&secret), before);
    secret_reserve(&secret, 100001);
    assert_false(secret_check(&secret, "here", &err));
}

static void shortening_wipes_what_is_cut(void **state)
{
    (void)state;
    static const char ZEROS[6] = { 0 };
    CLEANUP(secret_clear) struct secret secret = SECRET_INIT(64);
    secret_append_string(&secret, "abcdefgh");
    secret_shorten(&secret, 3);
    assert_string_equal(secret_expose(&secret), "abc");
    assert_int_equal(secret_len(&secret), 3);
    assert_memory_equal(secret_expose(&secret) + 3, ZEROS, sizeof(ZEROS));
    secret_shorten(&secret, 5);
    assert_int_equal(secret_len(&secret), 3);
    secret_append_string(&secret, "XY");
    assert_string_equal(secret_expose(&secret), "abcXY");
    secret_shorten(&secret, 0);
    assert_true(secret_is_empty(&secret));
}

static void trims_white_space_at_the_end_only(void **state)
{
    (void)state;
    CLEANUP(secret_clear) struct secret secret = SECRET_INIT(64);
    secret_trim_end(&secret);
    assert_true(secret_is_empty(&secret));
    secret_append_string(&secret, " a b \t\r\n\v\f ");
    secret_trim_end(&secret);
    assert_string_equal(secret_expose(&secret), " a b");
    secret_shorten(&secret, 1);
    secret_trim_end(&secret);
    assert_true(secret_is_empty(&secret));
}

static void moving_leaves_the_source_empty_and_usable(void **state)
{
    (void)state;
    CLEANUP(secret_clear) struct secret from = SECRET_INIT(8);
    CLEANUP(secret_clear) struct secret to = SECRET_INIT(100);
    secret_append_string(&from, "abc");
    const char *bytes = secret_expose(&from);
    secret_move(&to, &from);
    assert_ptr_equal(secret_expose(&to), bytes);
    assert_string_equal(secret_expose(&to), "abc");
    assert_true(secret_is_empty(&from));
    secret_append_string(&from, "de");
    assert_string_equal(secret_expose(&from), "de");
    assert_string_equal(secret_expose(&to), "abc");
}

static void a_failure_moves_along(void **state)
{
    (void)state;
    CLEANUP(secret_clear) struct secret from = SECRET_INIT(2);
    CLEANUP(secret_clear) struct secret to = SECRET_INIT(100);
    struct err err;
    secret_append_string(&from, "abc");
    secret_move(&to, &from);
    assert_false(secret_check(&to, "here", &err));
    assert_true(secret_check(&from, "here", &err));
}

static void clearing_may_be_repeated_and_keeps_the_maximum(void **state)
{
    (void)state;
    struct secret secret = SECRET_INIT(4);
    struct err err;
    secret_append_string(&secret, "abcd");
    secret_clear(&secret);
    secret_clear(&secret);
    assert_true(secret_is_empty(&secret));
    assert_string_equal(secret_expose(&secret), "");
    secret_append_string(&secret, "abcde");
    assert_false(secret_check(&secret, "here", &err));
    secret_clear(&secret);
}

static void writing_in_place_changes_what_is_exposed(void **state)
{
    (void)state;
    CLEANUP(secret_clear) struct secret secret = SECRET_INIT(16);
    secret_append_string(&secret, "abc");
    secret_expose_writable(&secret)[1] = 'X';
    assert_string_equal(secret_expose(&secret), "aXc");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(grows_byte_by_byte_and_keeps_what_it_holds),
        cmocka_unit_test(appends_bytes_texts_and_other_secrets),
        cmocka_unit_test(an_empty_one_exposes_an_empty_text),
        cmocka_unit_test(takes_its_maximum_and_no_byte_more),
        cmocka_unit_test(a_length_past_every_address_is_too_long),
        cmocka_unit_test(a_failed_append_stays_a_failure),
        cmocka_unit_test(the_failure_of_a_part_is_the_wholes),
        cmocka_unit_test(the_first_failure_counts),
        cmocka_unit_test(without_memory_it_says_so),
        cmocka_unit_test(reserved_room_is_used_without_moving),
        cmocka_unit_test(shortening_wipes_what_is_cut),
        cmocka_unit_test(trims_white_space_at_the_end_only),
        cmocka_unit_test(moving_leaves_the_source_empty_and_usable),
        cmocka_unit_test(a_failure_moves_along),
        cmocka_unit_test(clearing_may_be_repeated_and_keeps_the_maximum),
        cmocka_unit_test(writing_in_place_changes_what_is_exposed),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
