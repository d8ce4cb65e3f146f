/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "vars/source.h"

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

static const char *text_of(const char *text)
{
    return text == NULL ? "-" : text;
}

static void reads_every_form(void **state)
{
    (void)state;

    static const struct {
        const char *text;
        enum source_kind kind;
        const char *path;
        const char *prefix;
        const char *variable;
        const char *name;
        const char *member;
    } ROWS[] = {
        { "/", SOURCE_PATH, "/", "", "-", "-", "-" },
        { "/prod/api", SOURCE_PATH, "/prod/api", "", "-", "-", "-" },
        { "/prod/api//", SOURCE_PATH, "/prod/api", "", "-", "-", "-" },
        { "/prod/db=DB_", SOURCE_PATH, "/prod/db", "DB_", "-", "-", "-" },
        { "/prod/db/=", SOURCE_PATH, "/prod/db", "", "-", "-", "-" },
        { "/prod/db=1", SOURCE_PATH, "/prod/db", "1", "-", "-", "-" },
        { "A=/a", SOURCE_NAME, "-", "-", "A", "/a", "-" },
        { "_a1=/a/b:7", SOURCE_NAME, "-", "-", "_a1", "/a/b:7", "-" },
        { "A=/a/b:release-42", SOURCE_NAME, "-", "-", "A", "/a/b:release-42", "-" },
        { "A=/a#m", SOURCE_NAME, "-", "-", "A", "/a", "m" },
        { "A=/a:7#m=1/#x", SOURCE_NAME, "-", "-", "A", "/a:7", "m=1/#x" },
        { "A=arn:aws:ssm:r:1:parameter/a/b:3#m", SOURCE_NAME, "-", "-", "A",
                "arn:aws:ssm:r:1:parameter/a/b:3", "m" },
    };

    for (size_t i = 0; i < COUNT_OF(ROWS); i++) {
        CLEANUP(source_clear) struct source source = { 0 };
        struct err err = { 0 };
        if (!source_parse(ROWS[i].text, false, &source, &err)) {
            fail_msg("%s: %s", ROWS[i].text, err.why);
        }
        assert_int_equal(source.kind, ROWS[i].kind);
        assert_int_equal(source.layer, LAYER_SOURCES);
        assert_string_equal(text_of(source.path), ROWS[i].path);
        assert_string_equal(text_of(source.prefix), ROWS[i].prefix);
        assert_string_equal(text_of(source.variable), ROWS[i].variable);
        assert_string_equal(text_of(source.name), ROWS[i].name);
        assert_string_equal(text_of(source.member), ROWS[i].member);
        assert_string_equal(source.text, ROWS[i].text);
    }
}

static void refuses_everything_else(void **state)
{
    (void)state;

    static const char *const ROWS[] = { "", "a", "prod/api", "A=", "A=b", "=/a", "1A=/a", "A-B=/a",
        "A=/", "A=/a/", "A=/a:", "A=/a:b/c", "A=/a//b", "A=/a b", "A=/a#", "A=/a:#m", "A=//",
        "/a//b", "/a b", "/a=B-C", "/a=/b", "/a:7", "A=arn:aws:ssm:r:1:parameter",
        "A=arn:", "A=arn:aws:s3:r:1:parameter/a", "A=arn:aws:ssm:r:1:parameter/", "/\xc3\xa9" };

    for (size_t i = 0; i < COUNT_OF(ROWS); i++) {
        CLEANUP(source_clear) struct source source = { 0 };
        struct err err = { 0 };
        if (source_parse(ROWS[i], false, &source, &err) || err.kind != ERR_USAGE) {
            fail_msg("\"%s\" is read", ROWS[i]);
        }
    }
}

static void a_file_is_one_parameter(void **state)
{
    (void)state;
    CLEANUP(source_clear) struct source source = { 0 };
    struct err err = { 0 };
    assert_true(source_parse_file("KEY=/tls/key", &source, &err));
    assert_true(source.as_file);
    struct source other = { 0 };
    assert_false(source_parse_file("/tls", &other, &err));
    assert_int_equal(err.kind, ERR_USAGE);
}

static void a_reference_is_read_under_its_variable(void **state)
{
    (void)state;
    CLEANUP(source_clear) struct source source = { 0 };
    struct err err = { 0 };
    assert_true(source_is_reference("ssm:///a"));
    assert_true(source_is_reference("ssm://"));
    assert_false(source_is_reference(" ssm:///a"));
    assert_true(source_parse_reference("odd.name", "ssm:///a:3#m", &source, &err));
    assert_string_equal(source.variable, "odd.name");
    assert_string_equal(source.name, "/a:3");
    assert_string_equal(source.member, "m");
    struct source other = { 0 };
    assert_false(source_parse_reference("X", "ssm://a/b", &other, &err));
    assert_int_equal(err.kind, ERR_INPUT);
    assert_string_equal(err.where, "X");
}

static void what_a_lock_file_holds_is_input(void **state)
{
    (void)state;
    CLEANUP(source_clear) struct source source = { 0 };
    CLEANUP(source_clear) struct source other = { 0 };
    struct err err = { 0 };
    assert_true(source_make_locked("x.lock", "V", "/a:3#m", true, &source, &err));
    assert_true(source.is_locked && source.as_file && !source.optional);
    assert_int_equal(source.layer, LAYER_SOURCES);
    assert_string_equal(source.text, "x.lock");
    assert_string_equal(source.variable, "V");
    assert_string_equal(source.name, "/a:3");
    assert_false(source_make_locked("x.lock", "V", "a b", false, &other, &err));
    assert_int_equal(err.kind, ERR_INPUT);
    assert_string_equal(err.where, "x.lock");
}

static void the_parameters_name_has_no_version_and_no_arn(void **state)
{
    (void)state;

    static const struct {
        const char *text;
        const char *want;
    } ROWS[] = {
        { "/prod/api", "/prod/api" },
        { "A=/a/b:7#m", "/a/b" },
        { "A=arn:aws:ssm:r:1:parameter/a/b:7", "/a/b" },
    };

    for (size_t i = 0; i < COUNT_OF(ROWS); i++) {
        CLEANUP(source_clear) struct source source = { 0 };
        struct err err = { 0 };
        size_t len = 0;
        assert_true(source_parse(ROWS[i].text, false, &source, &err));
        const char *name = source_parameter_name(&source, &len);
        assert_int_equal(len, strlen(ROWS[i].want));
        assert_memory_equal(name, ROWS[i].want, len);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_every_form),
        cmocka_unit_test(refuses_everything_else),
        cmocka_unit_test(a_file_is_one_parameter),
        cmocka_unit_test(a_reference_is_read_under_its_variable),
        cmocka_unit_test(what_a_lock_file_holds_is_input),
        cmocka_unit_test(the_parameters_name_has_no_version_and_no_arn),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
