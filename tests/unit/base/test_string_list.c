/* Lists of strings. */
/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/string_list.h"

static void add(struct string_list *list, const char *text)
{
    struct err err;
    assert_true(string_list_add(list, text, strlen(text), &err));
}

static void copies_what_is_added(void **state)
{
    (void)state;
    struct string_list list = { 0 };
    struct err err;
    char text[] = "name, rest";
    assert_true(string_list_add(&list, text, 4, &err));
    text[0] = 'x';
    assert_int_equal(list.len, 1);
    assert_string_equal(list.items[0], "name");
    string_list_clear(&list);
    assert_int_equal(list.len, 0);
    string_list_clear(&list);
}

static void contains_whole_strings_only(void **state)
{
    (void)state;
    struct string_list list = { 0 };
    assert_false(string_list_contains(&list, ""));
    add(&list, "one");
    add(&list, "two");
    assert_true(string_list_contains(&list, "one"));
    assert_true(string_list_contains(&list, "two"));
    assert_false(string_list_contains(&list, "tw"));
    assert_false(string_list_contains(&list, "twos"));
    string_list_clear(&list);
}

static void sorts_by_bytes_and_keeps_repeats(void **state)
{
    (void)state;
    struct string_list list = { 0 };
    string_list_sort(&list);
    for (int i = 0; i < 20; i++) {
        add(&list, i % 2 == 0 ? "b" : "a");
    }
    add(&list, "B");
    string_list_sort(&list);
    assert_int_equal(list.len, 21);
    assert_string_equal(list.items[0], "B");
    assert_string_equal(list.items[1], "a");
    assert_string_equal(list.items[10], "a");
    assert_string_equal(list.items[11], "b");
    assert_string_equal(list.items[20], "b");
    string_list_clear(&list);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(copies_what_is_added),
        cmocka_unit_test(contains_whole_strings_only),
        cmocka_unit_test(sorts_by_bytes_and_keeps_repeats),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
