/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "migrate/map_read.h"

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

static bool read(const char *text, struct map *map, struct err_list *problems)
{
    CLEANUP(secret_clear) struct secret secret = SECRET_INIT(1 << 20);
    secret_append_string(&secret, text);
    return map_read(&secret, "prod.map", map, problems);
}

static void each_attribute_belongs_to_the_next_variable(void **state)
{
    (void)state;
    CLEANUP(map_clear) struct map map = { 0 };
    CLEANUP(err_list_clear) struct err_list problems = { 0 };
    assert_true(read("# ssm-dotenv map 1\r\n"
                     "# SecureString key=alias/a/b-c_d tier=advanced shared\n"
                     "A=ssm:///p/a\n"
                     "B=ssm:///p/b\n"
                     "# StringList\n"
                     "# tier=standard\n"
                     "\n"
                     "# people's\n"
                     "C=ssm:///p/c\r\n"
                     "#plain\n"
                     "D=production\n"
                     "# plain\n"
                     "E=\n"
                     "# retired: OLD, OLDER",
            &map, &problems));

    static const struct {
        enum map_line_kind kind;
        size_t line;
        const char *comment;
        const char *name;
        const char *value;
        const char *parameter;
        enum map_type type;
        enum map_tier tier;
        const char *key_id;
        bool is_shared;
    } WANTED[] = {
        { MAP_PARAMETER, 3, NULL, "A", NULL, "/p/a", MAP_SECURE_STRING, MAP_TIER_ADVANCED,
                "alias/a/b-c_d", true },
        { MAP_PARAMETER, 4, NULL, "B", NULL, "/p/b", MAP_SECURE_STRING, MAP_TIER_UNSAID, NULL,
                false },
        { MAP_COMMENT, 7, "", NULL, NULL, NULL, 0, 0, NULL, false },
        { MAP_COMMENT, 8, "# people's", NULL, NULL, NULL, 0, 0, NULL, false },
        { MAP_PARAMETER, 9, NULL, "C", NULL, "/p/c", MAP_STRING_LIST, MAP_TIER_STANDARD, NULL,
                false },
        { MAP_PLAIN, 11, NULL, "D", "production", NULL, 0, 0, NULL, false },
        { MAP_PLAIN, 13, NULL, "E", "", NULL, 0, 0, NULL, false },
        { MAP_RETIRED, 14, NULL, "OLD", NULL, NULL, 0, 0, NULL, false },
        { MAP_RETIRED, 14, NULL, "OLDER", NULL, NULL, 0, 0, NULL, false },
    };

    assert_int_equal(map.len, COUNT_OF(WANTED));
    for (size_t i = 0; i < COUNT_OF(WANTED); i++) {
        const struct map_line *got = &map.lines[i];
        const char *got_texts[] = { got->comment, got->name, got->value, got->parameter,
            got->key_id };
        const char *texts[] = { WANTED[i].comment, WANTED[i].name, WANTED[i].value,
            WANTED[i].parameter, WANTED[i].key_id };
        assert_int_equal(got->kind, WANTED[i].kind);
        assert_int_equal(got->line, WANTED[i].line);
        assert_int_equal(got->type, WANTED[i].type);
        assert_int_equal(got->tier, WANTED[i].tier);
        assert_int_equal(got->is_shared, WANTED[i].is_shared);
        for (size_t text = 0; text < COUNT_OF(texts); text++) {
            assert_true((got_texts[text] == NULL) == (texts[text] == NULL));
            assert_string_equal(texts[text] == NULL ? "" : got_texts[text],
                    texts[text] == NULL ? "" : texts[text]);
        }
    }
}

static void a_map_that_is_written_again_is_the_same(void **state)
{
    (void)state;
    static const char text[] = "# ssm-dotenv map 1\n"
                               "# The database\n"
                               "\n"
                               "# SecureString key=alias/prod tier=advanced shared\n"
                               "DB_PASSWORD=ssm:///prod/api/db_password\n"
                               "# String tier=standard\n"
                               "PORT=ssm:///prod/api/port\n"
                               "# plain\n"
                               "NODE_ENV=production\n"
                               "# retired: OLD_FLAG\n";
    CLEANUP(map_clear) struct map map = { 0 };
    CLEANUP(err_list_clear) struct err_list problems = { 0 };
    CLEANUP(text_clear) struct text out = TEXT_INIT(1 << 20);
    assert_true(read(text, &map, &problems));
    map_write(&map, &out);
    assert_string_equal(text_string(&out), text);
}

