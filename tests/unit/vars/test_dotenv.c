/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/text.h"
#include "vars/dotenv.h"

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

/* Stands for a secret, which no message may contain; all rows that fail have it. */
#define HUSH "hush"

/* A text that may contain NULs, for a row's initialiser. */
#define TEXT(literal) .text = (literal), .len = sizeof(literal) - 1

enum {
    RENDERED_MAX_BYTES = 1024 * 1024,
    PATH_BYTES = 600,
};

/* Values: the entries as "NAME=<value>" one after the other, those with an inner hash with a '!'. */

struct value_row {
    const char *name;
    const char *text;
    size_t len;
    const char *want;
};

static void render(const struct dotenv *dotenv, struct text *rendered)
{
    for (size_t i = 0; i < dotenv->len; i++) {
        const struct dotenv_entry *entry = &dotenv->entries[i];
        text_append_format(rendered, "%s%s=<", entry->has_inner_hash ? "!" : "", entry->name);
        text_append(rendered, secret_expose(&entry->value), secret_len(&entry->value));
        text_append_char(rendered, '>');
    }
}

static void check_value(const struct value_row *row)
{
    CLEANUP(secret_clear) struct secret text = SECRET_INIT(DOTENV_MAX_BYTES);
    CLEANUP(dotenv_clear) struct dotenv dotenv = DOTENV_INIT;
    CLEANUP(err_list_clear) struct err_list problems = { 0 };
    CLEANUP(text_clear) struct text rendered = TEXT_INIT(RENDERED_MAX_BYTES);
    secret_append(&text, row->text, row->len);
    if (!dotenv_parse(&text, "f", &dotenv, &problems)) {
        fail_msg("%s: %s: %s", row->name, problems.items[0].where, problems.items[0].why);
    }
    assert_true(err_list_is_empty(&problems));
    render(&dotenv, &rendered);
    if (strcmp(text_string(&rendered), row->want) != 0) {
        fail_msg("%s: got %s", row->name, text_string(&rendered));
    }
}

#define CHECK_VALUES(rows)                                       \
    for (size_t row_at = 0; row_at < COUNT_OF(rows); row_at++) { \
        check_value(&(rows)[row_at]);                            \
    }

static void reads_name_and_value_around_the_first_equals_sign(void **state)
{
    (void)state;
    static const struct value_row ROWS[] = {
        { "plain", TEXT("A=b\n"), "A=<b>" },
        { "all that a name can hold", TEXT("_aZ09=b\n"), "_aZ09=<b>" },
        { "names differ by case", TEXT("a=1\nA=2\n"), "A=<2>a=<1>" },
        { "blanks around everything", TEXT(" \tA \t= \tb \t\n"), "A=<b>" },
        { "equals signs in the value", TEXT("A=b=c==\n"), "A=<b=c==>" },
        { "only equals signs", TEXT("A==\n"), "A=<=>" },
        { "blanks inside", TEXT("A=b  \t c\n"), "A=<b  \t c>" },
        { "no newline at the end", TEXT("A=b"), "A=<b>" },
        { "several", TEXT("A=1\nB=2\nC=3"), "A=<1>B=<2>C=<3>" },
        { "no ascii", TEXT("A=\xC3\xA9\xE2\x82\xAC\n"), "A=<\xC3\xA9\xE2\x82\xAC>" },
        { "a no-break space is not a blank", TEXT("A=\xC2\xA0z\n"), "A=<\xC2\xA0z>" },
        { "control characters stay", TEXT("A=\x01\v\f\x1b[0m\n"), "A=<\x01\v\f\x1b[0m>" },
        { "a reference", TEXT("A=ssm:///b/c:7#d\n"), "!A=<ssm:///b/c:7#d>" },
    };
    CHECK_VALUES(ROWS)
}

static void an_empty_value_is_a_value(void **state)
{
    (void)state;
    static const struct value_row ROWS[] = {
        { "nothing", TEXT("A=\n"), "A=<>" },
        { "nothing at the end of the file", TEXT("A="), "A=<>" },
        { "blanks", TEXT("A= \t\n"), "A=<>" },
        { "single quotes", TEXT("A=''\n"), "A=<>" },
        { "double quotes", TEXT("A=\"\"\n"), "A=<>" },
        { "backticks", TEXT("A=``\n"), "A=<>" },
        { "the next line is not its value", TEXT("A=\nB='c'\n"), "A=<>B=<c>" },
    };
    CHECK_VALUES(ROWS)
}

