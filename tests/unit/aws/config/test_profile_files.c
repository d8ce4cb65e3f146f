/* SPDX-License-Identifier: MIT */
#include <fcntl.h>
#include <pwd.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "aws/config/profile_files.h"
#include "base/clock.h"
#include "base/text.h"

enum {
    PATH_BYTES = 256,
    VARIABLES_MAX = 4,
    MEBIBYTE = 1024 * 1024,
};

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

/* Stands for a secret, which no message may contain; all rows that fail or warn have it. */
#define HUSH "hush+hush/hush="

/* A directory for the files, an environment that names them, and all that a load said. */
struct fixture {
    char directory[PATH_BYTES];
    char config[PATH_BYTES];
    char credentials[PATH_BYTES];
    char variables[VARIABLES_MAX][2 * PATH_BYTES];
    char *entries[VARIABLES_MAX + 1];
    struct environment environment;
    struct event_sink sink; /* its receive finds the fixture by this member's place */
    struct text warnings;   /* "where: message" lines */
    struct err_list problems;
    struct profile_files files;
};

static void receive(struct event_sink *sink, const struct event *event)
{
    struct fixture *fixture = (struct fixture *)(void *)((char *)sink
            - offsetof(struct fixture, sink));
    assert_int_equal(event->kind, EVENT_WARNING);
    text_append_format(&fixture->warnings, "%s: %s\n", event->where, event->message);
}

static void set_variable(struct fixture *fixture, const char *name, const char *value)
{
    size_t i = 0;
    size_t name_len = strlen(name);
    while (fixture->entries[i] != NULL
            && (strncmp(fixture->entries[i], name, name_len) != 0
                    || fixture->entries[i][name_len] != '=')) {
        i++;
    }
    assert_true(i < VARIABLES_MAX);
    int len = snprintf(fixture->variables[i], sizeof(fixture->variables[i]), "%s=%s", name, value);
    assert_true(len > 0 && (size_t)len < sizeof(fixture->variables[i]));
    fixture->entries[i] = fixture->variables[i];
}

static int set_up(void **state)
{
    struct fixture *fixture = calloc(1, sizeof(*fixture));
    assert_non_null(fixture);
    (void)snprintf(fixture->directory, PATH_BYTES, "/tmp/test_profile_file.XXXXXX");
    assert_non_null(mkdtemp(fixture->directory));
    int len = snprintf(fixture->config, PATH_BYTES, "%.64s/config", fixture->directory);
    assert_true(len > 0 && len < PATH_BYTES);
    len = snprintf(fixture->credentials, PATH_BYTES, "%.64s/credentials", fixture->directory);
    assert_true(len > 0 && len < PATH_BYTES);
    fixture->environment.entries = fixture->entries;
    set_variable(fixture, "AWS_CONFIG_FILE", fixture->config);
    set_variable(fixture, "AWS_SHARED_CREDENTIALS_FILE", fixture->credentials);
    fixture->sink.receive = receive;
    fixture->warnings = TEXT_INIT(MEBIBYTE);
    fixture->files = (struct profile_files){ 0 };
    *state = fixture;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *fixture = *state;
    profile_files_clear(&fixture->files);
    err_list_clear(&fixture->problems);
    text_clear(&fixture->warnings);
    (void)remove(fixture->config);
    (void)remove(fixture->credentials);
    int removed = rmdir(fixture->directory);
    free(fixture);
    return removed;
}

/* A file of these bytes; none at all where they are NULL. */
static void put_file(const char *path, const char *bytes, size_t len)
{
    (void)remove(path);
    if (bytes == NULL) {
        return;
    }
    FILE *file = fopen(path, "we");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, len, file), len);
    assert_int_equal(fclose(file), 0);
}

static void put_files(const struct fixture *fixture, const char *config, const char *credentials)
{
    put_file(fixture->config, config, config == NULL ? 0 : strlen(config));
    put_file(fixture->credentials, credentials, credentials == NULL ? 0 : strlen(credentials));
}

/* Loads the files anew, as the fixture's environment names them. */
static bool load(struct fixture *fixture)
{
    const struct file_limits limits = {
        .clock = &clock_system,
        .deadline_ms = clock_monotonic_ms(&clock_system) + 10000,
    };
    profile_files_clear(&fixture->files);
    err_list_clear(&fixture->problems);
    text_reset(&fixture->warnings);
    return profile_files_load(
            &fixture->environment, &limits, &fixture->sink, &fixture->files, &fixture->problems);
}

static void load_texts(struct fixture *fixture, const char *config, const char *credentials)
{
    put_files(fixture, config, credentials);
    if (!load(fixture)) {
        fail_msg("not loaded: %s: %s", fixture->problems.items[0].where,
                fixture->problems.items[0].why);
    }
}

static const struct profile_section *find_profile(const struct fixture *fixture, const char *name)
{
    return profile_files_find(&fixture->files, PROFILE_SECTION_PROFILE, name);
}

static void assert_is_problem(
        const struct fixture *fixture, size_t at, const char *where, const char *why_part)
{
    assert_true(at < fixture->problems.len);
    assert_int_equal(fixture->problems.items[at].kind, ERR_INPUT);
    assert_string_equal(fixture->problems.items[at].where, where);
    if (strstr(fixture->problems.items[at].why, why_part) == NULL) {
        fail_msg("\"%s\" lacks \"%s\"", fixture->problems.items[at].why, why_part);
    }
}

static const char *get_nested(
        const struct profile_section *section, const char *key, const char *nested_key)
{
    const struct profile_property *property = profile_section_find_nested(section, key, nested_key);
    return property == NULL ? NULL : secret_expose(&property->value);
}

/* Of any key, public or not. */
static const char *get(const struct profile_section *section, const char *key)
{
    const struct profile_property *property = profile_section_find(section, key);
    return property == NULL ? NULL : secret_expose(&property->value);
}

static bool is_same_text(const char *a, const char *b)
{
    return a == NULL || b == NULL ? a == b : strcmp(a, b) == 0;
}

/* Values: the key (and nested key) of profile "x", unless the row says otherwise. */

struct value_row {
    const char *name;
    const char *config;
    const char *credentials;
    enum profile_section_kind kind;
    const char *section; /* NULL: "x" */
    const char *key;     /* NULL: "k" */
    const char *nested_key;
    const char *want; /* NULL: absent */
};

static void check_value(struct fixture *fixture, const struct value_row *row)
{
    load_texts(fixture, row->config, row->credentials);
    const struct profile_section *section = profile_files_find(
            &fixture->files, row->kind, row->section == NULL ? "x" : row->section);
    const char *key = row->key == NULL ? "k" : row->key;
    const char *got = row->nested_key == NULL ? get(section, key)
                                              : get_nested(section, key, row->nested_key);
    if (!is_same_text(got, row->want)) {
        fail_msg("%s: got %s", row->name, got == NULL ? "(absent)" : got);
    }
}

#define CHECK_VALUES(state, rows)                                \
    for (size_t row_at = 0; row_at < COUNT_OF(rows); row_at++) { \
        check_value(*(state), &(rows)[row_at]);                  \
    }

