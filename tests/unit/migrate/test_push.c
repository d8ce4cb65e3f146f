/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "migrate/map_read.h"
#include "migrate/push_check.h"
#include "migrate/push_plan.h"

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

struct fixture {
    struct dotenv dotenv;
    struct dotenv other;
    struct map map;
    struct push_plan plan;
    struct env_file against;
    struct string_list placeholders;
    struct string_list reused;
    struct push_rules rules;
    struct err_list findings;
};

static void parse(const char *text, struct dotenv *dotenv)
{
    CLEANUP(secret_clear) struct secret contents = SECRET_INIT(DOTENV_MAX_BYTES);
    CLEANUP(err_list_clear) struct err_list problems = { 0 };
    secret_append_string(&contents, text);
    assert_true(dotenv_parse(&contents, "file", dotenv, &problems));
}

/* What push_check finds. The map's first line is put before it. */
static void check(struct fixture *fixture, const char *file, const char *env, const char *map)
{
    CLEANUP(secret_clear) struct secret contents = SECRET_INIT(DOTENV_MAX_BYTES);
    struct err err;
    secret_append_string(&contents, MAP_FIRST_LINE "\n");
    secret_append_string(&contents, map);
    parse(env, &fixture->dotenv);
    assert_true(map_read(&contents, "map", &fixture->map, &fixture->findings));
    assert_true(push_plan_make(&fixture->dotenv, &fixture->map, &fixture->plan, &err));
    fixture->rules.file = (struct env_file){ file, &fixture->dotenv };
    fixture->rules.path = file;
    fixture->rules.map = "map";
    fixture->rules.allow_placeholder = &fixture->placeholders;
    fixture->rules.allow_reuse = &fixture->reused;
    assert_true(push_check(&fixture->plan, &fixture->rules, &fixture->findings, &err));
}

static void clear(struct fixture *fixture)
{
    push_plan_clear(&fixture->plan);
    map_clear(&fixture->map);
    dotenv_clear(&fixture->dotenv);
    dotenv_clear(&fixture->other);
    string_list_clear(&fixture->placeholders);
    string_list_clear(&fixture->reused);
    err_list_clear(&fixture->findings);
}

static void items_are_sorted_by_parameter(void **state)
{
    (void)state;
    CLEANUP(clear) struct fixture fixture = { 0 };
    check(&fixture, ".env", "B=x\nA=y\nK=z\nR=old\nSTRAY=1\n",
            "B=ssm:///p/a\nA=ssm:///p/b\nLOST=ssm:///p/c\n# plain\nK=z\n# retired: R\n");
    assert_int_equal(fixture.plan.len, 4);
    assert_string_equal(fixture.plan.items[0].variable, "STRAY");
    assert_string_equal(fixture.plan.items[1].variable, "B");
    assert_string_equal(fixture.plan.items[2].variable, "A");
    assert_string_equal(fixture.plan.items[3].variable, "LOST");
    assert_string_equal(push_parameter(&fixture.plan.items[0]), "-");
    assert_int_equal(fixture.findings.len, 2);
    assert_string_equal(fixture.findings.items[0].where, ".env:5: STRAY");
    assert_string_equal(fixture.findings.items[1].where, "map:4: LOST");
    assert_int_equal(push_count_action(&fixture.plan, PUSH_BLOCKED), 2);
    assert_int_equal(push_count_action(&fixture.plan, PUSH_UNDECIDED), 2);
}