static void an_empty_file_has_no_entries(void **state)
{
    (void)state;
    static const struct value_row ROWS[] = {
        { "nothing", TEXT(""), "" },
        { "a byte order mark", TEXT("\xEF\xBB\xBF"), "" },
        { "blank lines", TEXT("\n \n\t\r\n"), "" },
        { "comments", TEXT("# A=b\n  #\n#"), "" },
    };
    CHECK_VALUES(ROWS)
}

static void a_comment_begins_at_a_line_s_start_or_after_a_blank(void **state)
{
    (void)state;
    static const struct value_row ROWS[] = {
        { "a line", TEXT("# it's \"one\nA=b\n"), "A=<b>" },
        { "an indented line", TEXT(" \t# c\nA=b\n"), "A=<b>" },
        { "after a blank", TEXT("A=b # c\n"), "A=<b>" },
        { "after a tab", TEXT("A=b\t#c\n"), "A=<b>" },
        { "the first one counts", TEXT("A=b #c # d\n"), "A=<b>" },
        { "instead of a value", TEXT("A= # c\n"), "A=<>" },
        { "after a single quote", TEXT("A='b' # it's\n"), "A=<b>" },
        { "after a double quote", TEXT("A=\"b\"\t#\"\n"), "A=<b>" },
        { "a later hash ends a value with an inner one", TEXT("A=b#c #d\n"), "!A=<b#c>" },
    };
    CHECK_VALUES(ROWS)
}

static void a_hash_inside_an_unquoted_value_stays_and_is_told(void **state)
{
    (void)state;
    static const struct value_row ROWS[] = {
        { "inside", TEXT("A=ab#cd\n"), "!A=<ab#cd>" },
        { "at the end", TEXT("A=ab#\n"), "!A=<ab#>" },
        { "right after the equals sign", TEXT("A=#fff\n"), "!A=<#fff>" },
        { "in double quotes it is nobody's comment", TEXT("A=\"ab#cd\"\n"), "A=<ab#cd>" },
        { "in single quotes", TEXT("A='#'\n"), "A=<#>" },
        { "in backticks", TEXT("A=`# #`\n"), "A=<# #>" },
        { "only in the comment", TEXT("A=b ##\n"), "A=<b>" },
        { "quotes later on do not hide it", TEXT("A=b'#'\n"), "!A=<b'#'>" },
    };
    CHECK_VALUES(ROWS)
}

static void export_before_a_name_means_nothing(void **state)
{
    (void)state;
    static const struct value_row ROWS[] = {
        { "a blank", TEXT("export A=b\n"), "A=<b>" },
        { "blanks and tabs", TEXT("\texport \t A = b\n"), "A=<b>" },
        { "a variable of that name", TEXT("export=b\n"), "export=<b>" },
        { "with a blank too", TEXT("export =b\n"), "export=<b>" },
        { "exported", TEXT("export export=b\n"), "export=<b>" },
        { "the beginning of a name", TEXT("exported=b\n"), "exported=<b>" },
        { "capitals are a name", TEXT("EXPORT=b\n"), "EXPORT=<b>" },
    };
    CHECK_VALUES(ROWS)
}

static void single_quotes_and_backticks_are_literal(void **state)
{
    (void)state;
    static const struct value_row ROWS[] = {
        { "blanks", TEXT("A=' b '\n"), "A=< b >" },
        { "backslashes", TEXT("A='\\n\\\\\\$\\'\n"), "A=<\\n\\\\\\$\\>" },
        { "other quotes", TEXT("A='\"`'\n"), "A=<\"`>" },
        { "dollars", TEXT("A='$B ${B} $(b)'\n"), "A=<$B ${B} $(b)>" },
        { "lines", TEXT("A='b\n c\n\n# d\nE=f'\nG=h\n"), "A=<b\n c\n\n# d\nE=f>G=<h>" },
        { "backticks: both quotes", TEXT("A=`it's \"b\"`\n"), "A=<it's \"b\">" },
        { "backticks: backslashes", TEXT("A=`\\n\\`\n"), "A=<\\n\\>" },
        { "backticks: lines", TEXT("A=`b\nc`\n"), "A=<b\nc>" },
    };
    CHECK_VALUES(ROWS)
}