static void reads_key_and_value_around_the_first_equals_sign(void **state)
{
    static const struct value_row ROWS[] = {
        { .name = "blanks around both", .config = "[profile x]\nk = v\n", .want = "v" },
        { .name = "no blanks", .config = "[profile x]\nk=v\n", .want = "v" },
        { .name = "tabs", .config = "[profile x]\nk\t=\tv\t\n", .want = "v" },
        { .name = "a later equals sign", .config = "[profile x]\nk = a=b==\n", .want = "a=b==" },
        { .name = "no newline at the end", .config = "[profile x]\nk = v", .want = "v" },
        { .name = "quotes are part of it", .config = "[profile x]\nk = \"v\"\n", .want = "\"v\"" },
        { .name = "backslashes too", .config = "[profile x]\nk = a\\nb\n", .want = "a\\nb" },
        { .name = "inner blanks and tabs", .config = "[profile x]\nk = a \tb\n", .want = "a \tb" },
        { .name = "no ascii", .config = "[profile x]\nk = \xC3\xA9\n", .want = "\xC3\xA9" },
        { .name = "brackets in a value", .config = "[profile x]\nk = [v]\n", .want = "[v]" },
        { .name = "a colon does not separate", .config = "[profile x]\nk:k = v\n", .want = NULL },
        { .name = "it belongs to the key",
                .config = "[profile x]\nk:k = v\n",
                .key = "k:k",
                .want = "v" },
    };
    CHECK_VALUES(state, ROWS)
}

static void keys_match_in_any_case_and_values_keep_theirs(void **state)
{
    static const struct value_row ROWS[] = {
        { .name = "capital in the file",
                .config = "[profile x]\nReGion = Eu\n",
                .key = "region",
                .want = "Eu" },
        { .name = "capital in the question",
                .config = "[profile x]\nregion = Eu\n",
                .key = "REGION",
                .want = "Eu" },
        { .name = "the later one, in another case",
                .config = "[profile x]\nk = 1\nK = 2\n",
                .want = "2" },
        { .name = "nested",
                .config = "[services x]\nSSM =\n Endpoint_URL = Http\n",
                .kind = PROFILE_SECTION_SERVICES,
                .key = "ssm",
                .nested_key = "endpoint_url",
                .want = "Http" },
        { .name = "a longer key is another", .config = "[profile x]\nkk = v\n", .want = NULL },
        { .name = "a shorter key is another",
                .config = "[profile x]\nk = v\n",
                .key = "kk",
                .want = NULL },
    };
    CHECK_VALUES(state, ROWS)
}

static void an_empty_value_counts_as_absent(void **state)
{
    static const struct value_row ROWS[] = {
        { .name = "nothing", .config = "[profile x]\nk =\n", .want = NULL },
        { .name = "blanks", .config = "[profile x]\nk = \t \n", .want = NULL },
        { .name = "only a comment", .config = "[profile x]\nk = # c\n", .want = NULL },
        { .name = "it hides an earlier one", .config = "[profile x]\nk = 1\nk =\n", .want = NULL },
        { .name = "in the credentials file too",
                .config = "[profile x]\nk = 1\n",
                .credentials = "[x]\nk =\n",
                .want = NULL },
        { .name = "nested", .config = "[profile x]\nk =\n n =\n", .nested_key = "n", .want = NULL },
        { .name = "above nested ones", .config = "[profile x]\nk =\n n = v\n", .want = NULL },
    };
    CHECK_VALUES(state, ROWS)
}

static void comments_begin_where_the_grammar_lets_them(void **state)
{
    static const struct value_row ROWS[] = {
        { .name = "a line of #", .config = "[profile x]\n# k = 1\nk = v\n", .want = "v" },
        { .name = "a line of ;", .config = "[profile x]\n;k = 1\nk = v\n", .want = "v" },
        { .name = "before the first section",
                .config = "#c\n;c\n\n[profile x]\nk=v\n",
                .want = "v" },
        { .name = "blank and #", .config = "[profile x]\nk = v # c\n", .want = "v" },
        { .name = "tab and ;", .config = "[profile x]\nk = v\t;c\n", .want = "v" },
        { .name = "the first one counts", .config = "[profile x]\nk = v ;c # d\n", .want = "v" },
        { .name = "no blank, #", .config = "[profile x]\nk = a#b\n", .want = "a#b" },
        { .name = "no blank, ;", .config = "[profile x]\nk = a;b\n", .want = "a;b" },
        { .name = "right behind the equals sign", .config = "[profile x]\nk =#b\n", .want = "#b" },
        { .name = "behind a section", .config = "[profile x]#c ]\nk = v\n", .want = "v" },
        { .name = "behind a section with a blank",
                .config = "[profile x] ; c\nk = v\n",
                .want = "v" },
    };
    CHECK_VALUES(state, ROWS)
}

static void indented_lines_continue_a_value(void **state)
{
    static const struct value_row ROWS[] = {
        { .name = "joined by LF", .config = "[profile x]\nk = a\n  b\n\tc \n", .want = "a\nb\nc" },
        { .name = "comments are kept",
                .config = "[profile x]\nk = a\n b # c\n",
                .want = "a\nb # c" },
        { .name = "an indented comment as well",
                .config = "[profile x]\nk = a\n # c\n",
                .want = "a\n# c" },
        { .name = "and an indented section",
                .config = "[profile x]\nk = a\n [profile y]\n",
                .want = "a\n[profile y]" },
        { .name = "empty lines and comments between",
                .config = "[profile x]\nk = a\n\n \n#c\n b\n",
                .want = "a\nb" },
        { .name = "equals signs are text",
                .config = "[profile x]\nk = a\n n = v\n",
                .want = "a\nn = v" },
        { .name = "and nest nothing",
                .config = "[profile x]\nk = a\n n = v\n",
                .nested_key = "n",
                .want = NULL },
        { .name = "the next property ends it",
                .config = "[profile x]\nj = a\nk = v\n b\n",
                .key = "j",
                .want = "a" },
    };
    CHECK_VALUES(state, ROWS)
}

static void indented_lines_below_an_empty_value_nest(void **state)
{
    static const char LOCAL[] = "[profile x]\nservices = local\n"
                                "[services local]\n"
                                "ssm =\n"
                                "  endpoint_url = http://localhost:4566\n"
                                "  region = r\n"
                                "sts = # here\n"
                                "\tendpoint_url=http://localhost:4567\n";
    static const struct value_row ROWS[] = {
        { .name = "first",
                .config = LOCAL,
                .kind = PROFILE_SECTION_SERVICES,
                .section = "local",
                .key = "ssm",
                .nested_key = "endpoint_url",
                .want = "http://localhost:4566" },
        { .name = "second",
                .config = LOCAL,
                .kind = PROFILE_SECTION_SERVICES,
                .section = "local",
                .key = "ssm",
                .nested_key = "region",
                .want = "r" },
        { .name = "of another key",
                .config = LOCAL,
                .kind = PROFILE_SECTION_SERVICES,
                .section = "local",
                .key = "sts",
                .nested_key = "endpoint_url",
                .want = "http://localhost:4567" },
        { .name = "missing",
                .config = LOCAL,
                .kind = PROFILE_SECTION_SERVICES,
                .section = "local",
                .key = "sts",
                .nested_key = "region",
                .want = NULL },
        { .name = "missing parent",
                .config = LOCAL,
                .kind = PROFILE_SECTION_SERVICES,
                .section = "local",
                .key = "s3",
                .nested_key = "endpoint_url",
                .want = NULL },
        { .name = "not in the section itself",
                .config = LOCAL,
                .kind = PROFILE_SECTION_SERVICES,
                .section = "local",
                .key = "endpoint_url",
                .want = NULL },
        { .name = "in a profile",
                .config = "[profile x]\ns3 =\n n = v\n",
                .key = "s3",
                .nested_key = "n",
                .want = "v" },
        { .name = "the later of two",
                .config = "[profile x]\nk =\n n = 1\n n = 2\n",
                .nested_key = "n",
                .want = "2" },
        { .name = "comments are kept",
                .config = "[profile x]\nk =\n n = v # c\n",
                .nested_key = "n",
                .want = "v # c" },
        { .name = "a later parent replaces all",
                .config = "[profile x]\nk =\n n = 1\nk =\n m = 2\n",
                .nested_key = "n",
                .want = NULL },
    };
    CHECK_VALUES(state, ROWS)
}

