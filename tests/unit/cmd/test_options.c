/* The options of a program that is not ssm-exec: its own table, prefix and kinds. */
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

#include "base/string_list.h"
#include "options_argv.h"
#include "options_env.h"
#include "options_help.h"
#include "options_value.h"

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

enum {
    WORDS_MAX = 8,
    SHOWN_MAX_BYTES = 1024
};

struct settings {
    enum options_action action;
    bool apply;
    struct string_list tags;
    struct option_text region;
    int64_t timeout_ms;
};

#define MEMBER(name) offsetof(struct settings, name)

static const char FILES[] = "Files:";
static const char OTHER[] = "Other:";

static const struct option rows[] = {
    { "map", 'm', TAKES_VALUES, KIND_OWN, 0, "FILE", COMPLETE_FILE, FILES, "a map" },
    { "apply", 'a', TAKES_NOTHING, KIND_FLAG, MEMBER(apply), NULL, COMPLETE_NOTHING, FILES,
            "write it" },
    { "tag", 't', TAKES_VALUES, KIND_NAMES, MEMBER(tags), "NAME", COMPLETE_NOTHING, OTHER,
            "a tag" },
    { "region", 0, TAKES_VALUE, KIND_TEXT, MEMBER(region), "REGION", COMPLETE_NOTHING, OTHER,
            "the region" },
    { "time-out", 0, TAKES_VALUE, KIND_DURATION, MEMBER(timeout_ms), "DURATION", COMPLETE_NOTHING,
            OTHER, "how long" },
    { "help", 'h', TAKES_NOTHING, KIND_HELP, MEMBER(action), NULL, COMPLETE_NOTHING, OTHER,
            "print this" },
};

static const struct option words = { .name = "files", .takes = TAKES_VALUES, .kind = KIND_OWN };
static const char *const variables_first[] = { "files", "tag", NULL };

static const struct options_table table = {
    .rows = rows,
    .count = COUNT_OF(rows),
    .words = &words,
    .variable_prefix = "TOOL_",
    .variables_first = variables_first,
    .help_hint = "try 'tool --help'",
    .variables_hint = "settings of tool",
    .help_head = "Usage: tool\n",
    .help_tail = "The end.\n",
};

static const char *kind_name(const struct option_given *given)
{
    switch (given->kind) {
    case GIVEN_OPTION:
        return "option";
    case GIVEN_WORD:
        return "word";
    case GIVEN_UNKNOWN:
        return "unknown";
    case GIVEN_NO_VALUE:
        return "no value";
    case GIVEN_EMPTY_VALUE:
        return "empty";
    case GIVEN_EXTRA_VALUE:
        return "extra";
    case GIVEN_NO_MEMORY:
        break;
    }
    return "no memory";
}

/* "kind where=value", one on each line. */
static void show_given(const struct option_given *given, struct text *out)
{
    text_append_format(out, "%s %s=%s\n", kind_name(given), given->where,
            given->value == NULL ? "-" : given->value);
}

static int copy_words(const char *const *from, char *to[WORDS_MAX + 2])
{
    int count = 0;
    for (; from[count] != NULL; count++) {
        assert_true(count <= WORDS_MAX);
        to[count] = (char *)(uintptr_t)from[count];
    }
    to[count] = NULL;
    return count;
}

static void the_words_of_the_command_line_are_told_apart(void **state)
{
    (void)state;

    static const struct {
        const char *words[WORDS_MAX + 1];
        const char *want;
    } ROWS[] = {
        { { "tool", "a", "-", "" }, "word =a\nword =-\nword =\n" },
        { { "tool", "--apply", "-am", "x", "-mx", "-m=x" },
                "option --apply=-\noption -a=-\noption -m=x\noption -m=x\noption -m==x\n" },
        { { "tool", "--map", "x", "--map=x", "--map=", "--map" },
                "option --map=x\noption --map=x\nempty --map=\nno value --map=-\n" },
        { { "tool", "--apply=1", "-a=", "-az" },
                "extra --apply=1\nextra -a=\noption -a=-\nunknown -z=-\n" },
        { { "tool", "--app", "--files=x", "-zx" },
                "unknown --app=-\nunknown --files=x\nunknown -z=x\n" },
        { { "tool", "--secret!/x", "---map" }, "unknown --secret...=-\nunknown ---map=-\n" },
        { { "tool", "-m", "--", "a" }, "no value -m=-\n" },
        { { "tool", "-m", "--apply", "--", "-m" }, "option -m=--apply\n" },
    };

    for (size_t i = 0; i < COUNT_OF(ROWS); i++) {
        char *copied[WORDS_MAX + 2];
        int count = copy_words(ROWS[i].words, copied);
        struct options_argv argv = OPTIONS_ARGV_INIT(&table, count, copied);
        CLEANUP(text_clear) struct text shown = TEXT_INIT(SHOWN_MAX_BYTES);
        struct option_given given;
        while (options_argv_next(&argv, &given)) {
            show_given(&given, &shown);
        }
        assert_string_equal(text_string(&shown), ROWS[i].want);
    }
}

