/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/text.h"
#include "migrate/compare.h"
#include "migrate/map_read.h"

enum {
    ROW_BYTES = 256
};

static void set(struct secret *secret, const char *value, size_t len)
{
    *secret = SECRET_INIT(1 << 10);
    secret_append(secret, value, len);
}

static bool same(const char *left, size_t left_len, const char *right, size_t right_len)
{
    CLEANUP(secret_clear) struct secret a = SECRET_INIT(1 << 10);
    CLEANUP(secret_clear) struct secret b = SECRET_INIT(1 << 10);
    set(&a, left, left_len);
    set(&b, right, right_len);
    return compare_same_bytes(&a, &b);
}

static void values_are_the_same_only_if_each_byte_is(void **state)
{
    (void)state;
    assert_true(same("", 0, "", 0));
    assert_true(same("a\0b", 3, "a\0b", 3));
    assert_false(same("a\0b", 3, "a\0c", 3));
    assert_false(same("a", 1, "a\0", 2));
    assert_false(same("\x80", 1, "\0", 1));
    assert_false(same("ab", 2, "ba", 2));
    assert_false(same("value", 5, "value ", 6));
}

/* What the table would have: one line for each row. */
static void format(const struct compare_rows *rows, struct text *out)
{
    for (size_t i = 0; i < rows->len; i++) {
        const struct compare_row *row = &rows->items[i];
        text_append_format(out, "%s %s %s%s%s\n", compare_state_word(row->state),
                row->variable == NULL ? "-" : row->variable,
                row->parameter == NULL ? "-" : row->parameter, row->note == NULL ? "" : ": ",
                row->note == NULL ? "" : row->note);
    }
}

struct world {
    const char *map;
    const char *env; /* NULL: no env file */
    const char *path;
    struct compare_stored stored[4];
    struct compare_extra extras[3];
    size_t extra_count;
};

static void check(const struct world *world, const char *wanted)
{
    CLEANUP(secret_clear) struct secret map_text = SECRET_INIT(1 << 16);
    CLEANUP(secret_clear) struct secret env_text = SECRET_INIT(1 << 16);
    CLEANUP(err_list_clear) struct err_list problems = { 0 };
    CLEANUP(map_clear) struct map map = { 0 };
    CLEANUP(dotenv_clear) struct dotenv dotenv = DOTENV_INIT;
    CLEANUP(compare_rows_clear) struct compare_rows rows = { 0 };
    CLEANUP(text_clear) struct text out = TEXT_INIT(1 << 16);
    struct err err;
    secret_append_string(&map_text, world->map);
    secret_append_string(&env_text, world->env == NULL ? "" : world->env);
    assert_true(map_read(&map_text, "map", &map, &problems));
    assert_true(dotenv_parse(&env_text, "env", &dotenv, &problems));
    const struct compare_input input = {
        .map = &map,
        .stored = world->stored,
        .dotenv = world->env == NULL ? NULL : &dotenv,
        .path = world->path,
        .extras = world->extras,
        .extra_count = world->extra_count,
    };
    assert_true(compare(&input, &rows, &err));
    format(&rows, &out);
    assert_string_equal(text_string(&out), wanted);
}

#define FOUND(the_type, ...)                                            \
    {                                                                   \
        .is_found = true, .type = (the_type), .version = 1, __VA_ARGS__ \
    }