static void what_a_value_says_for_itself(void **state)
{
    (void)state;

    static const struct {
        const char *value;
        const char *why; /* NULL: it may be pushed */
        bool may_be_allowed;
    } ROWS[] = {
        { "sound", NULL, false },
        { "''", "is empty", false },
        { "'a {{ b'", "holds {{ }}", false },
        { "'a { { b'", NULL, false },
        { "'${HOST}:1'", "refers to another variable", true },
        { "'a$OTHER/'", "refers to another variable", true },
        { "'a$OTHERS/'", NULL, false },
        { "'pa$$w0rd$x'", NULL, false },
        { "'\\${HOST}'", NULL, false },
        { "'$'", NULL, false },
        { "'${1}'", NULL, false },
        { "changeme", "placeholder", true },
        { "ssm:///p/x", "is a reference", false },
        { "AKI"
          "A2E0A8F3B244C9986",
                "AWS credentials", false },
    };

    for (size_t i = 0; i < COUNT_OF(ROWS); i++) {
        CLEANUP(clear) struct fixture fixture = { 0 };
        char env[256];
        struct err err;
        (void)snprintf(env, sizeof(env), "V=%s\nOTHER=1\n", ROWS[i].value);
        check(&fixture, ".env", env, "V=ssm:///p/v\n# retired: OTHER\n");
        bool is_found = fixture.findings.len == 1 && ROWS[i].why != NULL
                && strstr(fixture.findings.items[0].why, ROWS[i].why) != NULL;
        if (is_found != (ROWS[i].why != NULL) || fixture.findings.len > 1) {
            fail_msg("%s: %s", ROWS[i].value,
                    fixture.findings.len == 0 ? "nothing" : fixture.findings.items[0].why);
        }
        clear(&fixture);
        fixture = (struct fixture){ 0 };
        assert_true(string_list_add(&fixture.placeholders, "V", 1, &err));
        check(&fixture, ".env", env, "V=ssm:///p/v\n# retired: OTHER\n");
        bool is_refused = ROWS[i].why != NULL && !ROWS[i].may_be_allowed;
        assert_int_equal(fixture.findings.len, is_refused ? 1 : 0);
    }
}

static void a_placeholder_word_is_a_value_where_no_secret_is(void **state)
{
    (void)state;
    CLEANUP(clear) struct fixture fixture = { 0 };
    check(&fixture, ".env", "NODE_ENV=test\nLOG_LEVEL=none\n",
            "NODE_ENV=ssm:///p/node_env\nLOG_LEVEL=ssm:///p/log_level\n");
    assert_int_equal(fixture.findings.len, 0);
}

static void sizes_are_those_of_the_tier(void **state)
{
    (void)state;

    static const struct {
        size_t len;
        const char *attributes;
        bool fits;
    } ROWS[] = {
        { 4096, "", true },
        { 4097, "", false },
        { 4097, "# tier=standard\n", false },
        { 4097, "# tier=advanced\n", true },
        { 8192, "# tier=advanced\n", true },
        { 8193, "# tier=advanced\n", false },
    };

    for (size_t i = 0; i < COUNT_OF(ROWS); i++) {
        CLEANUP(clear) struct fixture fixture = { 0 };
        char env[9000] = "V=";
        char map[100];
        memset(env + 2, 'x', ROWS[i].len);
        (void)snprintf(map, sizeof(map), "%sV=ssm:///p/v\n", ROWS[i].attributes);
        check(&fixture, ".env", env, map);
        assert_int_equal(fixture.findings.len, ROWS[i].fits ? 0 : 1);
    }
}

static void environments_are_those_of_the_launcher(void **state)
{
    (void)state;

    static const struct {
        const char *file;
        const char *parameter;
        bool is_mixed;
    } ROWS[] = {
        { ".env", "/prod/v", false },
        { ".env.production", "/prod/v", false },
        { ".env.staging", "/prod/v", true },
        { "env/staging.env", "/prod/v", true },
        { "staging/.env", "/prod/v", true },
        { "/srv/staging/.env", "/prod/v", true },
        { "staging/.env.production", "/prod/v", false }, /* the file's own name comes first */
        { "staging/api/.env", "/prod/v", false },        /* only the folder it is in counts */
        { "dev-tools/.env", "/prod/v", false },
        { ".env.Staging", "/PROD/v", true },
        { "api-dev_local.env", "/prod/v", true },
        { ".env.stage", "/staging/v", false },
        { ".env.staging", "/api/v", false },
        { ".env.prod", "/test/v", true },
        { "standard input", "/prod/v", false },
    };

    for (size_t i = 0; i < COUNT_OF(ROWS); i++) {
        CLEANUP(clear) struct fixture fixture = { 0 };
        char map[100];
        (void)snprintf(map, sizeof(map), "V=ssm://%s\n", ROWS[i].parameter);
        check(&fixture, ROWS[i].file, "V=x1\n", map);
        if (fixture.findings.len != (ROWS[i].is_mixed ? 1 : 0)) {
            fail_msg("%s to %s", ROWS[i].file, ROWS[i].parameter);
        }
        clear(&fixture);
        fixture = (struct fixture){ .rules = { .allow_mixed = true } };
        check(&fixture, ROWS[i].file, "V=x1\n", map);
        assert_int_equal(fixture.findings.len, 0);
    }
}

