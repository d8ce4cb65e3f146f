/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/error.h"

enum {
    LONG = 5000
};

static char *make_long(void)
{
    char *text = malloc(LONG + 1);
    assert_non_null(text);
    memset(text, 'x', LONG);
    text[LONG] = '\0';
    return text;
}

static void assert_is_cut(const char *text, size_t size)
{
    assert_int_equal(strlen(text), size - 1);
    assert_string_equal(text + size - 4, "...");
    assert_int_equal(text[size - 5], 'x');
}

static void setting_fills_from_nothing_and_returns_false(void **state)
{
    (void)state;
    struct err err;
    memset(&err, 'x', sizeof(err));
    assert_false(err_set(&err, ERR_USAGE, "--flag", "%s is %d", "it", 7));
    assert_int_equal(err.kind, ERR_USAGE);
    assert_int_equal(err.os_error, 0);
    assert_string_equal(err.where, "--flag");
    assert_string_equal(err.why, "it is 7");
    assert_string_equal(err.code, "");
    assert_string_equal(err.hint, "");
    assert_string_equal(err.request_id, "");
    assert_false(err_set(&err, ERR_INPUT, NULL, "b"));
    assert_string_equal(err.where, "");
    assert_string_equal(err.why, "b");
}

static void errnos_text_follows_a_colon(void **state)
{
    (void)state;
    struct err err;
    assert_false(err_set_errno(&err, ERR_INPUT, ENOENT, "/a", "cannot be %s", "read"));
    assert_int_equal(err.os_error, ENOENT);
    assert_string_equal(err.where, "/a");
    assert_string_equal(err.why, "cannot be read: No such file or directory");
    assert_false(err_set_errno(&err, ERR_INPUT, EACCES, NULL, "%s", ""));
    assert_string_equal(err.why, "Permission denied");
}

static void completing_replaces_and_adding_appends(void **state)
{
    (void)state;
    struct err err;
    (void)err_set(&err, ERR_SERVICE, "/a", "why");
    err_set_where(&err, "/b");
    err_set_code(&err, "AccessDeniedException");
    err_set_request_id(&err, "id-1");
    err_set_hint(&err, "do %s", "this");
    err_set_hint(&err, "do %s", "that");
    err_add_why(&err, " (after %d tries)", 3);
    err_add_why(&err, "%s", "");
    assert_string_equal(err.where, "/b");
    assert_string_equal(err.code, "AccessDeniedException");
    assert_string_equal(err.request_id, "id-1");
    assert_string_equal(err.hint, "do that");
    assert_string_equal(err.why, "why (after 3 tries)");
    assert_int_equal(err.kind, ERR_SERVICE);
    err_set_where(&err, NULL);
    assert_string_equal(err.where, "");
}

static void texts_that_do_not_fit_end_in_a_mark(void **state)
{
    (void)state;
    struct err err;
    char *text = make_long();
    (void)err_set(&err, ERR_INPUT, text, "%s", text);
    err_set_code(&err, text);
    err_set_hint(&err, "%s", text);
    err_set_request_id(&err, text);
    assert_is_cut(err.where, sizeof(err.where));
    assert_is_cut(err.code, sizeof(err.code));
    assert_is_cut(err.why, sizeof(err.why));
    assert_is_cut(err.hint, sizeof(err.hint));
    assert_is_cut(err.request_id, sizeof(err.request_id));
    free(text);
}

static void a_text_that_just_fits_has_no_mark(void **state)
{
    (void)state;
    struct err err;
    char *text = make_long();
    text[sizeof(err.code) - 1] = '\0';
    (void)err_set(&err, ERR_INPUT, NULL, "%s", "");
    err_set_code(&err, text);
    assert_string_equal(err.code, text);
    free(text);
}

static void what_is_added_is_cut_at_every_fill_level(void **state)
{
    (void)state;
    char *text = make_long();
    struct err err;
    for (size_t left = 0; left < 8; left++) {
        char filling[sizeof(err.why)];
        memset(filling, 'x', sizeof(filling));
        filling[sizeof(filling) - 1 - left] = '\0';
        (void)err_set(&err, ERR_INPUT, NULL, "%s", filling);
        assert_string_equal(err.why, filling);
        err_add_why(&err, "%s", text);
        assert_is_cut(err.why, sizeof(err.why));
        err_add_why(&err, "more");
        assert_is_cut(err.why, sizeof(err.why));
        (void)err_set_errno(&err, ERR_INPUT, ENOENT, NULL, "%s", filling);
        assert_int_equal(strlen(err.why), sizeof(err.why) - 1);
        assert_string_equal(err.hint, "");
    }
    free(text);
}