static void a_scan_finds_options_and_the_command(void **state)
{
    (void)state;
    static const char *const line[] = { "tool", "-ah", "--region", "--", "cmd", "-t", NULL };
    char *copied[WORDS_MAX + 2];
    bool is_given[OPTIONS_MAX];
    int count = copy_words(line, copied);
    const struct options_argv argv = OPTIONS_ARGV_INIT(&table, count, copied);
    char *const *command = options_argv_scan(&argv, is_given);
    assert_non_null(command);
    assert_string_equal(command[0], "cmd");
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        bool want = rows[i].letter == 'a' || rows[i].letter == 'h'
                || strcmp(rows[i].name, "region") == 0;
        assert_int_equal(is_given[i], want);
    }
    const struct options_argv alone = OPTIONS_ARGV_INIT(&table, 2, copied);
    assert_null(options_argv_scan(&alone, is_given));
}

static void variables_are_read_in_the_order_of_the_table(void **state)
{
    (void)state;
    /* --region was given: its variable does not count. --tag adds up. */
    static const bool is_given[OPTIONS_MAX] = { [2] = true, [3] = true };
    static const char *const entries[] = { "TOOL_TIME_OUT=5s", "TOOL_MAP= a b ,,c", "TOOL_REGION=r",
        "TOOL_TAG=x, y\tz", "TOOL_APPLY=", "TOOL_FILES=f g", "TOOL_HELP=1", NULL };
    char *copied[WORDS_MAX + 2];
    (void)copy_words(entries, copied);
    const struct environment environment = { .entries = copied };
    CLEANUP(text_clear) struct text shown = TEXT_INIT(SHOWN_MAX_BYTES);
    CLEANUP(options_env_clear) struct options_env env;
    struct option_given given;
    options_env_init(&env, &table, &environment, is_given);
    while (options_env_next(&env, &given)) {
        assert_true(given.is_variable);
        show_given(&given, &shown);
    }
    assert_string_equal(text_string(&shown),
            "word TOOL_FILES=f\nword TOOL_FILES=g\n"
            "option TOOL_TAG=x\noption TOOL_TAG=y\noption TOOL_TAG=z\n"
            "option TOOL_MAP=a b\noption TOOL_MAP=c\n"
            "option TOOL_TIME_OUT=5s\n");
}

static void unknown_variables_are_reported_with_what_is_similar(void **state)
{
    (void)state;
    static const char *const entries[] = { "TOOL_TIMEOUT=1", "TOOL_FILE=1", "TOOL_XYZ=1",
        "TOOLS_X=1", "TOOL_MAP=1", "TOOL_HELP=1", "TOOL_NONE", NULL };

    static const struct {
        const char *where;
        const char *hint;
    } WANT[] = {
        { "TOOL_TIMEOUT", "did you mean TOOL_TIME_OUT?" },
        { "TOOL_FILE", "did you mean TOOL_FILES?" },
        { "TOOL_XYZ", "settings of tool" },
    };

    char *copied[WORDS_MAX + 2];
    (void)copy_words(entries, copied);
    const struct environment environment = { .entries = copied };
    CLEANUP(err_list_clear) struct err_list problems = { 0 };
    options_env_check_names(&table, &environment, &problems);
    assert_int_equal(problems.len, COUNT_OF(WANT));
    for (size_t i = 0; i < COUNT_OF(WANT); i++) {
        assert_int_equal(problems.items[i].kind, ERR_USAGE);
        assert_string_equal(problems.items[i].where, WANT[i].where);
        assert_string_equal(problems.items[i].hint, WANT[i].hint);
    }
}