static void double_quotes_know_six_escapes(void **state)
{
    (void)state;
    static const struct value_row ROWS[] = {
        { "each of them", TEXT("A=\"\\n|\\r|\\t|\\\"|\\\\|\\$\"\n"), "A=<\n|\r|\t|\"|\\|$>" },
        { "no other", TEXT("A=\"\\a\\0\\x41\\u0041\\N\\ \\`\\'\"\n"),
                "A=<\\a\\0\\x41\\u0041\\N\\ \\`\\'>" },
        { "an escaped backslash escapes nothing", TEXT("A=\"\\\\n\\\\\"\n"), "A=<\\n\\>" },
        { "a backslash at a line's end", TEXT("A=\"b\\\nc\"\n"), "A=<b\\\nc>" },
        { "a backslash before CRLF", TEXT("A=\"b\\\r\nc\"\r\n"), "A=<b\\\nc>" },
        { "blanks", TEXT("A=\" \t\"\n"), "A=< \t>" },
        { "other quotes", TEXT("A=\"it's `b`\"\n"), "A=<it's `b`>" },
        { "lines", TEXT("A=\"b\n\nc\\n\"\nD=e\n"), "A=<b\n\nc\n>D=<e>" },
        { "a quote first", TEXT("A=\"\\\"\"\n"), "A=<\">" },
    };
    CHECK_VALUES(ROWS)
}

static void unquoted_values_are_literal(void **state)
{
    (void)state;
    static const struct value_row ROWS[] = {
        { "backslashes", TEXT("A=C:\\new\\\\\n"), "A=<C:\\new\\\\>" },
        { "a quote inside", TEXT("A=it's\n"), "A=<it's>" },
        { "quotes inside", TEXT("A=b\"c\"`d`\n"), "A=<b\"c\"`d`>" },
        { "json", TEXT("A={\"b\": [1, \"c\"]}\n"), "A=<{\"b\": [1, \"c\"]}>" },
        { "a backslash before a quote", TEXT("A=\\\"b\\\"\n"), "A=<\\\"b\\\">" },
    };
    CHECK_VALUES(ROWS)
}

static void nothing_is_expanded_or_executed(void **state)
{
    (void)state;
    static const struct value_row ROWS[] = {
        { "a variable", TEXT("B=x\nA=$B\n"), "A=<$B>B=<x>" },
        { "in braces, with a default", TEXT("A=${HOME:-c}\n"), "A=<${HOME:-c}>" },
        { "in double quotes", TEXT("A=\"$HOME\"\n"), "A=<$HOME>" },
        { "a command", TEXT("A=$(id)\n"), "A=<$(id)>" },
        { "a command in double quotes", TEXT("A=\"$(id)\"\n"), "A=<$(id)>" },
        { "backticks quote", TEXT("A=`id`\n"), "A=<id>" },
        { "a tilde", TEXT("A=~/b\n"), "A=<~/b>" },
    };
    CHECK_VALUES(ROWS)
}

static void a_line_ends_in_lf_or_crlf(void **state)
{
    (void)state;
    static const struct value_row ROWS[] = {
        { "crlf", TEXT("A=b\r\n\r\n# c\r\nD='e'\r\n"), "A=<b>D=<e>" },
        { "mixed", TEXT("A=b\r\nC=d\nE=\r\n"), "A=<b>C=<d>E=<>" },
        { "crlf after blanks", TEXT("A=b \r\n"), "A=<b>" },
        { "a cr ends the file", TEXT("A=b\r"), "A=<b>" },
        { "behind a quote", TEXT("A='b'\r"), "A=<b>" },
        { "lines in quotes are joined by lf", TEXT("A='b\r\nc\r\n'\r\n"), "A=<b\nc\n>" },
    };
    CHECK_VALUES(ROWS)
}

static void a_byte_order_mark_begins_the_file_or_is_text(void **state)
{
    (void)state;
    static const struct value_row ROWS[] = {
        { "at the beginning", TEXT("\xEF\xBB\xBF_=b\n"), "_=<b>" },
        { "before a comment", TEXT("\xEF\xBB\xBF# c\nA=b\n"), "A=<b>" },
        { "in a value", TEXT("A=\xEF\xBB\xBF\n"), "A=<\xEF\xBB\xBF>" },
    };
    CHECK_VALUES(ROWS)
}