static void line_ends_and_marks_of_other_systems_do_no_harm(void **state)
{
    static const struct value_row ROWS[] = {
        { .name = "CRLF", .config = "[profile x]\r\nk = a\r\n\r\n  b\r\n", .want = "a\nb" },
        { .name = "CRLF and a comment", .config = "[profile x] # c\r\nk = a # c\r\n", .want = "a" },
        { .name = "CR at the very end", .config = "[profile x]\nk = a\r", .want = "a" },
        { .name = "CR alone", .config = "[profile x]\rk = a\r\r  b\r", .want = "a\nb" },
        { .name = "CR alone behind a comment",
                .config = "#c\r[profile x]#\rk = a # c\r",
                .want = "a" },
        { .name = "CR CR LF", .config = "[profile x]\r\r\nk = a\r\r\n b\r\r\n", .want = "a\nb" },
        { .name = "byte order mark", .config = "\xEF\xBB\xBF[profile x]\nk = v\n", .want = "v" },
        { .name = "in the credentials file",
                .credentials = "\xEF\xBB\xBF[x]\r\nk = v\r\n",
                .want = "v" },
    };
    CHECK_VALUES(state, ROWS)
}

static void sections_of_one_name_are_merged(void **state)
{
    static const struct value_row ROWS[] = {
        { .name = "later wins", .config = "[profile x]\nk = 1\n[profile x]\nk = 2\n", .want = "2" },
        { .name = "later wins inside", .config = "[profile x]\nk = 1\nk = 2\n", .want = "2" },
        { .name = "the earlier one's keys stay",
                .config = "[profile x]\nk = 1\n[profile x]\nj = 2\n",
                .want = "1" },
        { .name = "with another between",
                .config = "[profile x]\nk = 1\n[profile y]\nk = 2\n[profile x]\nj = 3\n",
                .want = "1" },
        { .name = "in the credentials file",
                .credentials = "[x]\nk = 1\n[y]\n[x]\nk = 2\n",
                .want = "2" },
        { .name = "sso-session",
                .config = "[sso-session x]\nk = 1\n[sso-session x]\nj = 2\n",
                .kind = PROFILE_SECTION_SSO_SESSION,
                .want = "1" },
        { .name = "case tells names apart",
                .config = "[profile x]\nk = 1\n[profile X]\nk = 2\n",
                .want = "1" },
        { .name = "and so does the type",
                .config = "[profile x]\nk = 1\n[sso-session x]\nk = 2\n[services x]\nk = 3\n",
                .want = "1" },
    };
    CHECK_VALUES(state, ROWS)
}

static void credentials_file_wins_per_key(void **state)
{
    static const char CONFIG[] = "[profile x]\nk = config\nj = config\n[default]\nk = config\n";
    static const char CREDENTIALS[] = "[default]\nk = keys\n[x]\nk = keys\ni = keys\n";
    static const struct value_row ROWS[] = {
        { .name = "in both", .config = CONFIG, .credentials = CREDENTIALS, .want = "keys" },
        { .name = "in config",
                .config = CONFIG,
                .credentials = CREDENTIALS,
                .key = "j",
                .want = "config" },
        { .name = "in credentials",
                .config = CONFIG,
                .credentials = CREDENTIALS,
                .key = "i",
                .want = "keys" },
        { .name = "default",
                .config = CONFIG,
                .credentials = CREDENTIALS,
                .section = "default",
                .want = "keys" },
        { .name = "no config file", .credentials = CREDENTIALS, .want = "keys" },
        { .name = "no credentials file", .config = CONFIG, .want = "config" },
    };
    CHECK_VALUES(state, ROWS)
}

static void profile_default_replaces_default_completely(void **state)
{
    static const char AFTER[] = "[default]\nk = plain\nj = plain\n[profile default]\nk = typed\n";
    static const char BEFORE[] = "[profile default]\nk = typed\n[default]\nk = plain\nj = plain\n";
    static const struct value_row ROWS[] = {
        { .name = "below", .config = AFTER, .section = "default", .want = "typed" },
        { .name = "below, nothing else stays",
                .config = AFTER,
                .section = "default",
                .key = "j",
                .want = NULL },
        { .name = "above", .config = BEFORE, .section = "default", .want = "typed" },
        { .name = "above, nothing else stays",
                .config = BEFORE,
                .section = "default",
                .key = "j",
                .want = NULL },
        { .name = "the credentials file's stays",
                .config = AFTER,
                .credentials = "[default]\nj = keys\n",
                .section = "default",
                .key = "j",
                .want = "keys" },
        { .name = "sso-session default replaces nothing",
                .config = "[default]\nk = plain\n[sso-session default]\n",
                .section = "default",
                .want = "plain" },
        { .name = "default is not a fallback for others",
                .config = "[default]\nk = 1\n[profile x]\n",
                .want = NULL },
    };
    CHECK_VALUES(state, ROWS)
}

static void an_ignored_section_or_property_leaves_no_values(void **state)
{
    static const struct value_row ROWS[] = {
        { .name = "to the section before",
                .config = "[profile x]\nj = 1\n[y]\nk = 2\n",
                .want = NULL },
        { .name = "nor its indented lines",
                .config = "[profile x]\nj = 1\n[y]\ni =\n k = 2\n",
                .key = "j",
                .want = "1" },
        { .name = "indented lines below an ignored key",
                .config = "[profile x]\nk = 1\nb d = 2\n 3\n",
                .want = "1" },
        { .name = "an ignored nested key",
                .config = "[profile x]\nk =\n b d = 1\n n = 2\n",
                .nested_key = "n",
                .want = "2" },
        { .name = "the section behind it counts",
                .config = "[y]\nk = 1\n[profile x]\nk = 2\n",
                .want = "2" },
    };
    CHECK_VALUES(state, ROWS)
}

/* Sections. */

struct section_row {
    const char *name;
    const char *config;
    const char *credentials;
    enum profile_section_kind kind;
    const char *section;
    bool want_found;
};