static void what_is_wrong_has_its_place_and_nothing_of_the_file(void **state)
{
    (void)state;

    static const struct {
        const char *text;
        const char *where;
        const char *why; /* a part of it */
    } ROWS[] = {
        { "# SecureString key=alias/a hunter2\nA=ssm:///p/a", "prod.map:2", "not an attribute" },
        { "# shared settings of hunter2\nA=ssm:///p/a", "prod.map:2", "not an attribute" },
        { "# tier=cheap\nA=ssm:///p/a", "prod.map:2", "not an attribute" },
        { "# key=\nA=ssm:///p/a", "prod.map:2", "not an attribute" },
        { "# key=hunter2!\nA=ssm:///p/a", "prod.map:2", "not an attribute" },
        { "# String SecureString\nA=ssm:///p/a", "prod.map:2", "two types" },
        { "# String key=alias/a\nA=ssm:///p/a", "prod.map:3: A", "type is not SecureString" },
        { "# plain\nA=ssm:///p/a", "prod.map:3: A", "says that it is plain" },
        { "A=hunter2", "prod.map:2: A", "no comment above it says that it is plain" },
        { "A=", "prod.map:2: A", "no comment above it" },
        { "# plain shared\nA=x", "prod.map:3: A", "attributes of a parameter too" },
        { "# plain\nA=hunter2 x", "prod.map:3: A", "take for something else" },
        { "# plain\nA=\"hunter2\"", "prod.map:3: A", "take for something else" },
        { "# plain\nA=$hunter2", "prod.map:3: A", "take for something else" },
        { "A=ssm:///p/a:7", "prod.map:2: A", "by its name alone" },
        { "A=ssm:///p/a#b", "prod.map:2: A", "by its name alone" },
        { "A=ssm:///aws/reference/secretsmanager/a", "prod.map:2: A", "by its name alone" },
        { "A=ssm:///p/a ", "prod.map:2: A", "by its name alone" },
        { "A = ssm:///p/a", "prod.map:2", "expected NAME=VALUE" },
        { "export A=ssm:///p/a", "prod.map:2", "expected NAME=VALUE" },
        { "hunter2", "prod.map:2", "expected NAME=VALUE" },
        { "SSM_EXEC_REGION=ssm:///p/a", "prod.map:2: SSM_EXEC_REGION", "setting of ssm-exec" },
        { "A=ssm:///p/a\rB=ssm:///p/b", "prod.map:2", "carriage return" },
        { "# String", "prod.map:2", "no variable follows" },
        { "# retired:", "prod.map:2", "no name behind" },
        { "# retired: A-hunter2", "prod.map:2", "not a variable name" },
        { "A=ssm:///p/a\nB=ssm:///p/a", "prod.map:3: B",
                "/p/a is the parameter of A too, on line 2" },
        { "A=ssm:///p/a\n\nA=ssm:///p/b", "prod.map:4: A", "twice: it stands on line 2 too" },
        { "A=ssm:///p/a\n# retired: A", "prod.map:3: A", "twice: it stands on line 2 too" },
    };

    for (size_t i = 0; i < COUNT_OF(ROWS); i++) {
        CLEANUP(map_clear) struct map map = { 0 };
        CLEANUP(err_list_clear) struct err_list problems = { 0 };
        CLEANUP(text_clear) struct text text = TEXT_INIT(1 << 20);
        text_append_format(&text, "# ssm-dotenv map 1\n%s\n", ROWS[i].text);
        assert_false(read(text_string(&text), &map, &problems));
        assert_int_equal(map.len, 0);
        if (problems.len != 1 || strcmp(problems.items[0].where, ROWS[i].where) != 0
                || strstr(problems.items[0].why, ROWS[i].why) == NULL) {
            fail_msg("%s: %zu problems: %s: %s", ROWS[i].text, problems.len,
                    problems.items[0].where, problems.items[0].why);
        }
        assert_null(strstr(problems.items[0].why, "hunter2"));
        assert_null(strstr(problems.items[0].hint, "hunter2"));
    }
}

static void all_problems_are_told_at_once(void **state)
{
    (void)state;
    CLEANUP(map_clear) struct map map = { 0 };
    CLEANUP(err_list_clear) struct err_list problems = { 0 };
    assert_false(read("# ssm-dotenv map 1\nA=x\nB=y\n# String x\nC=ssm:///p/c\nC=ssm:///p/d\n",
            &map, &problems));
    assert_int_equal(problems.len, 4);
}

static void the_first_line_says_that_it_is_a_map(void **state)
{
    (void)state;

    static const struct {
        const char *text;
        const char *why;
    } ROWS[] = {
        { "", "not a map" },
        { "PASSWORD=hunter2\n", "not a map" },
        { "# ssm-dotenv map 10\n", "another version" },
        { "# ssm-dotenv map 2\nA=ssm:///p/a\n", "another version" },
    };

    for (size_t i = 0; i < COUNT_OF(ROWS); i++) {
        CLEANUP(map_clear) struct map map = { 0 };
        CLEANUP(err_list_clear) struct err_list problems = { 0 };
        assert_false(read(ROWS[i].text, &map, &problems));
        assert_int_equal(problems.len, 1);
        assert_string_equal(problems.items[0].where, "prod.map:1");
        assert_non_null(strstr(problems.items[0].why, ROWS[i].why));
    }
}

static void a_nul_is_found_wherever_it_stands(void **state)
{
    (void)state;
    static const char text[] = "# ssm-dotenv map 1\nA=ssm:///p/a\0hunter2\n";
    CLEANUP(map_clear) struct map map = { 0 };
    CLEANUP(err_list_clear) struct err_list problems = { 0 };
    CLEANUP(secret_clear) struct secret secret = SECRET_INIT(1 << 20);
    secret_append(&secret, text, sizeof(text) - 1);
    assert_false(map_read(&secret, "prod.map", &map, &problems));
    assert_string_equal(problems.items[0].where, "prod.map:2");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_attribute_belongs_to_the_next_variable),
        cmocka_unit_test(a_map_that_is_written_again_is_the_same),
        cmocka_unit_test(what_is_wrong_has_its_place_and_nothing_of_the_file),
        cmocka_unit_test(all_problems_are_told_at_once),
        cmocka_unit_test(the_first_line_says_that_it_is_a_map),
        cmocka_unit_test(a_nul_is_found_wherever_it_stands),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