static void of_a_name_set_twice_the_later_line_counts(void **state)
{
    (void)state;
    static const struct value_row ROWS[] = {
        { "two", TEXT("A=1\nA=2\n"), "A=<2>" },
        { "with others between", TEXT("B=1\nA=2\nB=3\nC=4\nB=5\nA=6\n"), "A=<6>B=<5>C=<4>" },
        { "an empty one", TEXT("A=1\nA=\n"), "A=<>" },
        { "its hash counts, not the earlier one's", TEXT("A=b#c\nA=d\n"), "A=<d>" },
    };
    CHECK_VALUES(ROWS)
}

static void an_entry_says_whether_an_earlier_line_sets_it(void **state)
{
    (void)state;
    CLEANUP(secret_clear) struct secret text = SECRET_INIT(1024);
    CLEANUP(dotenv_clear) struct dotenv dotenv = DOTENV_INIT;
    CLEANUP(err_list_clear) struct err_list problems = { 0 };
    secret_append_string(&text, "B=1\nA=2\nB=3\nC=4\nB=5\nC=\n");
    assert_true(dotenv_parse(&text, ".env", &dotenv, &problems));
    assert_int_equal(dotenv.len, 3);
    assert_false(dotenv.entries[0].is_repeated);
    assert_true(dotenv.entries[1].is_repeated);
    assert_true(dotenv.entries[2].is_repeated);
}

/* Problems: "where: why" lines, of which the row tells the parts. */

struct problem_row {
    const char *name;
    const char *text;
    size_t len;
    const char *where;
    const char *why_part;
    const char *hint_part;
};

static void check_problem(const struct problem_row *row)
{
    CLEANUP(secret_clear) struct secret text = SECRET_INIT(DOTENV_MAX_BYTES);
    CLEANUP(err_list_clear) struct err_list problems = { 0 };
    struct dotenv untouched = { .len = 7 };
    secret_append(&text, row->text, row->len);
    if (dotenv_parse(&text, "dir/.env", &untouched, &problems)) {
        fail_msg("%s: taken", row->name);
    }
    assert_int_equal(untouched.len, 7);
    assert_null(untouched.entries);
    const struct err *problem = &problems.items[0];
    if (problems.len != 1 || problem->kind != ERR_INPUT || strcmp(problem->where, row->where) != 0
            || strstr(problem->why, row->why_part) == NULL
            || strstr(problem->hint, row->hint_part) == NULL) {
        fail_msg("%s: %zu problems, the first being %s: %s (%s)", row->name, problems.len,
                problem->where, problem->why, problem->hint);
    }
    if (strstr(problem->why, HUSH) != NULL || strstr(problem->hint, HUSH) != NULL) {
        fail_msg("%s: told a piece of the file: %s", row->name, problem->why);
    }
}

#define CHECK_PROBLEMS(rows)                                     \
    for (size_t row_at = 0; row_at < COUNT_OF(rows); row_at++) { \
        check_problem(&(rows)[row_at]);                          \
    }

static void rejects_a_line_without_an_equals_sign(void **state)
{
    (void)state;
    static const char WHY[] = "expected NAME=VALUE or a comment";
    static const char HINT[] = "NAME=VALUE";
    static const struct problem_row ROWS[] = {
        { "a word", TEXT(HUSH "\n"), "dir/.env:1", WHY, HINT },
        { "the last line", TEXT("A=b\n\n" HUSH), "dir/.env:3", WHY, HINT },
        { "an exported name", TEXT("export " HUSH "\n"), "dir/.env:1", WHY, HINT },
        { "yaml", TEXT("A: " HUSH "\n"), "dir/.env:1", WHY, HINT },
        { "export alone", TEXT("export \n"), "dir/.env:1", WHY, HINT },
    };
    CHECK_PROBLEMS(ROWS)
}