static void finds_the_sections_of_the_grammar_and_no_others(void **state)
{
    static const enum profile_section_kind PROFILE = PROFILE_SECTION_PROFILE;
    static const struct section_row ROWS[] = {
        { "profile", "[profile x]", NULL, PROFILE, "x", true },
        { "default", "[default]", NULL, PROFILE, "default", true },
        { "profile default", "[profile default]", NULL, PROFILE, "default", true },
        { "blanks", "[ \tprofile \t x\t ]", NULL, PROFILE, "x", true },
        { "blanks around default", "[ default ]", NULL, PROFILE, "default", true },
        { "all characters", "[profile aZ0_-/.%@:+\\]", NULL, PROFILE, "aZ0_-/.%@:+\\", true },
        { "sso-session", "[sso-session x]", NULL, PROFILE_SECTION_SSO_SESSION, "x", true },
        { "services", "[services x]", NULL, PROFILE_SECTION_SERVICES, "x", true },
        { "a session is not a profile", "[sso-session x]", NULL, PROFILE, "x", false },
        { "plain in config", "[x]", NULL, PROFILE, "x", false },
        { "no blank behind the type", "[profilex]", NULL, PROFILE, "x", false },
        { "nor is it a name", "[profilex]", NULL, PROFILE, "profilex", false },
        { "type in capitals", "[Profile x]", NULL, PROFILE, "x", false },
        { "default in capitals", "[Default]", NULL, PROFILE, "Default", false },
        { "unknown type", "[thing x]", NULL, PROFILE, "x", false },
        { "type without a name", "[profile ]", NULL, PROFILE, "profile", false },
        { "two names", "[profile x y]", NULL, PROFILE, "x", false },
        { "bad character", "[profile x!]", NULL, PROFILE, "x!", false },
        { "no ascii", "[profile \xC3\xA9]", NULL, PROFILE, "\xC3\xA9", false },
        { "text behind", "[profile x] y", NULL, PROFILE, "x", true },
        { "credentials", NULL, "[x]", PROFILE, "x", true },
        { "credentials with blanks", NULL, "[\tx ]", PROFILE, "x", true },
        { "credentials with a type", NULL, "[profile x]", PROFILE, "x", false },
        { "no session in credentials", NULL, "[sso-session x]", PROFILE_SECTION_SSO_SESSION, "x",
                false },
        { "a name that begins like a type", NULL, "[profilex]", PROFILE, "profilex", true },
        { "no such section", "[profile x]", "[x]", PROFILE, "y", false },
        { "empty files", "", "", PROFILE, "default", false },
        { "no files", NULL, NULL, PROFILE, "default", false },
        { "only a byte order mark", "\xEF\xBB\xBF", NULL, PROFILE, "default", false },
    };
    for (size_t i = 0; i < COUNT_OF(ROWS); i++) {
        struct fixture *fixture = *state;
        load_texts(fixture, ROWS[i].config, ROWS[i].credentials);
        bool found = profile_files_find(&fixture->files, ROWS[i].kind, ROWS[i].section) != NULL;
        if (found != ROWS[i].want_found) {
            fail_msg("%s: %s", ROWS[i].name, found ? "found" : "not found");
        }
    }
}

static void names_with_other_characters_are_quoted_as_a_shell_does(void **state)
{
    static const enum profile_section_kind PROFILE = PROFILE_SECTION_PROFILE;
    static const struct section_row ROWS[] = {
        { "double quotes", "[profile \"my dev\"]", NULL, PROFILE, "my dev", true },
        { "single quotes", "[profile 'my dev']", NULL, PROFILE, "my dev", true },
        { "needless quotes", "[profile \"x\"]", NULL, PROFILE, "x", true },
        { "default in quotes", "[profile \"default\"]", NULL, PROFILE, "default", true },
        { "session", "[sso-session 'a b']", NULL, PROFILE_SECTION_SSO_SESSION, "a b", true },
        { "comment characters", "[profile \"a#b;c\"] # d", NULL, PROFILE, "a#b;c", true },
        { "a bracket", "[profile 'a]b']", NULL, PROFILE, "a]b", true },
        { "no ascii", "[profile '\xC3\xA9']", NULL, PROFILE, "\xC3\xA9", true },
        { "pieces", "[profile my\" \"'dev'1]", NULL, PROFILE, "my dev1", true },
        { "escaped quote", "[profile \"a\\\"b\"]", NULL, PROFILE, "a\"b", true },
        { "escaped backslash", "[profile \"a\\\\\"]", NULL, PROFILE, "a\\", true },
        { "other backslash", "[profile \"a\\b\"]", NULL, PROFILE, "a\\b", true },
        { "backslash in single quotes", "[profile 'a\\b']", NULL, PROFILE, "a\\b", true },
        { "two in single quotes", "[profile 'a\\\\b']", NULL, PROFILE, "a\\\\b", true },
        { "two words", "[profile 'a' 'b']", NULL, PROFILE, "a", false },
        { "empty", "[profile \"\"]", NULL, PROFILE, "", false },
        { "not closed", "[profile \"a]", NULL, PROFILE, "\"a", false },
        { "an apostrophe", "[profile bob's]", NULL, PROFILE, "bob's", false },
        { "control character", "[profile \"a\tb\"]", NULL, PROFILE, "a\tb", false },
        { "no quotes without a type", "['default']", NULL, PROFILE, "default", false },
        { "bare in credentials", NULL, "[ my dev ]", PROFILE, "my dev", true },
        { "no quotes in credentials", NULL, "['my dev']", PROFILE, "my dev", false },
        { "tab in credentials", NULL, "[my\tdev]", PROFILE, "my\tdev", false },
    };
    for (size_t i = 0; i < COUNT_OF(ROWS); i++) {
        struct fixture *fixture = *state;
        load_texts(fixture, ROWS[i].config, ROWS[i].credentials);
        bool found = profile_files_find(&fixture->files, ROWS[i].kind, ROWS[i].section) != NULL;
        if (found != ROWS[i].want_found) {
            fail_msg("%s: %s", ROWS[i].name, found ? "found" : "not found");
        }
    }
}

static void a_quoted_profile_meets_its_bare_name_in_the_credentials_file(void **state)
{
    struct fixture *fixture = *state;
    load_texts(fixture, "[profile \"my dev\"]\nregion = r\n", "[my dev]\nkey = k\n");
    const struct profile_section *section = find_profile(fixture, "my dev");
    assert_string_equal(get(section, "region"), "r");
    assert_string_equal(get(section, "key"), "k");
}

static void a_section_that_is_null_has_no_keys(void **state)
{
    (void)state;
    assert_null(profile_section_find(NULL, "k"));
    assert_null(profile_section_find_nested(NULL, "k", "n"));
    assert_null(get(NULL, "k"));
}

/* Failures and warnings. */

struct complaint_row {
    const char *name;
    const char *config;
    const char *credentials;
    size_t line; /* 0: no complaint */
    const char *part;
};

static bool aborts_for_text_of(const struct profile_section *section, const char *key)
{
    int status = 0;
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        int nothing = open("/dev/null", O_WRONLY | O_CLOEXEC);
        (void)dup2(nothing, STDERR_FILENO);
        (void)signal(SIGABRT, SIG_DFL);
        _exit(profile_property_text(profile_section_find(section, key)) == NULL ? 1 : 0);
    }
    assert_int_equal(waitpid(pid, &status, 0), pid);
    return WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT;
}

static void text_is_of_public_keys_only(void **state)
{
    struct fixture *fixture = *state;
    load_texts(fixture,
            "[default]\nregion = r\naws_access_key_id = a\naws_secret_access_key = b\n"
            "aws_session_token = c\ncredential_process = d --password e\n",
            "");
    const struct profile_section *section = find_profile(fixture, "default");
    assert_false(aborts_for_text_of(section, "region"));
    assert_true(aborts_for_text_of(section, "aws_access_key_id"));
    assert_true(aborts_for_text_of(section, "AWS_SECRET_ACCESS_KEY"));
    assert_true(aborts_for_text_of(section, "aws_session_token"));
    assert_true(aborts_for_text_of(section, "credential_process"));
}

static void format_where(const struct fixture *fixture,
        const struct complaint_row *row,
        char where[static 2 * PATH_BYTES])
{
    const char *path = row->config != NULL ? fixture->config : fixture->credentials;
    (void)snprintf(where, 2 * PATH_BYTES, "%s:%zu", path, row->line);
}

static void assert_row_has_secret(const struct complaint_row *row)
{
    const char *text = row->config != NULL ? row->config : row->credentials;
    if (strstr(text, HUSH) == NULL) {
        fail_msg("%s: the row would prove nothing", row->name);
    }
}

static void assert_hushed(const struct complaint_row *row, const char *text)
{
    if (strstr(text, "hush") != NULL) {
        fail_msg("%s: says \"%s\"", row->name, text);
    }
}

