/* SPDX-License-Identifier: MIT */
#include "options_read.h"

#include <stdio.h>
#include <string.h>

#include "options_argv.h"
#include "options_env.h"
#include "options_rows.h"
#include "options_store.h"

static const int64_t DEFAULT_TIMEOUT_MS = 60 * 1000;

/* How far the reading has come. */
struct reading {
    struct options *options;
    struct err_list *problems;
    bool is_given[OPTIONS_MAX]; /* on the command line */
    bool lacks_separator;       /* a command without "--": reported alone */
};

static bool is_given(const struct reading *reading, const char *name)
{
    return reading->is_given[options_find(&options_rows, name, strlen(name)) - options_rows.rows];
}

static void read_variables(struct reading *reading, const struct environment *environment)
{
    CLEANUP(options_env_clear) struct options_env env;
    struct option_given given;
    options_env_init(&env, &options_rows, environment, reading->is_given);
    while (options_env_next(&env, &given)) {
        if (option_given_check(&given, reading->problems)) {
            options_store(&given, reading->options, reading->problems);
        }
    }
    options_env_check_names(&options_rows, environment, reading->problems);
}

static bool may_be_source(const char *word)
{
    return word[0] == '/' || strchr(word, '=') != NULL;
}

/* Where a command is needed and there is no "--", any other word than a source begins the command. */
static bool begins_command(const struct reading *reading, const struct option_given *given)
{
    return given->kind == GIVEN_WORD && !may_be_source(given->value)
            && reading->options->command == NULL && !reading->options->dry_run
            && !is_given(reading, "dry-run");
}

static void read_argv(struct reading *reading, struct options_argv argv)
{
    struct option_given given;
    bool follows_unknown = false;
    while (options_argv_next(&argv, &given)) {
        /* The word after an unknown option may be its value, which is not a second problem. */
        bool is_ignored = follows_unknown && given.kind == GIVEN_WORD
                && !may_be_source(given.value);
        follows_unknown = given.kind == GIVEN_UNKNOWN && given.value == NULL;
        if (is_ignored) {
            continue;
        }
        if (begins_command(reading, &given)) {
            reading->lacks_separator = true;
            option_given_add_error(&given, reading->problems,
                    "sources are /path or NAME=/parameter/name, and the command comes after "
                    "\"--\": ssm-exec /prod/api -- ./server",
                    "missing \"--\" before the command");
            return;
        }
        if (option_given_check(&given, reading->problems)) {
            options_store(&given, reading->options, reading->problems);
        }
    }
}

/* --- combinations --- */

static void add_error(struct reading *reading, const char *why, const char *hint)
{
    const struct option_given given = { .table = &options_rows };
    option_given_add_error(&given, reading->problems, hint, "%s", why);
}

static bool has_path(const struct source_list *sources)
{
    for (size_t i = 0; i < sources->len; i++) {
        if (sources->items[i].kind == SOURCE_PATH) {
            return true;
        }
    }
    return false;
}

static void check_command(struct reading *reading)
{
    struct options *options = reading->options;
    if (options->command != NULL && options->command[0] == NULL) {
        options->command = NULL;
        if (!options->dry_run) {
            add_error(reading, "there is no command after \"--\"", NULL);
        }
    } else if (options->command == NULL && !options->dry_run && !reading->lacks_separator) {
        add_error(reading, "there is no command",
                "write it after \"--\": ssm-exec /prod/api -- ./server; or use --dry-run");
    }
}

/* A requirement is not met by an empty value, and whether a SecureString is empty is not known. */
static void check_no_decrypt(struct reading *reading)
{
    struct options *options = reading->options;
    if (!options->dry_run && is_given(reading, "no-decrypt")) {
        add_error(reading, "--no-decrypt needs --dry-run", NULL);
    }
    options->no_decrypt = options->no_decrypt && options->dry_run;
    if (options->no_decrypt && options->required.len > 0) {
        struct option_given given = { .table = &options_rows };
        (void)snprintf(given.where, sizeof(given.where), "%s",
                is_given(reading, "require") ? "--require" : "SSM_EXEC_REQUIRE");
        option_given_add_error(&given, reading->problems, "leave out one of the two",
                "--no-decrypt does not tell whether a value is empty");
    }
}

/* A variable may be set for many runs: only options of the command line have to make sense together. */
static void check_combinations(struct reading *reading)
{
    struct options *options = reading->options;
    check_command(reading);
    if (is_given(reading, "json") && !options->dry_run) {
        add_error(reading, "--json needs --dry-run", NULL);
    }
    check_no_decrypt(reading);
    if (is_given(reading, "keep") && !options->pristine) {
        add_error(reading, "--keep needs --pristine", NULL);
    }
    if (is_given(reading, "label") && !has_path(&options->sources)) {
        add_error(reading, "--label needs a path among the sources",
                "the label of one parameter follows its name: NAME=/parameter/name:LABEL");
    }
    if (is_given(reading, "verbose") && is_given(reading, "quiet")) {
        add_error(reading, "--verbose and --quiet exclude each other", NULL);
    } else if (is_given(reading, "verbose")) {
        options->report.quiet = false;
    } else if (is_given(reading, "quiet")) {
        options->report.verbose = false;
    }
}

bool options_read(int argc,
        char *const argv[],
        const struct environment *environment,
        struct options *ret_options,
        struct err_list *problems)
{
    const struct options_argv words = OPTIONS_ARGV_INIT(&options_rows, argc, argv);
    struct reading reading = { .options = ret_options, .problems = problems };
    *ret_options = (struct options){ .timeout_ms = DEFAULT_TIMEOUT_MS };
    ret_options->command = options_argv_scan(&words, reading.is_given);
    read_variables(&reading, environment);
    read_argv(&reading, words);
    if (ret_options->report.action != OPTIONS_RUN) {
        err_list_clear(problems); /* help is shown whatever else is wrong */
        return true;
    }
    check_combinations(&reading);
    return err_list_is_empty(problems);
}