static void rejects_what_is_not_a_variable_name(void **state)
{
    (void)state;
    static const char WHY[] = "not a variable name";
    static const char HINT[] = "letters, digits";
    static const struct problem_row ROWS[] = {
        { "a dash", TEXT(HUSH "-A=b\n"), "dir/.env:1", WHY, HINT },
        { "a dot", TEXT("A." HUSH "=b\n"), "dir/.env:1", WHY, HINT },
        { "a digit first", TEXT("1" HUSH "=b\n"), "dir/.env:1", WHY, HINT },
        { "a blank", TEXT("set " HUSH "=b\n"), "dir/.env:1", WHY, HINT },
        { "exported twice", TEXT("export export " HUSH "=b\n"), "dir/.env:1", WHY, HINT },
        { "quotes", TEXT("'" HUSH "'=b\n"), "dir/.env:1", WHY, HINT },
        { "no ascii", TEXT("\xC3\xA9" HUSH "=b\n"), "dir/.env:1", WHY, HINT },
        { "a no-break space", TEXT("\xC2\xA0" HUSH "=b\n"), "dir/.env:1", WHY, HINT },
        { "base64", TEXT("A=b\n+" HUSH "==\n"), "dir/.env:2", WHY, HINT },
        { "a second byte order mark", TEXT("\xEF\xBB\xBF\xEF\xBB\xBF_=b\n"), "dir/.env:1", WHY,
                HINT },
        { "none", TEXT("=" HUSH "\n"), "dir/.env:1", "there is no name", "NAME=VALUE" },
        { "blanks", TEXT(" \t = " HUSH "\n"), "dir/.env:1", "there is no name", "NAME=VALUE" },
    };
    CHECK_PROBLEMS(ROWS)
}

static void rejects_settings_of_the_program_itself(void **state)
{
    (void)state;
    static const char WHY[] = "a setting of ssm-exec itself";
    static const char HINT[] = "command line";
    static const struct problem_row ROWS[] = {
        { "a known one", TEXT("A=b\nSSM_EXEC_SOURCES=/" HUSH "\n"), "dir/.env:2", WHY, HINT },
        { "an unknown one", TEXT("export SSM_EXEC_A=" HUSH "\n"), "dir/.env:1", WHY, HINT },
        { "the bare prefix", TEXT("SSM_EXEC_=" HUSH "\n"), "dir/.env:1", WHY, HINT },
    };
    static const struct value_row OTHERS[] = {
        { "a shorter name", TEXT("SSM_EXEC=b\n"), "SSM_EXEC=<b>" },
        { "another case", TEXT("ssm_exec_a=b\n"), "ssm_exec_a=<b>" },
    };
    CHECK_PROBLEMS(ROWS)
    CHECK_VALUES(OTHERS)
}

static void tells_where_a_quote_begins_that_is_never_closed(void **state)
{
    (void)state;
    static const char WHY[] = "never closed";
    static const char HINT[] = "quotes of another kind";
    static const struct problem_row ROWS[] = {
        { "double", TEXT("A=\"" HUSH "\n"), "dir/.env:1", WHY, HINT },
        { "single", TEXT("A='" HUSH), "dir/.env:1", WHY, HINT },
        { "backtick", TEXT("A=`" HUSH "\n"), "dir/.env:1", WHY, HINT },
        { "lines before and after it", TEXT("A=b\nC='" HUSH "\nno line\nD=e\n"), "dir/.env:2", WHY,
                HINT },
        { "closed by an escaped one only", TEXT("A=\"" HUSH "\\\"\n"), "dir/.env:1", WHY, HINT },
        { "nothing but the quote", TEXT("A='"), "dir/.env:1", WHY, HINT },
        { "a backslash ends the file", TEXT("A=\"\\"), "dir/.env:1", WHY, HINT },
    };
    CHECK_PROBLEMS(ROWS)
}

static void rejects_text_after_a_closing_quote(void **state)
{
    (void)state;
    static const char WHY[] = "after the closing quote";
    static const char HINT[] = "only a comment";
    static const struct problem_row ROWS[] = {
        { "a word", TEXT("A='b' " HUSH "\n"), "dir/.env:1", WHY, HINT },
        { "without a blank", TEXT("A=\"b\"" HUSH "\n"), "dir/.env:1", WHY, HINT },
        { "another quoted one", TEXT("A=\"b\" '" HUSH "'\n"), "dir/.env:1", WHY, HINT },
        { "an apostrophe inside single quotes", TEXT("A='it\\'s " HUSH "'\n"), "dir/.env:1", WHY,
                HINT },
        { "a hash without a blank", TEXT("A='b'#" HUSH "\n"), "dir/.env:1", WHY, HINT },
        { "a later line", TEXT("A='b\nc'" HUSH "\n"), "dir/.env:2", "began on line 1", HINT },
        { "a quote that was meant to open", TEXT("A=\"b\nC=\"" HUSH "\"\n"), "dir/.env:2",
                "began on line 1", HINT },
    };
    CHECK_PROBLEMS(ROWS)
}

