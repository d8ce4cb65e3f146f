/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "migrate/map_name.h"

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

static void a_name_comes_back_to_its_variable(void **state)
{
    (void)state;

    static const struct {
        const char *variable;
        enum map_style style;
        const char *want;
    } ROWS[] = {
        { "DB_PASSWORD", MAP_WORDS, "/prod/api/db_password" },
        { "DB_PASSWORD", MAP_DASHES, "/prod/api/db-password" },
        { "DB_PASSWORD", MAP_LEVELS, "/prod/api/db/password" },
        { "A__B", MAP_DASHES, "/prod/api/a--b" },
        { "A__B_C", MAP_LEVELS, "/prod/api/a__b/c" },
        { "_A_", MAP_LEVELS, "/prod/api/_a_" },
        { "_", MAP_LEVELS, "/prod/api/_" },
        { "_", MAP_DASHES, "/prod/api/-" },
        { "AWS_REGION9", MAP_LEVELS, "/prod/api/aws/region9" },
    };

    for (size_t i = 0; i < COUNT_OF(ROWS); i++) {
        char *parameter = NULL;
        struct err err = { 0 };
        if (!map_name_make(ROWS[i].variable, "/prod/api", ROWS[i].style, &parameter, &err)) {
            fail_msg("%s: %s", ROWS[i].variable, err.why);
        }
        assert_string_equal(parameter, ROWS[i].want);
        free(parameter);
    }
}

static void a_name_that_does_not_come_back_is_an_error(void **state)
{
    (void)state;
    char *parameter = NULL;
    struct err err = { 0 };
    assert_false(map_name_make("http_proxy", "/p", MAP_WORDS, &parameter, &err));
    assert_null(parameter);
    assert_int_equal(err.kind, ERR_MAPPING);
    assert_string_equal(err.where, "http_proxy");
    assert_non_null(
            strstr(err.why, "of /p/http_proxy ssm-exec would make the variable HTTP_PROXY"));
    assert_non_null(strstr(err.hint, "--keep"));
}

static void levels_and_length_have_a_limit(void **state)
{
    (void)state;
    static const char fifteen[] = "A_B_C_D_E_F_G_H_I_J_K_L_M_N";
    static const char sixteen[] = "A_B_C_D_E_F_G_H_I_J_K_L_M_N_O";
    char variable[2000];
    char *parameter = NULL;
    struct err err = { 0 };
    assert_true(map_name_make(fifteen, "/p", MAP_LEVELS, &parameter, &err));
    free(parameter);
    assert_false(map_name_make(sixteen, "/p", MAP_LEVELS, &parameter, &err));
    assert_non_null(strstr(err.why, "more than 15 levels"));
    memset(variable, 'A', sizeof(variable));
    variable[1011 - 45 - strlen("/p/")] = '\0';
    assert_true(map_name_make(variable, "/p", MAP_WORDS, &parameter, &err));
    free(parameter);
    variable[strlen(variable)] = 'A';
    variable[1011 - 45 - strlen("/p/") + 1] = '\0';
    assert_false(map_name_make(variable, "/p", MAP_WORDS, &parameter, &err));
    assert_non_null(strstr(err.why, "it is too long"));
}

static void faults_of_paths_are_told(void **state)
{
    (void)state;

    static const struct {
        const char *path;
        const char *want; /* a part of it; NULL: none */
    } ROWS[] = {
        { "/prod/api", NULL },
        { "/p.q-r_S/9", NULL },
        { "/prod/aws", NULL },
        { "prod", "does not begin with '/'" },
        { "", "does not begin with '/'" },
        { "/prod api", "only letters" },
        { "/prod/\xc3\xa9", "only letters" },
        { "/prod/", "a level is empty" },
        { "/prod//api", "a level is empty" },
        { "/", "a level is empty" },
        { "/aws/x", "reserved" },
        { "/SSMx", "reserved" },
        { "/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a", NULL },
        { "/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a", "15 levels" },
    };

    for (size_t i = 0; i < COUNT_OF(ROWS); i++) {
        const char *fault = map_name_fault(ROWS[i].path);
        bool is_right = ROWS[i].want == NULL ? fault == NULL
                                             : fault != NULL && strstr(fault, ROWS[i].want) != NULL;
        if (!is_right) {
            fail_msg("%s: %s", ROWS[i].path, fault == NULL ? "no fault" : fault);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_name_comes_back_to_its_variable),
        cmocka_unit_test(a_name_that_does_not_come_back_is_an_error),
        cmocka_unit_test(levels_and_length_have_a_limit),
        cmocka_unit_test(faults_of_paths_are_told),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
