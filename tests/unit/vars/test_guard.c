/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "vars/guard.h"

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

enum {
    SOURCES_MAX = 5
};

static void knows_what_acts_before_the_command_does(void **state)
{
    (void)state;

    static const struct {
        const char *variable;
        bool want;
    } ROWS[] = {
        { "LD_PRELOAD", true },
        { "LD_", true },
        { "LD", false },
        { "LDX", false },
        { "ld_preload", false },
        { "GCONV_PATH", true },
        { "GCONV_PATHS", false },
        { "GLIBC_TUNABLES", true },
        { "PATH", true },
        { "PATHS", false },
        { "XPATH", false },
        { "Path", false },
        { "IFS", true },
        { "BASH_ENV", true },
        { "BASH_ENVIRONMENT", false },
        { "SHELLOPTS", true },
        { "BASHOPTS", true },
        { "PS4", true },
        { "PS1", false },
        { "BASH_FUNC_x", true },
        { "BASH_FUNC_x%%", true },
        { "BASH_FUN", false },
    };

    for (size_t i = 0; i < COUNT_OF(ROWS); i++) {
        if (guard_is_guarded(ROWS[i].variable) != ROWS[i].want) {
            fail_msg("%s", ROWS[i].variable);
        }
    }
}

static void read_sources(const char *const texts[], struct source_list *sources)
{
    for (size_t i = 0; i < SOURCES_MAX && texts[i] != NULL; i++) {
        struct source source = { 0 };
        struct err err;
        if (!source_parse(texts[i], false, &source, &err)) {
            fail_msg("%s: %s", texts[i], err.why);
        }
        assert_true(source_list_add_owned(sources, &source, &err));
    }
}

static void sources_of_one_environment_go_together(void **state)
{
    (void)state;

    static const char *const ROWS[][SOURCES_MAX] = {
        { NULL },
        { "/prod" },
        { "/prod", "/prod/api", "A=/prod/a" },
        { "/prod", "/production" },
        { "/stage", "/staging/x" },
        { "/dev", "/development", "A=/DEV/a" },
        { "/PROD", "/prod", "/Production" },
        { "/prod", "/shared", "/aws/service" },
        /* The first level as a whole is what counts. */
        { "/prod", "/device", "/de", "/prod-dev", "/api/dev" },
        { "/prod", "A=/aws/reference/secretsmanager/dev/a" },
        { "/prod", "A=arn:aws:ssm:r:1:parameter/prod/a", "A=arn:aws:ssm:r:1:parameter/x/dev" },
    };

    for (size_t i = 0; i < COUNT_OF(ROWS); i++) {
        CLEANUP(source_list_clear) struct source_list sources = { 0 };
        CLEANUP(err_list_clear) struct err_list problems = { 0 };
        read_sources(ROWS[i], &sources);
        if (!guard_check_environments(&sources, &problems)) {
            fail_msg("row %zu: %s: %s", i, problems.items[0].where, problems.items[0].why);
        }
        assert_true(err_list_is_empty(&problems));
    }
}

static void each_source_of_another_environment_is_named(void **state)
{
    (void)state;

    static const struct {
        const char *texts[SOURCES_MAX];
        const char *named[SOURCES_MAX];
    } ROWS[] = {
        { { "/prod", "/dev" }, { "/dev" } },
        { { "/dev", "/prod" }, { "/prod" } },
        { { "/shared", "/qa", "/uat", "/qa/x" }, { "/uat" } },
        { { "/test", "/preprod", "/test/b", "/sandbox" }, { "/preprod", "/sandbox" } },
        { { "/PROD", "A=/Dev/a" }, { "A=/Dev/a" } },
        { { "/staging", "A=/prod:3" }, { "A=/prod:3" } },
        { { "/prod", "A=arn:aws:ssm:r:1:parameter/dev/a" },
                { "A=arn:aws:ssm:r:1:parameter/dev/a" } },
        { { "/" }, { "/" } },
        { { "/prod", "/", "/prod/a" }, { "/" } },
        { { "/", "/prod", "/dev" }, { "/", "/dev" } },
    };

    for (size_t i = 0; i < COUNT_OF(ROWS); i++) {
        CLEANUP(source_list_clear) struct source_list sources = { 0 };
        CLEANUP(err_list_clear) struct err_list problems = { 0 };
        size_t named = 0;
        read_sources(ROWS[i].texts, &sources);
        assert_false(guard_check_environments(&sources, &problems));
        for (; named < SOURCES_MAX && ROWS[i].named[named] != NULL; named++) {
            assert_true(named < problems.len);
            assert_string_equal(problems.items[named].where, ROWS[i].named[named]);
            assert_int_equal(problems.items[named].kind, ERR_USAGE);
            assert_non_null(strstr(problems.items[named].hint, "--allow-mixed"));
        }
        assert_int_equal(problems.len, named);
    }
}

static void the_two_environments_are_named(void **state)
{
    (void)state;
    CLEANUP(source_list_clear) struct source_list sources = { 0 };
    CLEANUP(err_list_clear) struct err_list problems = { 0 };
    read_sources((const char *const[SOURCES_MAX]){ "/prod/api", "/stage" }, &sources);
    assert_false(guard_check_environments(&sources, &problems));
    assert_non_null(strstr(problems.items[0].why, "staging"));
    assert_non_null(strstr(problems.items[0].why, "production"));
    assert_non_null(strstr(problems.items[0].why, "/prod/api"));
}

/* Parameters of one lock file, and those of another. */
static void a_lock_file_is_told_of_once_for_each_environment(void **state)
{
    (void)state;

    static const struct {
        const char *lock;
        const char *ref;
    } ROWS[] = {
        { "a.lock", "/prod/a:1" },
        { "a.lock", "/dev/a:1" },
        { "a.lock", "/dev/b:1" },
        { "a.lock", "/development/c:1" },
        { "a.lock", "/qa/a:1" },
        { "b.lock", "/qa/a:1" },
    };

    CLEANUP(source_list_clear) struct source_list sources = { 0 };
    CLEANUP(err_list_clear) struct err_list problems = { 0 };
    for (size_t i = 0; i < COUNT_OF(ROWS); i++) {
        struct source source = { 0 };
        struct err err;
        assert_true(source_make_locked(ROWS[i].lock, "V", ROWS[i].ref, false, &source, &err));
        assert_true(source_list_add_owned(&sources, &source, &err));
    }
    assert_false(guard_check_environments(&sources, &problems));
    assert_int_equal(problems.len, 3);
    assert_string_equal(problems.items[0].where, "a.lock: /dev/a");
    assert_string_equal(problems.items[1].where, "a.lock: /qa/a");
    assert_string_equal(problems.items[2].where, "b.lock: /qa/a");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(knows_what_acts_before_the_command_does),
        cmocka_unit_test(sources_of_one_environment_go_together),
        cmocka_unit_test(each_source_of_another_environment_is_named),
        cmocka_unit_test(the_two_environments_are_named),
        cmocka_unit_test(a_lock_file_is_told_of_once_for_each_environment),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