static void rejects_bytes_that_are_not_text(void **state)
{
    (void)state;
    static const char NUL[] = "NUL";
    static const char UTF8[] = "not valid UTF-8";
    static const char CR[] = "carriage return";
    static const struct problem_row ROWS[] = {
        { "nul in a value", TEXT("A=" HUSH "\0b\n"), "dir/.env:1", NUL, "UTF-8" },
        { "nul in a comment", TEXT("A=b\n# \0\n"), "dir/.env:2", NUL, "UTF-8" },
        { "nul in quotes, on a later line", TEXT("A='b\n\0'\n"), "dir/.env:2", NUL, "UTF-8" },
        { "latin-1", TEXT("A=" HUSH "\xE9\n"), "dir/.env:1", UTF8, "as UTF-8" },
        { "in a comment", TEXT("# \xFC\nA=b\n"), "dir/.env:1", UTF8, "as UTF-8" },
        { "an overlong form", TEXT("A=\xC0\xAF\n"), "dir/.env:1", UTF8, "as UTF-8" },
        { "a surrogate", TEXT("A=\xED\xA0\x80\n"), "dir/.env:1", UTF8, "as UTF-8" },
        { "utf-16, little end first", TEXT("\xFF\xFE_\0=\0"), "dir/.env:1", "UTF-16", "UTF-8" },
        { "utf-16, big end first", TEXT("\xFE\xFF\0_\0="), "dir/.env:1", "UTF-16", "UTF-8" },
        { "a cr inside a line", TEXT("A=" HUSH "\rB=c\n"), "dir/.env:1", CR, "\\r" },
        { "two before a line's end", TEXT("A=b\r\r\n"), "dir/.env:1", CR, "\\r" },
        { "inside quotes", TEXT("A='b\rc'\n"), "dir/.env:1", CR, "\\r" },
    };
    CHECK_PROBLEMS(ROWS)
}

/* Parses what must fail; the "where" of each problem, with a blank after it, and the last "why". */
static void collect_places(
        const char *file, const char *bytes, struct text *places, struct text *last)
{
    CLEANUP(secret_clear) struct secret text = SECRET_INIT(DOTENV_MAX_BYTES);
    CLEANUP(dotenv_clear) struct dotenv dotenv = DOTENV_INIT;
    CLEANUP(err_list_clear) struct err_list problems = { 0 };
    secret_append_string(&text, bytes);
    assert_false(dotenv_parse(&text, file, &dotenv, &problems));
    assert_int_equal(problems.unlisted, 0);
    for (size_t i = 0; i < problems.len; i++) {
        text_append_format(places, "%s ", problems.items[i].where);
    }
    text_append_string(last, problems.items[problems.len - 1].why);
}

static void tells_all_problems_at_once_in_the_order_of_lines(void **state)
{
    (void)state;

    static const struct {
        const char *name;
        const char *text;
        const char *want;
    } ROWS[] = {
        { "sound lines between", "x\nA=b\n-=c\nB='d' e\nC=f\xFF\nD='\n", "f:1 f:3 f:4 f:5 f:6 " },
        { "one line, two problems", "\xFF\n", "f:1 f:1 " },
        { "a bad name's value is not read as lines", "a-b='c\nd\ne'\nf\n", "f:1 f:4 " },
        { "a bad name and a bad value", "a-b='c' d\n", "f:1 f:1 " },
        { "a character cut by a line's end", "A='\xE2\x82\n\xAC'\n", "f:1 f:2 " },
        { "crlf counts as one", "A=b\r\n\r\nc\r\n", "f:3 " },
    };

    for (size_t i = 0; i < COUNT_OF(ROWS); i++) {
        CLEANUP(text_clear) struct text places = TEXT_INIT(RENDERED_MAX_BYTES);
        CLEANUP(text_clear) struct text last = TEXT_INIT(RENDERED_MAX_BYTES);
        collect_places("f", ROWS[i].text, &places, &last);
        if (strcmp(text_string(&places), ROWS[i].want) != 0) {
            fail_msg("%s: got %s", ROWS[i].name, text_string(&places));
        }
    }
}