static void a_secret_of_another_file_is_found_under_any_name(void **state)
{
    (void)state;
    CLEANUP(clear) struct fixture fixture = { 0 };
    struct err err;
    for (int allowed = 0; allowed <= 1; allowed++) {
        clear(&fixture);
        fixture = (struct fixture){ 0 };
        parse("X=1\nY=r4nd0mbytes\n", &fixture.other);
        fixture.against = (struct env_file){ "other", &fixture.other };
        fixture.rules = (struct push_rules){ .against = &fixture.against, .against_count = 1 };
        if (allowed == 1) {
            assert_true(string_list_add(&fixture.reused, "A_PASSWORD", 10, &err));
        }
        check(&fixture, ".env", "A_PASSWORD=r4nd0mbytes\nPORT=1\n",
                "A_PASSWORD=ssm:///p/a\nPORT=ssm:///p/port\n");
        assert_int_equal(fixture.findings.len, 1 - allowed);
    }
    assert_int_equal(push_count_action(&fixture.plan, PUSH_UNDECIDED), 2);
}

static void what_is_there_decides(void **state)
{
    (void)state;
    CLEANUP(secret_clear) struct secret same = SECRET_INIT(100);
    CLEANUP(secret_clear) struct secret differs = SECRET_INIT(100);
    secret_append_string(&same, "value");
    secret_append_string(&differs, "valuf");

    const struct {
        struct push_stored stored;
        bool may_overwrite;
        enum push_action action;
    } rows[] = {
        { { .is_found = false }, true, PUSH_CREATE },
        { { true, "SecureString", 3, &same }, true, PUSH_SAME },
        { { true, "SecureString", 3, &differs }, false, PUSH_DIFFERS },
        { { true, "SecureString", 3, &differs }, true, PUSH_OVERWRITE },
        { { true, "String", 3, &same }, true, PUSH_BLOCKED },
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        CLEANUP(clear) struct fixture fixture = { 0 };
        struct err err;
        check(&fixture, ".env", "V=value\n", "V=ssm:///p/v\n");
        /* "value" looks like a placeholder, but that is not what this is about */
        struct push_item *item = &fixture.plan.items[0];
        assert_true(push_decide(item, &rows[i].stored, rows[i].may_overwrite, &err));
        assert_int_equal(item->action, rows[i].action);
        assert_int_equal(item->version, rows[i].stored.is_found ? 3 : 0);
    }
}

static void every_action_and_result_has_a_word(void **state)
{
    (void)state;
    for (int i = 0; i < PUSH_ACTIONS; i++) {
        assert_non_null(push_action_word((enum push_action)i));
    }
    for (int i = 0; i < PUSH_RESULTS; i++) {
        assert_non_null(push_result_word((enum push_result)i));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(items_are_sorted_by_parameter),
        cmocka_unit_test(what_a_value_says_for_itself),
        cmocka_unit_test(a_placeholder_word_is_a_value_where_no_secret_is),
        cmocka_unit_test(sizes_are_those_of_the_tier),
        cmocka_unit_test(environments_are_those_of_the_launcher),
        cmocka_unit_test(a_secret_of_another_file_is_found_under_any_name),
        cmocka_unit_test(what_is_there_decides),
        cmocka_unit_test(every_action_and_result_has_a_word),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
