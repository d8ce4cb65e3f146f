/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "vars/var_name.h"

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

static void knows_a_valid_name(void **state)
{
    (void)state;

    static const struct {
        const char *name;
        bool want;
    } ROWS[] = {
        { "A", true },
        { "z", true },
        { "_", true },
        { "_9", true },
        { "aZ_09", true },
        { "", false },
        { "9", false },
        { "0A", false },
        { "A-B", false },
        { "A.B", false },
        { "A B", false },
        { "A=", false },
        { "\xc3\xa9", false },
        { "A\x80", false },
        { "@", false },
        { "[", false },
        { "`", false },
        { "{", false },
        { "A/", false },
        { "A:", false },
    };

    for (size_t i = 0; i < COUNT_OF(ROWS); i++) {
        if (var_name_is_valid(ROWS[i].name, strlen(ROWS[i].name)) != ROWS[i].want) {
            fail_msg("\"%s\"", ROWS[i].name);
        }
    }
    assert_true(var_name_is_valid("A=b", 1));
    assert_false(var_name_is_valid("A\0B", 3));
}

static void the_path_goes_and_the_prefix_comes(void **state)
{
    (void)state;

    static const struct {
        const char *parameter;
        const char *path;
        const char *prefix;
        bool flat;
        bool preserve_case;
        const char *want;
    } ROWS[] = {
        { "/prod/api/db/pass-word", "/prod/api", "", false, false, "DB_PASS_WORD" },
        { "/p/a.b-c/d", "/p", "", false, false, "A_B_C_D" },
        { "/p/a", "/p", "x_", false, false, "x_A" },
        { "/p/aB", "/p", "", false, true, "aB" },
        { "/p/l/aB", "/p", "", true, true, "aB" },
        { "/p/l/m/a", "/p", "", true, false, "A" },
        { "/p/a", "/p", "", true, false, "A" },
        { "/p/9a", "/p", "N", false, false, "N9A" },
        { "/p/q/a", "/", "", false, false, "P_Q_A" },
        { "plain", "/", "", false, false, "PLAIN" },
        { "/plain", "/", "", true, false, "PLAIN" },
        { "/p/_", "/p", "", false, false, "_" },
        /* The path is a string, not a pattern: its own characters do not come back. */
        { "/p.q/a", "/p.q", "", false, false, "A" },
    };

    for (size_t i = 0; i < COUNT_OF(ROWS); i++) {
        const struct var_name_rules rules = { .flat = ROWS[i].flat,
            .preserve_case = ROWS[i].preserve_case };
        char *name = NULL;
        struct err err = { 0 };
        if (!var_name_make(ROWS[i].parameter, ROWS[i].path, ROWS[i].prefix, &rules, &name, &err)) {
            fail_msg("%s: %s", ROWS[i].parameter, err.why);
        }
        assert_string_equal(name, ROWS[i].want);
        free(name);
    }
}

static void what_is_not_a_name_is_an_error_at_the_parameter(void **state)
{
    (void)state;

    static const struct {
        const char *parameter;
        const char *prefix;
        const char *shown;
    } ROWS[] = {
        { "/p/9a", "", "9A" },
        { "/p/a b", "", "A B" },
        { "/p/a", "9", "9A" },
        { "/p/a=b", "", "A=B" },
        { "/p/\xc3\xa9", "", "\xc3\xa9" },
    };

    for (size_t i = 0; i < COUNT_OF(ROWS); i++) {
        const struct var_name_rules rules = { 0 };
        char *name = NULL;
        struct err err = { 0 };
        assert_false(var_name_make(ROWS[i].parameter, "/p", ROWS[i].prefix, &rules, &name, &err));
        assert_null(name);
        assert_int_equal(err.kind, ERR_MAPPING);
        assert_string_equal(err.where, ROWS[i].parameter);
        assert_non_null(strstr(err.why, ROWS[i].shown));
        assert_non_null(strstr(err.hint, "/p=PREFIX_"));
    }
}

static void own_settings_begin_with_the_prefix(void **state)
{
    (void)state;
    assert_true(var_name_is_own("SSM_EXEC_", 9));
    assert_true(var_name_is_own("SSM_EXEC_REGION=x", 15));
    assert_false(var_name_is_own("SSM_EXEC_", 8));
    assert_false(var_name_is_own("SSM_EXEC", 8));
    assert_false(var_name_is_own("ssm_exec_region", 15));
    assert_false(var_name_is_own("MY_SSM_EXEC_REGION", 18));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(knows_a_valid_name),
        cmocka_unit_test(own_settings_begin_with_the_prefix),
        cmocka_unit_test(the_path_goes_and_the_prefix_comes),
        cmocka_unit_test(what_is_not_a_name_is_an_error_at_the_parameter),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