/* A file that is something else altogether: /etc/passwd, a key, a program. */
static void names_three_lines_of_a_problem_and_counts_the_others(void **state)
{
    (void)state;

    static const struct {
        const char *name;
        const char *line;
        int count;
        const char *places;
        const char *last;
    } ROWS[] = {
        { "three", "no line\n", 3, "f:1 f:2 f:3 ", "expected NAME=VALUE" },
        { "one more", "no line\n", 4, "f:1 f:2 f:3 f ", "1 more line: expected NAME=VALUE" },
        { "many more", "no line\n", 100, "f:1 f:2 f:3 f ", "97 more lines: expected NAME=VALUE" },
        { "of two kinds", "no line\n-=\n", 5, "f:1 f:2 f:3 f:4 f:5 f:6 f f ",
                "2 more lines: the text before the '=' is not" },
        { "inside a quoted value", "A='\xFF\n\xFF\n'\n", 50, "f:1 f:2 f:4 f ",
                "97 more lines: the text is not valid UTF-8" },
    };

    for (size_t i = 0; i < COUNT_OF(ROWS); i++) {
        CLEANUP(text_clear) struct text lines = TEXT_INIT(RENDERED_MAX_BYTES);
        CLEANUP(text_clear) struct text places = TEXT_INIT(RENDERED_MAX_BYTES);
        CLEANUP(text_clear) struct text last = TEXT_INIT(RENDERED_MAX_BYTES);
        for (int line = 0; line < ROWS[i].count; line++) {
            text_append_string(&lines, ROWS[i].line);
        }
        collect_places("f", text_string(&lines), &places, &last);
        if (strcmp(text_string(&places), ROWS[i].places) != 0
                || strncmp(text_string(&last), ROWS[i].last, strlen(ROWS[i].last)) != 0) {
            fail_msg("%s: got %s: %s", ROWS[i].name, text_string(&places), text_string(&last));
        }
    }
}

static void keeps_the_line_number_of_a_file_with_a_long_path(void **state)
{
    (void)state;
    char path[PATH_BYTES];
    memset(path, 'd', sizeof(path));
    memcpy(path + sizeof(path) - sizeof("/.env"), "/.env", sizeof("/.env"));
    CLEANUP(text_clear) struct text places = TEXT_INIT(RENDERED_MAX_BYTES);
    CLEANUP(text_clear) struct text last = TEXT_INIT(RENDERED_MAX_BYTES);
    collect_places(path, "A=b\nc\n", &places, &last);
    assert_int_equal(strncmp(text_string(&places), "...ddd", 6), 0);
    assert_string_equal(text_string(&places) + places.len - 10, "dd/.env:2 ");
}

static void tells_the_line_of_each_entry(void **state)
{
    (void)state;
    CLEANUP(secret_clear) struct secret text = SECRET_INIT(DOTENV_MAX_BYTES);
    CLEANUP(dotenv_clear) struct dotenv dotenv = DOTENV_INIT;
    CLEANUP(err_list_clear) struct err_list problems = { 0 };
    secret_append_string(&text, "# c\nC='1\n2\n'\nA=3\r\n\r\nB=4\nA=5\n");
    assert_true(dotenv_parse(&text, "f", &dotenv, &problems));
    assert_int_equal(dotenv.len, 3);
    assert_int_equal(dotenv.entries[0].line, 8);
    assert_int_equal(dotenv.entries[1].line, 7);
    assert_int_equal(dotenv.entries[2].line, 2);
    dotenv_clear(&dotenv);
    dotenv_clear(&dotenv);
    assert_int_equal(dotenv.len, 0);
}

static void reads_a_file_of_the_greatest_size(void **state)
{
    (void)state;
    CLEANUP(secret_clear) struct secret text = SECRET_INIT(DOTENV_MAX_BYTES);
    CLEANUP(dotenv_clear) struct dotenv dotenv = DOTENV_INIT;
    CLEANUP(err_list_clear) struct err_list problems = { 0 };

    enum {
        LINE_COUNT = 50000
    };

    char line[32];
    for (int i = 0; i < LINE_COUNT; i++) {
        (void)snprintf(line, sizeof(line), "A%d=%d\n", i % (LINE_COUNT / 2), i);
        secret_append_string(&text, line);
    }
    secret_append_string(&text, "Z='");
    while (secret_len(&text) < DOTENV_MAX_BYTES - 1) {
        secret_append_char(&text, 'z');
    }
    secret_append_char(&text, '\'');
    assert_true(dotenv_parse(&text, "f", &dotenv, &problems));
    assert_int_equal(dotenv.len, LINE_COUNT / 2 + 1);
    assert_string_equal(dotenv.entries[0].name, "A0");
    assert_string_equal(secret_expose(&dotenv.entries[0].value), "25000");
    assert_true(secret_len(&dotenv.entries[LINE_COUNT / 2].value) > (size_t)3 * 1024 * 1024);
}