static void bad_lines_are_errors_that_name_file_and_line(void **state)
{
    static const struct complaint_row ROWS[] = {
        { "no closing bracket", "[profile x\nk = " HUSH, NULL, 1, "closing ]" },
        { "it is in a comment", "\n[profile x # ]\nk = " HUSH, NULL, 2, "closing ]" },
        { "it is quoted", "[profile \"x]\"\nk = " HUSH "\n", NULL, 0, NULL },
        { "no section", "k = " HUSH "\n[default]\n", NULL, 1, "before any [section]" },
        { "no section, no key = value", "#\nhush+hush/hush=\n", NULL, 2, "before any [section]" },
        { "no equals sign", "[default]\nhush\nk = " HUSH "\n", NULL, 2, "key = value" },
        { "only in a comment", "[default]\nhush # " HUSH "\n", NULL, 2, "key = value" },
        { "no key", "[default]\n= " HUSH "\n", NULL, 2, "no key" },
        { "a property behind the bracket", "[default] k = " HUSH "\n", NULL, 1, "after the ]" },
        { "a section behind the bracket", "[a][b]\nk = " HUSH "\n", NULL, 1, "after the ]" },
        { "keys below another's value", "[default]\nk = v\n aws_access_key_id = " HUSH "\n", NULL,
                3, "a property of its own" },
        { "below an empty value", "[default]\nk =\n role_arn=" HUSH "\n", NULL, 3,
                "a property of its own" },
        { "below a key that is ignored", "[default]\nb d = v\n Role_Arn = " HUSH "\n", NULL, 3,
                "a property of its own" },
        { "no equals sign in an ignored section", "[x]\nk = " HUSH "\nhush\n", NULL, 3,
                "key = value" },
        { "nothing to continue", "[default]\n " HUSH "\n", NULL, 2, "continues no property" },
        { "a property of the section before", "[default]\nk = v\n[profile x]\n " HUSH "\n", NULL, 4,
                "continues no property" },
        { "an indented section", " [default]\nk = " HUSH "\n", NULL, 1, "continues no property" },
        { "indented without equals sign", "[default]\nk =\n hush\n#" HUSH, NULL, 3,
                "below an empty value" },
        { "indented comment without one", "[default]\nk =\n # hush\n#" HUSH, NULL, 3,
                "below an empty value" },
        { "indented without key", "[default]\nk =\n = " HUSH "\n", NULL, 3, "no key" },
        { "control character", "[default]\nk = \x1b[1m" HUSH "\n", NULL, 2, "control character" },
        { "DEL", "[default]\nk = " HUSH "\x7f\n", NULL, 2, "control character" },
        { "form feed at the end", "[default]\nk = " HUSH "\f\n", NULL, 2, "control character" },
        { "inner CR", "[default]\nk = " HUSH "\rv\n", NULL, 3, "key = value" },
        { "in a continuation", "[default]\nk = v\n " HUSH "\b\n", NULL, 3, "control character" },
        { "in a nested value", "[default]\nk =\n n = " HUSH "\b\n", NULL, 3, "control character" },
        { "in the credentials file", NULL, "\n\n[x]\r\nhush\r\n#" HUSH, 4, "key = value" },
    };
    for (size_t i = 0; i < COUNT_OF(ROWS); i++) {
        struct fixture *fixture = *state;
        const struct complaint_row *row = &ROWS[i];
        assert_row_has_secret(row);
        put_files(fixture, row->config, row->credentials);
        bool loaded = load(fixture);
        if (loaded != (row->line == 0) || fixture->problems.len != (row->line == 0 ? 0 : 1)) {
            fail_msg("%s: %zu problems", row->name, fixture->problems.len);
        }
        if (row->line == 0) {
            continue;
        }
        char where[2 * PATH_BYTES];
        format_where(fixture, row, where);
        const struct err *problem = &fixture->problems.items[0];
        if (problem->kind != ERR_INPUT || strcmp(problem->where, where) != 0
                || strstr(problem->why, row->part) == NULL) {
            fail_msg("%s: got %s: %s", row->name, problem->where, problem->why);
        }
        assert_hushed(row, problem->why);
        assert_hushed(row, problem->hint);
        assert_hushed(row, text_string(&fixture->warnings));
    }
}

static void what_is_ignored_is_a_warning_that_names_file_and_line(void **state)
{
    static const struct complaint_row ROWS[] = {
        { "plain section", "[x]\nk = " HUSH "\n", NULL, 1, "[profile NAME]" },
        { "type without a name", "[profile ]\nk = " HUSH "\n", NULL, 1, "[profile NAME]" },
        { "character in a name", "\n[profile hush!]\n#" HUSH, NULL, 2, "name" },
        { "empty name", "[profile '']\nk = " HUSH "\n", NULL, 1, "name" },
        { "type in the credentials file", NULL, "[profile hush]\nk = " HUSH "\n", 1, "[NAME]" },
        { "character in a name there", NULL, "[hush!]\nk = " HUSH "\n", 1, "name" },
        { "words behind the bracket", "[profile x] hush\n#" HUSH, NULL, 1, "after the ]" },
        { "character in a key", "[default]\nhu sh = " HUSH "\n", NULL, 2, "its key" },
        { "in a nested key", "[default]\nk =\n hu sh = " HUSH "\n", NULL, 3, "its key" },
        { "[default] above", "[default]\nk = " HUSH "\n[profile default]\n", NULL, 1,
                "replaces [default]" },
        { "[default] below", "[profile default]\n[default]\nk = " HUSH "\n", NULL, 2,
                "replaces [default]" },
        { "no comment at an indented line's end", "[default]\nk = 1\n " HUSH " # c\n", NULL, 3,
                "not start a comment" },
        { "nor at its beginning", "[default]\nk = 1\n  #" HUSH "\n", NULL, 3,
                "not start a comment" },
        { "nor when nested", "[default]\nk =\n n = " HUSH " ;c\n", NULL, 3, "not start a comment" },
        { "sections of the AWS CLI", "[plugins]\nk = " HUSH "\n[preview]\nk = v\n", NULL, 0, NULL },
        { "all is well", "[profile x] # c\nk = " HUSH " # c\n j # \n", NULL, 3,
                "not start a comment" },
        { "nothing to warn of", "# c\n[profile x] # c\nk = " HUSH " # c\n a#b\n\n", NULL, 0, NULL },
    };
    for (size_t i = 0; i < COUNT_OF(ROWS); i++) {
        struct fixture *fixture = *state;
        const struct complaint_row *row = &ROWS[i];
        assert_row_has_secret(row);
        load_texts(fixture, row->config == NULL ? "" : row->config,
                row->credentials == NULL ? "" : row->credentials);
        const char *warnings = text_string(&fixture->warnings);
        char where[2 * PATH_BYTES];
        format_where(fixture, row, where);
        size_t where_len = strlen(where);
        const char *line_end = strchr(warnings, '\n');
        bool is_single = line_end != NULL && line_end[1] == '\0';
        bool is_wanted = row->line == 0 ? warnings[0] == '\0'
                                        : is_single && strncmp(warnings, where, where_len) == 0
                        && warnings[where_len] == ':' && strstr(warnings, row->part) != NULL;
        if (!is_wanted) {
            fail_msg("%s: got \"%s\"", row->name, warnings);
        }
        assert_hushed(row, warnings);
    }
}

