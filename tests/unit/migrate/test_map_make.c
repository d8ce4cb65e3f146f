/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "migrate/map_make.h"

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

static const char *const needed[] = { "AWS_REGION" };
static const char *const no_name = NULL;

/* Lists of the rules, which borrow their names. */
struct lists {
    const char *string;
    const char *kept;
    const char *retired;
    const char *shared;
};

static struct string_list list_of(const char *const *name)
{
    /* The list does not release what it is given here. */
    return (struct string_list){ .items = (char **)(uintptr_t)name, .len = *name == NULL ? 0 : 1 };
}

static bool make(
        const char *env, const struct lists *lists, struct text *out, struct err_list *problems)
{
    CLEANUP(secret_clear) struct secret secret = SECRET_INIT(1 << 20);
    CLEANUP(dotenv_clear) struct dotenv dotenv = DOTENV_INIT;
    CLEANUP(map_clear) struct map map = { 0 };
    char path[] = "/prod/shared";
    const struct string_list strings = list_of(&lists->string);
    const struct string_list kept = list_of(&lists->kept);
    const struct string_list retired = list_of(&lists->retired);
    const struct map_shared shared = { .path = path, .names = list_of(&lists->shared) };
    const struct map_rules rules = {
        .path = "/prod",
        .style = MAP_LEVELS,
        .key_id = "alias/k",
        .strings = &strings,
        .kept = &kept,
        .retired = &retired,
        .shared = &shared,
        .shared_count = 1,
        .needed = NAME_PATTERNS(needed),
    };
    secret_append_string(&secret, env);
    assert_true(dotenv_parse(&secret, ".env", &dotenv, problems));
    if (!map_make(&dotenv, ".env", &rules, &map, problems)) {
        assert_int_equal(map.len, 0);
        return false;
    }
    map_write(&map, out);
    return true;
}

static void each_variable_gets_its_line(void **state)
{
    (void)state;
    CLEANUP(err_list_clear) struct err_list problems = { 0 };
    CLEANUP(text_clear) struct text out = TEXT_INIT(1 << 20);
    const struct lists lists = { "PORT", "NODE_ENV", "OLD", "SMTP_HOST" };
    assert_true(make(
            "SMTP_HOST=m\nPORT=1\nOLD='a b'\nNODE_ENV=\"production\"\nEMPTY=''\nDB_PASSWORD=hunter2\n",
            &lists, &out, &problems));
    assert_string_equal(text_string(&out),
            "# ssm-dotenv map 1\n"
            "# SecureString key=alias/k\n"
            "DB_PASSWORD=ssm:///prod/db/password\n"
            "# plain\n"
            "EMPTY=\n"
            "# plain\n"
            "NODE_ENV=production\n"
            "# String\n"
            "PORT=ssm:///prod/port\n"
            "# SecureString key=alias/k shared\n"
            "SMTP_HOST=ssm:///prod/shared/smtp/host\n"
            "# retired: OLD\n");
}

static void the_size_decides_about_the_tier(void **state)
{
    (void)state;

    static const struct {
        size_t bytes;
        const char *want; /* NULL: refused */
    } ROWS[] = {
        { 4096, "# SecureString key=alias/k\n" },
        { 4097, "# SecureString key=alias/k tier=advanced\n" },
        { 8192, "# SecureString key=alias/k tier=advanced\n" },
        { 8193, NULL },
    };

    for (size_t i = 0; i < COUNT_OF(ROWS); i++) {
        CLEANUP(err_list_clear) struct err_list problems = { 0 };
        CLEANUP(text_clear) struct text out = TEXT_INIT(1 << 20);
        char env[10000] = "A=";
        const struct lists lists = { no_name, no_name, no_name, no_name };
        memset(env + 2, 'x', ROWS[i].bytes);
        bool ok = make(env, &lists, &out, &problems);
        assert_int_equal(ok, ROWS[i].want != NULL);
        if (ok) {
            assert_non_null(strstr(text_string(&out), ROWS[i].want));
        } else {
            assert_non_null(strstr(problems.items[0].why, "more than the 8192 bytes"));
        }
    }
}