static void gives_the_names_alone(void **state)
{
    (void)state;

    static const struct {
        const char *text;
        const char *want;
    } ROWS[] = {
        { "", "" },
        { "# the database\nDB_URL=\nexport API_KEY='x\ny'\nDB_URL=z\n", "API_KEY DB_URL " },
    };

    for (size_t i = 0; i < COUNT_OF(ROWS); i++) {
        CLEANUP(secret_clear) struct secret text = SECRET_INIT(DOTENV_MAX_BYTES);
        CLEANUP(err_list_clear) struct err_list problems = { 0 };
        CLEANUP(text_clear) struct text got = TEXT_INIT(RENDERED_MAX_BYTES);
        CLEANUP(string_list_clear) struct string_list names = { 0 };
        secret_append_string(&text, ROWS[i].text);
        assert_true(dotenv_parse_names(&text, ".env.example", &names, &problems));
        for (size_t at = 0; at < names.len; at++) {
            text_append_format(&got, "%s ", names.items[at]);
        }
        assert_string_equal(text_string(&got), ROWS[i].want);
    }
}

static void names_alone_follow_the_same_grammar(void **state)
{
    (void)state;
    CLEANUP(secret_clear) struct secret text = SECRET_INIT(DOTENV_MAX_BYTES);
    CLEANUP(err_list_clear) struct err_list problems = { 0 };
    CLEANUP(string_list_clear) struct string_list names = { 0 };
    secret_append_string(&text, "A=\nB\n");
    assert_false(dotenv_parse_names(&text, ".env.example", &names, &problems));
    assert_int_equal(names.len, 0);
    assert_int_equal(problems.len, 1);
    assert_string_equal(problems.items[0].where, ".env.example:2");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_name_and_value_around_the_first_equals_sign),
        cmocka_unit_test(an_empty_value_is_a_value),
        cmocka_unit_test(an_empty_file_has_no_entries),
        cmocka_unit_test(a_comment_begins_at_a_line_s_start_or_after_a_blank),
        cmocka_unit_test(a_hash_inside_an_unquoted_value_stays_and_is_told),
        cmocka_unit_test(export_before_a_name_means_nothing),
        cmocka_unit_test(single_quotes_and_backticks_are_literal),
        cmocka_unit_test(double_quotes_know_six_escapes),
        cmocka_unit_test(unquoted_values_are_literal),
        cmocka_unit_test(nothing_is_expanded_or_executed),
        cmocka_unit_test(a_line_ends_in_lf_or_crlf),
        cmocka_unit_test(a_byte_order_mark_begins_the_file_or_is_text),
        cmocka_unit_test(of_a_name_set_twice_the_later_line_counts),
        cmocka_unit_test(an_entry_says_whether_an_earlier_line_sets_it),
        cmocka_unit_test(rejects_a_line_without_an_equals_sign),
        cmocka_unit_test(rejects_what_is_not_a_variable_name),
        cmocka_unit_test(rejects_settings_of_the_program_itself),
        cmocka_unit_test(tells_where_a_quote_begins_that_is_never_closed),
        cmocka_unit_test(rejects_text_after_a_closing_quote),
        cmocka_unit_test(rejects_bytes_that_are_not_text),
        cmocka_unit_test(tells_all_problems_at_once_in_the_order_of_lines),
        cmocka_unit_test(names_three_lines_of_a_problem_and_counts_the_others),
        cmocka_unit_test(keeps_the_line_number_of_a_file_with_a_long_path),
        cmocka_unit_test(tells_the_line_of_each_entry),
        cmocka_unit_test(reads_a_file_of_the_greatest_size),
        cmocka_unit_test(gives_the_names_alone),
        cmocka_unit_test(names_alone_follow_the_same_grammar),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