static void a_nul_anywhere_is_one_error(void **state)
{
#define BYTES(text) text, sizeof(text) - 1

    static const struct {
        const char *name;
        const char *bytes;
        size_t len;
        size_t line;
    } ROWS[] = {
        { "in a value", BYTES("[default]\nk = a\0b\nbad\n"), 2 },
        { "in a comment", BYTES("[default]\n\n# \0\nk = a\n"), 3 },
        { "in a section's name", BYTES("[profile x\0y]\nk = 1\n"), 1 },
        { "in a key", BYTES("[default]\nk\0 = 1\n"), 2 },
        { "at the end", BYTES("[default]\nk = 1\n\0"), 3 },
        { "UTF-16, little end first", BYTES("\xFF\xFE[\0x\0]\0\n\0"), 1 },
        { "the same without a mark", BYTES("[\0x\0]\0\n\0"), 1 },
        { "UTF-16, big end first", BYTES("\xFE\xFF\0[\0x\0]\0\n"), 1 },
        { "the same without a mark", BYTES("\0[\0x\0]\0\n"), 1 },
    };

#undef BYTES
    for (size_t i = 0; i < COUNT_OF(ROWS); i++) {
        struct fixture *fixture = *state;
        put_file(fixture->config, ROWS[i].bytes, ROWS[i].len);
        char where[2 * PATH_BYTES];
        (void)snprintf(where, sizeof(where), "%s:%zu", fixture->config, ROWS[i].line);
        if (load(fixture) || fixture->problems.len != 1
                || strcmp(fixture->problems.items[0].where, where) != 0) {
            fail_msg("%s: %zu problems", ROWS[i].name, fixture->problems.len);
        }
        assert_is_problem(fixture, 0, where, "NUL byte");
    }
}

static void all_problems_of_both_files_are_told_at_once(void **state)
{
    struct fixture *fixture = *state;
    put_files(fixture, "[default]\nbad\nk = v\nbad\n more of it\n[x\nk = v\n", "bad\nbad = 1\n");
    assert_false(load(fixture));
    assert_int_equal(fixture->problems.len, 4);
    char where[2 * PATH_BYTES];
    (void)snprintf(where, sizeof(where), "%s:2", fixture->config);
    assert_is_problem(fixture, 0, where, "key = value");
    (void)snprintf(where, sizeof(where), "%s:4", fixture->config);
    assert_is_problem(fixture, 1, where, "key = value");
    (void)snprintf(where, sizeof(where), "%s:6", fixture->config);
    assert_is_problem(fixture, 2, where, "closing ]");
    (void)snprintf(where, sizeof(where), "%s:1", fixture->credentials);
    assert_is_problem(fixture, 3, where, "before any [section]");
}

static void a_file_that_is_something_else_is_given_up_soon(void **state)
{
    struct fixture *fixture = *state;
    CLEANUP(text_clear) struct text config = TEXT_INIT(MEBIBYTE);
    text_append_string(&config, "[default]\n");
    for (size_t i = 0; i < 1000; i++) {
        text_append_string(&config, "no key\n");
    }
    put_files(fixture, text_string(&config), "[x\n");
    assert_false(load(fixture));
    assert_int_equal(fixture->problems.len, 8 + 1);
    assert_int_equal(fixture->problems.unlisted, 0);
}

static void problems_leave_the_output_untouched(void **state)
{
    struct fixture *fixture = *state;
    load_texts(fixture, "[profile x]\nk = v\n", NULL);
    const struct file_limits limits = {
        .clock = &clock_system,
        .deadline_ms = clock_monotonic_ms(&clock_system) + 10000,
    };
    put_files(fixture, "[profile y]\n", "[z\n");
    assert_false(profile_files_load(
            &fixture->environment, &limits, &fixture->sink, &fixture->files, &fixture->problems));
    assert_string_equal(get(find_profile(fixture, "x"), "k"), "v");
    assert_null(find_profile(fixture, "y"));
}

static void a_directory_in_a_files_place_is_an_error(void **state)
{
    struct fixture *fixture = *state;
    assert_int_equal(mkdir(fixture->config, 0700), 0);
    assert_int_equal(mkdir(fixture->credentials, 0700), 0);
    assert_false(load(fixture));
    assert_int_equal(fixture->problems.len, 2);
    assert_is_problem(fixture, 0, fixture->config, "is a directory");
    assert_is_problem(fixture, 1, fixture->credentials, "is a directory");
}

static void a_file_that_cannot_be_opened_is_an_error(void **state)
{
    struct fixture *fixture = *state;
    /* A link to itself cannot be opened by root either. */
    assert_int_equal(symlink(fixture->config, fixture->config), 0);
    put_file(fixture->credentials, "[x]\n", strlen("[x]\n"));
    assert_false(load(fixture));
    assert_int_equal(fixture->problems.len, 1);
    assert_is_problem(fixture, 0, fixture->config, "cannot be read");
}

static void a_mebibyte_is_read_and_a_byte_more_is_an_error(void **state)
{
    struct fixture *fixture = *state;
    static const char HEAD[] = "[profile x]\nk = v\n#";
    static char config[MEBIBYTE + 1];
    memset(config, 'c', sizeof(config));
    memcpy(config, HEAD, strlen(HEAD));
    put_file(fixture->config, config, sizeof(config) - 1);
    assert_true(load(fixture));
    assert_string_equal(get(find_profile(fixture, "x"), "k"), "v");
    put_file(fixture->config, config, sizeof(config));
    assert_false(load(fixture));
    assert_int_equal(fixture->problems.len, 1);
    assert_is_problem(fixture, 0, fixture->config, "1048576 bytes");
}

/* Where the files are. */

static void default_files_are_below_home(void **state)
{
    struct fixture *fixture = *state;
    char expected[2 * PATH_BYTES];
    char aws_directory[2 * PATH_BYTES];
    (void)snprintf(aws_directory, sizeof(aws_directory), "%s/.aws", fixture->directory);
    assert_int_equal(mkdir(aws_directory, 0700), 0);
    set_variable(fixture, "AWS_CONFIG_FILE", "");
    set_variable(fixture, "AWS_SHARED_CREDENTIALS_FILE", "");
    set_variable(fixture, "HOME", fixture->directory);

    (void)snprintf(expected, sizeof(expected), "%s/.aws/config", fixture->directory);
    put_file(expected, "[profile x]\nk = config\nj = v\n",
            strlen("[profile x]\nk = config\nj = v\n"));
    char expected_credentials[2 * PATH_BYTES];
    (void)snprintf(expected_credentials, sizeof(expected_credentials), "%s/.aws/credentials",
            fixture->directory);
    put_file(expected_credentials, "[x]\nk = keys\n", strlen("[x]\nk = keys\n"));
    bool loaded = load(fixture);
    (void)remove(expected);
    (void)remove(expected_credentials);
    (void)rmdir(aws_directory);

    assert_true(loaded);
    assert_string_equal(fixture->files.paths[PROFILE_FILE_CONFIG], expected);
    assert_string_equal(fixture->files.paths[PROFILE_FILE_CREDENTIALS], expected_credentials);
    assert_string_equal(get(find_profile(fixture, "x"), "k"), "keys");
    assert_string_equal(get(find_profile(fixture, "x"), "j"), "v");
}