static void a_list_keeps_copies_in_order(void **state)
{
    (void)state;
    struct err_list list = { 0 };
    struct err err;
    assert_true(err_list_is_empty(&list));
    (void)err_set(&err, ERR_INPUT, NULL, "first");
    err_list_add(&list, &err);
    (void)err_set(&err, ERR_USAGE, NULL, "second");
    err_list_add(&list, &err);
    assert_false(err_list_is_empty(&list));
    assert_int_equal(list.len, 2);
    assert_string_equal(list.items[0].why, "first");
    assert_string_equal(list.items[1].why, "second");
    err_list_clear(&list);
    assert_true(err_list_is_empty(&list));
    err_list_clear(&list);
}

static void a_new_failure_is_added_in_one_statement(void **state)
{
    (void)state;
    CLEANUP(err_list_clear) struct err_list list = { 0 };
    assert_false(err_list_add_new(&list, ERR_MAPPING, "/a", "rename it", "taken by %s", "/b"));
    assert_false(err_list_add_new(&list, ERR_USAGE, NULL, NULL, "nothing to do"));
    assert_int_equal(list.len, 2);
    assert_int_equal(list.items[0].kind, ERR_MAPPING);
    assert_string_equal(list.items[0].where, "/a");
    assert_string_equal(list.items[0].why, "taken by /b");
    assert_string_equal(list.items[0].hint, "rename it");
    assert_string_equal(list.items[1].where, "");
    assert_string_equal(list.items[1].hint, "");
}

static void past_its_maximum_a_list_counts(void **state)
{
    (void)state;
    struct err_list list = { 0 };
    for (size_t i = 0; i < ERR_LIST_MAX + 5; i++) {
        struct err err;
        (void)err_set(&err, ERR_INPUT, NULL, "%zu", i);
        err_list_add(&list, &err);
    }
    assert_int_equal(list.len, ERR_LIST_MAX);
    assert_int_equal(list.unlisted, 5);
    assert_string_equal(list.items[ERR_LIST_MAX - 1].why, "63");
    err_list_clear(&list);
    assert_int_equal(list.unlisted, 0);
}

static void a_list_that_only_counted_is_not_empty(void **state)
{
    (void)state;
    const struct err_list list = { .unlisted = 1 };
    assert_false(err_list_is_empty(&list));
}

/* The last one: there is no way back. */
static void once_memory_ran_out_every_failure_says_so(void **state)
{
    (void)state;
    struct err err;
    err_note_no_memory();
    assert_false(err_set(&err, ERR_COMMAND_MISSING, "env", "not found"));
    assert_int_equal(err.kind, ERR_SYSTEM);
    assert_string_equal(err.where, "env");
    assert_string_equal(err.why, "not found; before that, memory ran out");
    assert_false(err_set_errno(&err, ERR_INPUT, ENOENT, "/a", "%s", ""));
    assert_int_equal(err.kind, ERR_SYSTEM);
    assert_string_equal(err.why, "No such file or directory; before that, memory ran out");
    assert_false(err_set(&err, ERR_SERVICE, NULL, "%s", ""));
    assert_string_equal(err.why, "memory ran out");
    assert_false(err_set_no_memory(&err));
    assert_int_equal(err.kind, ERR_SYSTEM);
    assert_string_equal(err.why, "out of memory");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(setting_fills_from_nothing_and_returns_false),
        cmocka_unit_test(errnos_text_follows_a_colon),
        cmocka_unit_test(completing_replaces_and_adding_appends),
        cmocka_unit_test(texts_that_do_not_fit_end_in_a_mark),
        cmocka_unit_test(a_text_that_just_fits_has_no_mark),
        cmocka_unit_test(what_is_added_is_cut_at_every_fill_level),
        cmocka_unit_test(a_list_keeps_copies_in_order),
        cmocka_unit_test(a_new_failure_is_added_in_one_statement),
        cmocka_unit_test(past_its_maximum_a_list_counts),
        cmocka_unit_test(a_list_that_only_counted_is_not_empty),
        cmocka_unit_test(once_memory_ran_out_every_failure_says_so),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