static void what_cannot_be_a_parameter_is_told_with_its_line(void **state)
{
    (void)state;

    static const struct {
        const char *env;
        struct lists lists;
        const char *where;
        const char *why; /* a part of it */
    } ROWS[] = {
        { "\nPATH=/hunter2", { 0 }, ".env:2: PATH", "guarded" },
        { "LD_PRELOAD=hunter2", { 0 }, ".env:1: LD_PRELOAD", "guarded" },
        { "AWS_REGION=hunter2", { 0 }, ".env:1: AWS_REGION", "needed to read Parameter Store" },
        { "A=ssm:///hunter2", { 0 }, ".env:1: A", "is a reference" },
        { "a=hunter2", { 0 }, ".env:1: a", "would make the variable A" },
        { "A='hunter2 x'", { .kept = "A" }, ".env:1: A", "cannot be kept" },
        { "A=hunter2$", { .kept = "A" }, ".env:1: A", "cannot be kept" },
        { "A=ssm:///hunter2", { .kept = "A" }, ".env:1: A", "cannot be kept" },
        { "SHARED_A=hunter2\nA=hunter2", { .shared = "A" }, ".env:1: SHARED_A",
                "/prod/shared/a is the parameter of A too, on line 2" },
        { "ALPHA=hunter2", { .kept = "ALPHE" }, "--keep", "no variable ALPHE in .env" },
        { "ALPHA=hunter2", { .string = "X" }, "--string", "no variable X in .env" },
        { "ALPHA=hunter2", { .retired = "X" }, "--retire", "no variable X in .env" },
        { "ALPHA=hunter2", { .shared = "X" }, "--shared", "no variable X in .env" },
        { "A=hunter2", { .kept = "A", .retired = "A" }, "--keep", "A cannot be named by --retire" },
        { "A=hunter2", { .string = "A", .kept = "A" }, "--string", "A cannot be named by --keep" },
        { "A=hunter2", { .string = "A", .retired = "A" }, "--string", "named by --retire" },
        { "A=hunter2", { .shared = "A", .retired = "A" }, "--shared", "named by --retire" },
        { "A=hunter2", { .shared = "A", .kept = "A" }, "--shared", "named by --keep" },
    };

    for (size_t i = 0; i < COUNT_OF(ROWS); i++) {
        CLEANUP(err_list_clear) struct err_list problems = { 0 };
        CLEANUP(text_clear) struct text out = TEXT_INIT(1 << 20);
        assert_false(make(ROWS[i].env, &ROWS[i].lists, &out, &problems));
        if (problems.len != 1 || strcmp(problems.items[0].where, ROWS[i].where) != 0
                || strstr(problems.items[0].why, ROWS[i].why) == NULL) {
            fail_msg("%s: %zu problems: %s: %s", ROWS[i].env, problems.len, problems.items[0].where,
                    problems.items[0].why);
        }
        assert_null(strstr(problems.items[0].why, "hunter2"));
        assert_null(strstr(problems.items[0].hint, "hunter2"));
    }
}

static void a_variable_that_is_left_out_is_not_looked_at(void **state)
{
    (void)state;
    static const char *const envs[] = { "PATH=x", "AWS_REGION=x", "a=x", "A=ssm:///x" };
    static const char *const names[] = { "PATH", "AWS_REGION", "a", "A" };
    for (size_t i = 0; i < COUNT_OF(envs); i++) {
        CLEANUP(err_list_clear) struct err_list problems = { 0 };
        CLEANUP(text_clear) struct text out = TEXT_INIT(1 << 20);
        const struct lists lists = { .retired = names[i] };
        assert_true(make(envs[i], &lists, &out, &problems));
        assert_non_null(strstr(text_string(&out), names[i]));
    }
}

static void a_mistyped_name_brings_the_one_that_was_meant(void **state)
{
    (void)state;
    CLEANUP(err_list_clear) struct err_list problems = { 0 };
    CLEANUP(text_clear) struct text out = TEXT_INIT(1 << 20);
    const struct lists lists = { .kept = "NOD_ENV" };
    assert_false(make("NODE_ENV=x\nB=y\n", &lists, &out, &problems));
    assert_string_equal(problems.items[0].hint, "did you mean NODE_ENV?");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_variable_gets_its_line),
        cmocka_unit_test(the_size_decides_about_the_tier),
        cmocka_unit_test(what_cannot_be_a_parameter_is_told_with_its_line),
        cmocka_unit_test(a_variable_that_is_left_out_is_not_looked_at),
        cmocka_unit_test(a_mistyped_name_brings_the_one_that_was_meant),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