static void only_a_first_segment_of_tilde_is_the_home_directory(void **state)
{
    static const struct {
        const char *name;
        const char *configured;
        const char *want; /* behind the home directory if it begins with a slash */
        bool is_in_home;
    } ROWS[] = {
        { "first segment", "~/other/config", "/other/config", true },
        { "later segment", "other/~/config", "other/~/config", false },
        { "of an unknown user", "~no-such-user/config", "~no-such-user/config", false },
        { "in an absolute path", "/~/config", "/~/config", false },
        { "a variable, which messages show as it was written", "$HOME/config", "$HOME/config",
                false },
        { "an unknown variable", "$NOT_SET/config", "$NOT_SET/config", false },
    };
    struct fixture *fixture = *state;
    set_variable(fixture, "HOME", fixture->directory);
    for (size_t i = 0; i < COUNT_OF(ROWS); i++) {
        set_variable(fixture, "AWS_CONFIG_FILE", ROWS[i].configured);
        assert_true(load(fixture));
        char want[2 * PATH_BYTES];
        (void)snprintf(want, sizeof(want), "%s%s", ROWS[i].is_in_home ? fixture->directory : "",
                ROWS[i].want);
        const char *got = fixture->files.paths[PROFILE_FILE_CONFIG];
        if (!is_same_text(got, want)) {
            fail_msg("%s: got %s", ROWS[i].name, got == NULL ? "(none)" : got);
        }
    }
}

static void without_home_the_user_database_knows(void **state)
{
    struct fixture *fixture = *state;
    const struct passwd *entry = getpwuid(getuid());
    if (entry == NULL) {
        skip();
        return;
    }
    set_variable(fixture, "AWS_CONFIG_FILE", "~/.ssm-exec-test-no-such-file");
    set_variable(fixture, "HOME", "");
    assert_true(load(fixture));
    char want[2 * PATH_BYTES];
    (void)snprintf(want, sizeof(want), "%s/.ssm-exec-test-no-such-file", entry->pw_dir);
    assert_string_equal(fixture->files.paths[PROFILE_FILE_CONFIG], want);
}

static void a_path_past_the_limit_is_an_error(void **state)
{
    struct fixture *fixture = *state;
    char *entry = malloc(8192);
    assert_non_null(entry);
    (void)snprintf(entry, 8192, "AWS_CONFIG_FILE=/%05000d", 0);
    fixture->entries[0] = entry;
    bool loaded = load(fixture);
    free(entry);
    assert_false(loaded);
    assert_int_equal(fixture->problems.len, 1);
    assert_is_problem(fixture, 0, "AWS_CONFIG_FILE", "4096 bytes");
}

/* Runs the check in a child that has another user's rights; true if it returned true there. */
static bool check_as_user(uid_t uid, bool (*check)(struct fixture *), struct fixture *fixture)
{
    (void)fflush(NULL);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        _exit((geteuid() != 0 || setuid(uid) == 0) && check(fixture) ? 0 : 1);
    }
    int status = 0;
    assert_int_equal(waitpid(child, &status, 0), child);
    return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

enum {
    OTHER_UID = 54321,
};

static bool takes_both_as_missing_with_a_warning(struct fixture *fixture)
{
    bool taken = load(fixture) && find_profile(fixture, "x") == NULL
            && strstr(text_string(&fixture->warnings), "/.aws/config: treated as missing") != NULL
            && strstr(text_string(&fixture->warnings), "/.aws/credentials: treated as missing")
                    != NULL;
    profile_files_clear(&fixture->files);
    return taken;
}

static bool refuses_the_configured_file(struct fixture *fixture)
{
    return !load(fixture) && fixture->problems.len == 1
            && strstr(fixture->problems.items[0].why, "cannot be read") != NULL;
}

static void default_files_in_a_directory_closed_to_us_are_taken_as_missing(void **state)
{
    struct fixture *fixture = *state;
    set_variable(fixture, "AWS_CONFIG_FILE", "");
    set_variable(fixture, "AWS_SHARED_CREDENTIALS_FILE", "");
    set_variable(fixture, "HOME", fixture->directory);
    assert_int_equal(chmod(fixture->directory, 0), 0);
    bool is_taken = check_as_user(OTHER_UID, takes_both_as_missing_with_a_warning, fixture);
    char configured[2 * PATH_BYTES];
    (void)snprintf(configured, sizeof(configured), "%s/.aws/config", fixture->directory);
    set_variable(fixture, "AWS_CONFIG_FILE", configured);
    bool is_refused = check_as_user(OTHER_UID, refuses_the_configured_file, fixture);
    assert_int_equal(chmod(fixture->directory, 0700), 0);
    assert_true(is_taken);
    assert_true(is_refused);
}

static bool refuses_the_unreadable_file(struct fixture *fixture)
{
    return !load(fixture) && fixture->problems.len == 1
            && strstr(fixture->problems.items[0].where, "/config") != NULL
            && strstr(fixture->problems.items[0].why, "cannot be read") != NULL;
}

static void a_default_file_in_sight_must_be_readable(void **state)
{
    struct fixture *fixture = *state;
    char aws_directory[2 * PATH_BYTES];
    char path[2 * PATH_BYTES];
    (void)snprintf(aws_directory, sizeof(aws_directory), "%s/.aws", fixture->directory);
    (void)snprintf(path, sizeof(path), "%s/.aws/config", fixture->directory);
    assert_int_equal(mkdir(aws_directory, 0755), 0);
    put_file(path, "[default]\n", strlen("[default]\n"));
    set_variable(fixture, "AWS_CONFIG_FILE", "");
    set_variable(fixture, "HOME", fixture->directory);
    /* For the other user our own credentials file is below a directory that does not exist. */
    set_variable(fixture, "AWS_SHARED_CREDENTIALS_FILE", "/nonexistent/credentials");
    assert_int_equal(chmod(fixture->directory, 0755), 0);
    assert_int_equal(chmod(path, 0), 0);
    bool is_refused = check_as_user(OTHER_UID, refuses_the_unreadable_file, fixture);
    (void)remove(path);
    (void)rmdir(aws_directory);
    assert_true(is_refused);
}

static bool has_no_default_files_and_refuses_a_tilde(struct fixture *fixture)
{
    if (!load(fixture) || strcmp(fixture->files.paths[PROFILE_FILE_CONFIG], "~/.aws/config") != 0
            || strcmp(fixture->files.paths[PROFILE_FILE_CREDENTIALS], "~/.aws/credentials") != 0) {
        return false;
    }
    profile_files_clear(&fixture->files);
    set_variable(fixture, "AWS_CONFIG_FILE", "~/config");
    return !load(fixture) && fixture->problems.len == 1
            && strcmp(fixture->problems.items[0].where, "AWS_CONFIG_FILE") == 0;
}

static void a_user_without_a_home_has_no_default_files(void **state)
{
    struct fixture *fixture = *state;
    if (geteuid() != 0 || getpwuid(OTHER_UID) != NULL) {
        skip();
    }
    set_variable(fixture, "AWS_CONFIG_FILE", "");
    set_variable(fixture, "AWS_SHARED_CREDENTIALS_FILE", "");
    assert_true(check_as_user(OTHER_UID, has_no_default_files_and_refuses_a_tilde, fixture));
}

/* Where a value is from. */

static void a_property_knows_its_file_and_line(void **state)
{
    struct fixture *fixture = *state;
    load_texts(fixture, "[profile x]\n\nk = 1\nj = 1\n  2\nn =\n  k = 1\n", "[x]\nk = 2\n");
    const struct profile_section *section = find_profile(fixture, "x");

    const struct {
        const struct profile_property *property;
        enum profile_file want_file;
        const char *want_path;
        size_t want_line;
    } ROWS[] = {
        { profile_section_find(section, "k"), PROFILE_FILE_CREDENTIALS, fixture->credentials, 2 },
        { profile_section_find(section, "j"), PROFILE_FILE_CONFIG, fixture->config, 4 },
        { profile_section_find_nested(section, "n", "k"), PROFILE_FILE_CONFIG, fixture->config, 7 },
    };

    for (size_t i = 0; i < COUNT_OF(ROWS); i++) {
        assert_non_null(ROWS[i].property);
        assert_int_equal(ROWS[i].property->place.file, ROWS[i].want_file);
        char want[2 * PATH_BYTES];
        (void)snprintf(want, sizeof(want), "%s:%zu", ROWS[i].want_path, ROWS[i].want_line);
        assert_string_equal(profile_where(&ROWS[i].property->place).text, want);
    }
}

