/* SPDX-License-Identifier: MIT */
#include "options_read.h"

#include <stdio.h>
#include <string.h>

#include "options_argv.h"
#include "options_env.h"
#include "options_rows.h"
#include "options_store.h"

static const int64_t DEFAULT_TIMEOUT_MS = 60 * 1000;

/* What the functions below share. */
struct reader {
    struct options *options;
    struct err_list *problems;
    bool is_given[OPTIONS_MAX]; /* on the command line */
    bool lacks_separator;       /* a command without "--" was reported */
};

static bool is_given(const struct reader *reader, const char *name)
{
    return reader->is_given[options_find(&options_rows, name, strlen(name)) - options_rows.rows];
}

static void read_variables(struct reader *reader, const struct environment *environment)
{
    CLEANUP(options_env_clear) struct options_env env;
    struct option_given given;
    options_env_init(&env, &options_rows, environment, reader->is_given);
    while (options_env_next(&env, &given)) {
        if (option_given_check(&given, reader->problems)) {
            options_store(&given, reader->options, reader->problems);
        }
    }
    options_env_check_names(&options_rows, environment, reader->problems);
}

static bool may_be_source(const char *word)
{
    return word[0] == '/' || strchr(word, '=') != NULL;
}

/* If a command is needed and there is no "--", the first word that is not a source begins it. */
static bool begins_command(const struct reader *reader, const struct option_given *given)
{
    return given->kind == GIVEN_WORD && !may_be_source(given->value)
            && reader->options->command == NULL && !reader->options->dry_run
            && !is_given(reader, "dry-run");
}

static void read_argv(struct reader *reader, struct options_argv argv)
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
        if (begins_command(reader, &given)) {
            reader->lacks_separator = true;
            option_given_add_error(&given, reader->problems,
                    "sources are /path or NAME=/parameter/name, and the command comes after "
                    "\"--\": ssm-exec /prod/api -- ./server",
                    "missing \"--\" before the command");
            return;
        }
        if (option_given_check(&given, reader->problems)) {
            options_store(&given, reader->options, reader->problems);
        }
    }
}

/* --- combinations --- */

static void add_error(struct reader *reader, const char *why, const char *hint)
{
    const struct option_given given = { .table = &options_rows };
    option_given_add_error(&given, reader->problems, hint, "%s", why);
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

static void check_command(struct reader *reader)
{
    struct options *options = reader->options;
    if (options->command != NULL && options->command[0] == NULL) {
        options->command = NULL;
        if (!options->dry_run) {
            add_error(reader, "there is no command after \"--\"", NULL);
        }
    } else if (options->command == NULL && !options->dry_run && !reader->lacks_separator) {
        add_error(reader, "there is no command",
                "write it after \"--\": ssm-exec /prod/api -- ./server; or use --dry-run");
    }
}

/* An empty value does not meet a requirement, and an undecrypted SecureString may be empty. */
static void check_no_decrypt(struct reader *reader)
{
    struct options *options = reader->options;
    if (!options->dry_run && is_given(reader, "no-decrypt")) {
        add_error(reader, "--no-decrypt needs --dry-run", NULL);
    }
    options->no_decrypt = options->no_decrypt && options->dry_run;
    if (options->no_decrypt && options->required.len > 0) {
        struct option_given given = { .table = &options_rows };
        (void)snprintf(given.where, sizeof(given.where), "%s",
                is_given(reader, "require") ? "--require" : "SSM_EXEC_REQUIRE");
        option_given_add_error(&given, reader->problems, "omit one of the two",
                "--no-decrypt cannot tell whether a value is empty");
    }
}

/* Checks only options of the command line: a variable may be set for many different runs. */
static void check_combinations(struct reader *reader)
{
    struct options *options = reader->options;
    check_command(reader);
    if (is_given(reader, "json") && !options->dry_run) {
        add_error(reader, "--json needs --dry-run", NULL);
    }
    check_no_decrypt(reader);
    if (is_given(reader, "keep") && !options->pristine) {
        add_error(reader, "--keep needs --pristine", NULL);
    }
    if (is_given(reader, "label") && !has_path(&options->sources)) {
        add_error(reader, "--label needs a source that is a path",
                "the label of one parameter follows its name: NAME=/parameter/name:LABEL");
    }
    if (is_given(reader, "verbose") && is_given(reader, "quiet")) {
        add_error(reader, "--verbose and --quiet are mutually exclusive", NULL);
    } else if (is_given(reader, "verbose")) {
        options->report.quiet = false;
    } else if (is_given(reader, "quiet")) {
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
    struct reader reader = { .options = ret_options, .problems = problems };
    *ret_options = (struct options){ .timeout_ms = DEFAULT_TIMEOUT_MS };
    ret_options->command = options_argv_scan(&words, reader.is_given);
    read_variables(&reader, environment);
    read_argv(&reader, words);
    if (ret_options->report.action != OPTIONS_RUN) {
        err_list_clear(problems); /* --help and --version work in spite of other errors */
        return true;
    }
    check_combinations(&reader);
    return err_list_is_empty(problems);
}