static void clear_settings(struct settings *settings)
{
    string_list_clear(&settings->tags);
}

static void general_kinds_are_stored_in_the_programs_own_struct(void **state)
{
    (void)state;
    static const char *const line[] = { "tool", "-a", "-tA,B", "--tag=C", "--region=r",
        "--time-out=2m", "-h", NULL };
    char *copied[WORDS_MAX + 2];
    int count = copy_words(line, copied);
    struct options_argv argv = OPTIONS_ARGV_INIT(&table, count, copied);
    CLEANUP(clear_settings) struct settings settings = { 0 };
    CLEANUP(err_list_clear) struct err_list problems = { 0 };
    struct option_given given;
    while (options_argv_next(&argv, &given)) {
        assert_true(option_given_check(&given, &problems));
        option_store(&given, &settings, &problems);
    }
    assert_true(err_list_is_empty(&problems));
    assert_true(settings.apply);
    assert_int_equal(settings.tags.len, 3);
    assert_string_equal(settings.tags.items[1], "B");
    assert_string_equal(settings.region.value, "r");
    assert_string_equal(settings.region.where, "--region");
    assert_int_equal(settings.timeout_ms, 120000);
    assert_int_equal(settings.action, OPTIONS_HELP);
}

static void problems_name_the_option_and_the_programs_help(void **state)
{
    (void)state;
    static const char *const line[] = { "tool", "--aply", "--time-out=soon", "-t", "1x", "--map",
        NULL };

    static const struct {
        const char *where;
        const char *why;
        const char *hint;
    } WANT[] = {
        { "--aply", "unknown option", "did you mean --apply? try 'tool --help'" },
        { "--time-out", "expected a duration", "try 'tool --help'" },
        { "-t", "\"1x\" is not a variable name", "try 'tool --help'" },
        { "--map", "needs a value", "try 'tool --help'" },
    };

    char *copied[WORDS_MAX + 2];
    int count = copy_words(line, copied);
    struct options_argv argv = OPTIONS_ARGV_INIT(&table, count, copied);
    CLEANUP(clear_settings) struct settings settings = { 0 };
    CLEANUP(err_list_clear) struct err_list problems = { 0 };
    struct option_given given;
    while (options_argv_next(&argv, &given)) {
        if (option_given_check(&given, &problems)) {
            option_store(&given, &settings, &problems);
        }
    }
    assert_int_equal(problems.len, COUNT_OF(WANT));
    for (size_t i = 0; i < COUNT_OF(WANT); i++) {
        assert_string_equal(problems.items[i].where, WANT[i].where);
        assert_non_null(strstr(problems.items[i].why, WANT[i].why));
        assert_string_equal(problems.items[i].hint, WANT[i].hint);
    }
}

static void the_help_lists_the_table_by_groups(void **state)
{
    (void)state;
    CLEANUP(text_clear) struct text help = TEXT_INIT(SHOWN_MAX_BYTES);
    options_write_help(&table, &help);
    assert_string_equal(text_string(&help),
            "Usage: tool\n"
            "Files:\n"
            "  -m, --map FILE                 a map\n"
            "  -a, --apply                    write it\n"
            "Other:\n"
            "  -t, --tag NAME                 a tag\n"
            "      --region REGION            the region\n"
            "      --time-out DURATION        how long\n"
            "  -h, --help                     print this\n"
            "The end.\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_words_of_the_command_line_are_told_apart),
        cmocka_unit_test(a_scan_finds_options_and_the_command),
        cmocka_unit_test(variables_are_read_in_the_order_of_the_table),
        cmocka_unit_test(unknown_variables_are_reported_with_what_is_similar),
        cmocka_unit_test(general_kinds_are_stored_in_the_programs_own_struct),
        cmocka_unit_test(problems_name_the_option_and_the_programs_help),
        cmocka_unit_test(the_help_lists_the_table_by_groups),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