static void a_long_path_keeps_its_end_and_the_line(void **state)
{
    struct fixture *fixture = *state;
    put_files(fixture, "[profile x]\nk = v\n", NULL);
    CLEANUP(text_clear) struct text entry = TEXT_INIT(4096);
    text_append_format(&entry, "AWS_CONFIG_FILE=%s", fixture->directory);
    for (size_t i = 0; i < 600; i++) {
        text_append_string(&entry, "/.");
    }
    text_append_string(&entry, "/config");
    fixture->entries[0] = entry.bytes;
    assert_true(load(fixture));
    const struct profile_property *property = profile_section_find(find_profile(fixture, "x"), "k");
    struct profile_where where = profile_where(&property->place);
    assert_true(strlen(where.text) > PROFILE_WHERE_BYTES / 2);
    assert_int_equal(strncmp(where.text, "...", 3), 0);
    assert_string_equal(where.text + strlen(where.text) - strlen("/./config:2"), "/./config:2");
}

/* Sizes. */

static void long_values_come_whole(void **state)
{
    static const size_t LENS[] = { 1, 63, 64, 65, 4096, 16385, 300000 };
    struct fixture *fixture = *state;
    for (size_t i = 0; i < COUNT_OF(LENS); i++) {
        CLEANUP(text_clear) struct text value = TEXT_INIT(MEBIBYTE);
        for (size_t at = 0; at < LENS[i]; at++) {
            text_append_char(&value, (char)('a' + at % 26));
        }
        CLEANUP(text_clear) struct text config = TEXT_INIT(MEBIBYTE);
        text_append_format(&config, "[profile x]\nk = %s\nj = %s\n  %s\n", text_string(&value),
                text_string(&value), text_string(&value));
        load_texts(fixture, text_string(&config), NULL);
        const struct profile_section *section = find_profile(fixture, "x");
        assert_string_equal(get(section, "k"), text_string(&value));
        const char *got = get(section, "j");
        assert_int_equal(strlen(got), 2 * LENS[i] + 1);
        assert_string_equal(got + LENS[i] + 1, text_string(&value));
    }
}

enum {
    MANY = 10000,
};

static void ten_thousand_sections_are_found_and_merged(void **state)
{
    struct fixture *fixture = *state;
    CLEANUP(text_clear) struct text config = TEXT_INIT(MEBIBYTE);
    CLEANUP(text_clear) struct text credentials = TEXT_INIT(MEBIBYTE);
    for (size_t i = 0; i < MANY; i++) {
        text_append_format(&config, "[profile p%zu]\nk = %zu\nj = %zu\n", i * 7919 % MANY, i, i);
        text_append_format(&credentials, "[p%zu]\nk = c%zu\n", i, i);
    }
    load_texts(fixture, text_string(&config), text_string(&credentials));
    for (size_t i = 0; i < MANY; i++) {
        char name[32];
        char want[32];
        (void)snprintf(name, sizeof(name), "p%zu", i * 7919 % MANY);
        const struct profile_section *section = find_profile(fixture, name);
        (void)snprintf(want, sizeof(want), "c%zu", i * 7919 % MANY);
        assert_string_equal(get(section, "k"), want);
        (void)snprintf(want, sizeof(want), "%zu", i);
        assert_string_equal(get(section, "j"), want);
    }
}

static void ten_thousand_properties_and_lines_are_read(void **state)
{
    struct fixture *fixture = *state;
    CLEANUP(text_clear) struct text config = TEXT_INIT(MEBIBYTE);
    text_append_string(&config, "[profile x]\n");
    for (size_t i = 0; i < MANY; i++) {
        text_append_format(&config, "k%zu = %zu\n", i, i);
    }
    text_append_string(&config, "long = 0\n");
    for (size_t i = 0; i < MANY; i++) {
        text_append_string(&config, "  1\n");
    }
    text_append_string(&config, "nest =\n");
    for (size_t i = 0; i < MANY; i++) {
        text_append_format(&config, "  n%zu = %zu\n", i, i);
    }
    load_texts(fixture, text_string(&config), NULL);
    const struct profile_section *section = find_profile(fixture, "x");
    assert_string_equal(get(section, "k0"), "0");
    assert_string_equal(get(section, "k9999"), "9999");
    assert_int_equal(strlen(get(section, "long")), 1 + 2 * MANY);
    assert_string_equal(get_nested(section, "nest", "n0"), "0");
    assert_string_equal(get_nested(section, "nest", "n9999"), "9999");
}

static void clearing_may_be_repeated(void **state)
{
    struct fixture *fixture = *state;
    load_texts(fixture, "[profile x]\nk =\n n = v\n", "[x]\nk = v\n");
    profile_files_clear(&fixture->files);
    assert_null(find_profile(fixture, "x"));
    assert_null(fixture->files.paths[PROFILE_FILE_CONFIG]);
    profile_files_clear(&fixture->files);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(reads_key_and_value_around_the_first_equals_sign),
        TEST(keys_match_in_any_case_and_values_keep_theirs),
        TEST(text_is_of_public_keys_only),
        TEST(an_empty_value_counts_as_absent),
        TEST(comments_begin_where_the_grammar_lets_them),
        TEST(indented_lines_continue_a_value),
        TEST(indented_lines_below_an_empty_value_nest),
        TEST(line_ends_and_marks_of_other_systems_do_no_harm),
        TEST(sections_of_one_name_are_merged),
        TEST(credentials_file_wins_per_key),
        TEST(profile_default_replaces_default_completely),
        TEST(an_ignored_section_or_property_leaves_no_values),
        TEST(finds_the_sections_of_the_grammar_and_no_others),
        TEST(names_with_other_characters_are_quoted_as_a_shell_does),
        TEST(a_quoted_profile_meets_its_bare_name_in_the_credentials_file),
        TEST(a_section_that_is_null_has_no_keys),
        TEST(bad_lines_are_errors_that_name_file_and_line),
        TEST(what_is_ignored_is_a_warning_that_names_file_and_line),
        TEST(a_nul_anywhere_is_one_error),
        TEST(all_problems_of_both_files_are_told_at_once),
        TEST(a_file_that_is_something_else_is_given_up_soon),
        TEST(problems_leave_the_output_untouched),
        TEST(a_directory_in_a_files_place_is_an_error),
        TEST(a_file_that_cannot_be_opened_is_an_error),
        TEST(a_mebibyte_is_read_and_a_byte_more_is_an_error),
        TEST(default_files_are_below_home),
        TEST(only_a_first_segment_of_tilde_is_the_home_directory),
        TEST(without_home_the_user_database_knows),
        TEST(a_path_past_the_limit_is_an_error),
        TEST(default_files_in_a_directory_closed_to_us_are_taken_as_missing),
        TEST(a_default_file_in_sight_must_be_readable),
        TEST(a_user_without_a_home_has_no_default_files),
        TEST(a_property_knows_its_file_and_line),
        TEST(a_long_path_keeps_its_end_and_the_line),
        TEST(long_values_come_whole),
        TEST(ten_thousand_sections_are_found_and_merged),
        TEST(ten_thousand_properties_and_lines_are_read),
        TEST(clearing_may_be_repeated),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