static void keys_are_compared_by_alias_or_by_id(void **state)
{
    (void)state;

    static const struct {
        const char *words; /* on the line above the variable */
        const char *key_id;
        const char *row;
    } KEYS[] = {
        { "SecureString", "alias/aws/ssm", "same A /a\n" },
        { "SecureString", NULL, "same A /a\n" },
        { "SecureString key=alias/prod", "alias/prod", "same A /a\n" },
        { "SecureString key=alias/prod", "arn:aws:kms:us-east-1:123456789012:alias/prod",
                "same A /a\n" },
        { "SecureString key=0b5c-1", "arn:aws:kms:us-east-1:123456789012:key/0b5c-1",
                "same A /a\n" },
        { "SecureString key=alias/prod", "alias/production",
                "key A /a: the key is alias/production, the map says alias/prod\n" },
        { "SecureString", "alias/prod",
                "key A /a: the key is alias/prod, the map says none: alias/aws/ssm\n" },
        { "SecureString key=0b5c-1", "0b5c-2",
                "key A /a: the key is 0b5c-2, the map says 0b5c-1\n" },
        { "SecureString key=alias/prod", "0b5c-1",
                "same A /a: the key is 0b5c-1, the map says alias/prod (an alias and an id cannot "
                "be compared)\n" },
    };

    for (size_t i = 0; i < sizeof(KEYS) / sizeof(KEYS[0]); i++) {
        char map[ROW_BYTES];
        (void)snprintf(map, sizeof(map), "# ssm-dotenv map 1\n# %s\nA=ssm:///a\n", KEYS[i].words);
        const struct world world = {
            .map = map,
            .stored = { FOUND("SecureString", .key_id = KEYS[i].key_id) },
        };
        check(&world, KEYS[i].row);
    }
}

static void a_refusal_and_an_absence_come_before_all_else(void **state)
{
    (void)state;
    CLEANUP(secret_clear) struct secret value = SECRET_INIT(1 << 10);
    secret_append_string(&value, "1");
    const struct world world = {
        .map = "# ssm-dotenv map 1\nC=ssm:///c\nB=ssm:///b\nA=ssm:///a\n",
        .env = "A=1\nB=1\nC=2\n",
        .stored = { FOUND("String", .value = &value), { .denied = "no right" },
                { .is_found = false } },
    };
    check(&world,
            "missing A /a\n"
            "denied B /b: no right\n"
            "type C /c: the map says SecureString; the values differ\n");
}

static void values_that_were_not_asked_for_are_not_compared(void **state)
{
    (void)state;
    const struct world world = {
        .map = "# ssm-dotenv map 1\nA=ssm:///a\n# plain\nB=x\n",
        .stored = { FOUND("SecureString", .value = NULL) },
    };
    check(&world, "same A /a\n");
}

static void plain_and_retired_variables_are_compared_with_the_file(void **state)
{
    (void)state;
    const struct world world = {
        .map = "# ssm-dotenv map 1\n# plain\nA=\n# plain\nB=x\n# plain\nC=x\n# plain\nD=x\n"
               "# retired: E\n",
        .env = "A=\nB=x\nC=xx\nE=1\nF=1\n",
    };
    check(&world,
            "same A -: plain in the map\n"
            "same B -: plain in the map\n"
            "differs C -: plain in the map; the values differ\n"
            "differs D -: plain in the map; the env file does not have this variable\n"
            "missing F -: the map neither maps, keeps nor retires it\n");
}

static void the_path_form_has_to_give_the_same_variables(void **state)
{
    (void)state;
    const struct world world = {
        .map = "# ssm-dotenv map 1\nA=ssm:///p/a\nB=ssm:///p/bb\nC=ssm:///pp/x\n",
        .path = "/p",
        .stored = { FOUND("SecureString", .key_id = NULL), FOUND("SecureString", .key_id = NULL),
                FOUND("SecureString", .key_id = NULL) },
        .extras = { { "/p/z", "String", 3 }, { "/p/a", "SecureString", 1 },
                { "/p/y/0", "String", 1 } },
        .extra_count = 3,
    };
    check(&world,
            "same A /p/a\n"
            "differs B /p/bb: by its path it becomes another variable\n"
            "same C /pp/x\n"
            "extra - /p/y/0: ssm-exec /p sets Y_0 to it\n"
            "extra - /p/z: ssm-exec /p sets Z to it\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values_are_the_same_only_if_each_byte_is),
        cmocka_unit_test(keys_are_compared_by_alias_or_by_id),
        cmocka_unit_test(a_refusal_and_an_absence_come_before_all_else),
        cmocka_unit_test(values_that_were_not_asked_for_are_not_compared),
        cmocka_unit_test(plain_and_retired_variables_are_compared_with_the_file),
        cmocka_unit_test(the_path_form_has_to_give_the_same_variables),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
