/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "vars/lock.h"

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

static bool parse(const char *text, struct source_list *sources, struct err_list *problems)
{
    CLEANUP(secret_clear) struct secret secret = SECRET_INIT(LOCK_MAX_BYTES);
    secret_append_string(&secret, text);
    return lock_parse(&secret, "x.lock", sources, problems);
}

static void each_entry_becomes_a_pinned_source(void **state)
{
    (void)state;

    static const struct {
        const char *entry;
        const char *name;
        const char *member;
        bool as_file;
    } ROWS[] = {
        { "\"parameter\": \"/a/b\", \"version\": 3", "/a/b:3", NULL, false },
        { "\"parameter\": \"/a/b#m\", \"version\": 3", "/a/b:3", "m", false },
        { "\"parameter\": \"plain\", \"version\": 1", "/plain:1", NULL, false },
        { "\"parameter\": \"arn:aws:ssm:r:1:parameter/a\", \"version\": 9",
                "arn:aws:ssm:r:1:parameter/a:9", NULL, false },
        { "\"parameter\": \"/aws/reference/secretsmanager/a:AWSPREVIOUS#m\", \"version\": 0",
                "/aws/reference/secretsmanager/a:AWSPREVIOUS", "m", false },
        { "\"parameter\": \"/k\", \"version\": 2, \"file\": true, \"new\": {}", "/k:2", NULL,
                true },
        { "\"parameter\": \"/k\", \"version\": 2, \"file\": false", "/k:2", NULL, false },
    };

    for (size_t i = 0; i < COUNT_OF(ROWS); i++) {
        CLEANUP(source_list_clear) struct source_list sources = { 0 };
        CLEANUP(err_list_clear) struct err_list problems = { 0 };
        char text[512];
        (void)snprintf(
                text, sizeof(text), "{\"variables\": [{\"name\": \"V\", %s}]}", ROWS[i].entry);
        if (!parse(text, &sources, &problems)) {
            fail_msg("%s: %s", ROWS[i].entry, problems.items[0].why);
        }
        assert_int_equal(sources.len, 1);
        const struct source *source = &sources.items[0];
        assert_string_equal(source->variable, "V");
        assert_string_equal(source->name, ROWS[i].name);
        assert_string_equal(source->text, "x.lock");
        assert_int_equal(source->as_file, ROWS[i].as_file);
        assert_string_equal(source->member == NULL ? "-" : source->member,
                ROWS[i].member == NULL ? "-" : ROWS[i].member);
    }
}

static void everything_wrong_is_told_at_once_by_place(void **state)
{
    (void)state;

    static const struct {
        const char *text;
        const char *where_and_why;
        size_t count;
    } ROWS[] = {
        { "", "not valid JSON", 1 },
        { "{\"variables\": {}}", "not a lock file", 1 },
        { "{\"variables\": [1, {}, {\"name\": \"\"}]}", "variable 1: is not an object", 3 },
        { "{\"variables\": [{\"name\": \"A\\u0000B\", \"parameter\": \"/a\", \"version\": 1}]}",
                "variable 1: has no \"name\"", 1 },
        { "{\"variables\": [{\"name\": \"A\", \"parameter\": \"/a\", \"version\": 1.5}]}",
                "variable 1 (A): its \"version\" is missing", 1 },
        { "{\"variables\": [{\"name\": \"A\", \"parameter\": \"/a:2\", \"version\": 1}]}",
                "variable 1 (A): its \"parameter\" is not the name of a parameter", 1 },
        { "{\"variables\": [{\"name\": \"A\", \"parameter\": \"/a\", \"version\": 1, \"file\": 1}]}",
                "its \"file\" is not", 1 },
        { "{\"variables\": [{\"name\": \"A\", \"parameter\": \"/a\", \"version\": 1},"
          "{\"name\": \"A\", \"parameter\": \"/b\", \"version\": 1}]}",
                "the variable A occurs twice", 1 },
    };

    for (size_t i = 0; i < COUNT_OF(ROWS); i++) {
        CLEANUP(source_list_clear) struct source_list sources = { 0 };
        CLEANUP(err_list_clear) struct err_list problems = { 0 };
        if (parse(ROWS[i].text, &sources, &problems) || problems.len != ROWS[i].count
                || strstr(problems.items[0].why, ROWS[i].where_and_why) == NULL) {
            fail_msg("%s: %zu problems: %s", ROWS[i].text, problems.len,
                    problems.len > 0 ? problems.items[0].why : "");
        }
        assert_int_equal(problems.items[0].kind, ERR_INPUT);
        assert_string_equal(problems.items[0].where, "x.lock");
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_entry_becomes_a_pinned_source),
        cmocka_unit_test(everything_wrong_is_told_at_once_by_place),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
