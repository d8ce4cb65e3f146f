/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/environment.h"

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

static void finds_the_first_entry_of_a_name(void **state)
{
    (void)state;
    static char entries[][16] = { "A=1", "AB=2", "EMPTY=", "EMPTY=x", "A=3", "NOEQUALS",
        "E==", "=x=y", "a=4" };
    char *pointers[COUNT_OF(entries) + 1] = { NULL };
    for (size_t i = 0; i < COUNT_OF(entries); i++) {
        pointers[i] = entries[i];
    }
    const struct environment environment = { .entries = pointers };

    static const struct {
        const char *name;
        const char *want_raw;
        const char *want;
    } ROWS[] = {
        { "A", "1", "1" },
        { "AB", "2", "2" },
        { "a", "4", "4" },
        { "E", "=", "=" },
        { "EMPTY", "", NULL },
        { "NOEQUALS", NULL, NULL },
        { "MISSING", NULL, NULL },
        { "EMPT", NULL, NULL },
        { "EMPTY1", NULL, NULL },
    };

    for (size_t i = 0; i < COUNT_OF(ROWS); i++) {
        const char *raw = environment_get_raw(&environment, ROWS[i].name);
        const char *got = environment_get(&environment, ROWS[i].name);
        if ((raw == NULL) != (ROWS[i].want_raw == NULL)
                || (raw != NULL && strcmp(raw, ROWS[i].want_raw) != 0)) {
            fail_msg("%s: raw %s", ROWS[i].name, raw == NULL ? "(none)" : raw);
        }
        if ((got == NULL) != (ROWS[i].want == NULL)
                || (got != NULL && strcmp(got, ROWS[i].want) != 0)) {
            fail_msg("%s: %s", ROWS[i].name, got == NULL ? "(none)" : got);
        }
    }
}

static void an_empty_environment_has_nothing(void **state)
{
    (void)state;
    char *pointers[] = { NULL };
    const struct environment environment = { .entries = pointers };
    assert_null(environment_get(&environment, "A"));
    assert_null(environment_get_raw(&environment, ""));
}

static void a_name_ends_at_the_first_equals_sign(void **state)
{
    (void)state;
    assert_int_equal(environment_name_len("A=b=c"), 1);
    assert_int_equal(environment_name_len("ABC"), 3);
    assert_int_equal(environment_name_len("=x"), 0);
    assert_int_equal(environment_name_len(""), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds_the_first_entry_of_a_name),
        cmocka_unit_test(an_empty_environment_has_nothing),
        cmocka_unit_test(a_name_ends_at_the_first_equals_sign),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
