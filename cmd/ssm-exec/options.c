/* SPDX-License-Identifier: MIT */
#include "options.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "arguments.h"
#include "base/ascii.h"
#include "base/similar.h"
#include "option_table.h"
#include "option_values.h"
#include "vars/var_name.h"

static const int64_t DEFAULT_TIMEOUT_MS = 60 * 1000;
static const char TWIN_PREFIX[] = VAR_NAME_OWN_PREFIX;
static const char SOURCES_VARIABLE[] = "SSM_EXEC_SOURCES";

enum {
    TWIN_NAME_MAX = 64
};

/* Where the reading stands. */
struct reading {
    int argc;
    char *const *argv;
    struct options *options;
    struct err_list *problems;
    bool given[OPTION_COUNT_MAX]; /* on the command line */
    bool lacks_separator;         /* a command without "--": that is told, and nothing after it */
};

static void add_usage_error(
        struct reading *reading, const char *where, const char *why, const char *hint)
{
    usage_error_add(reading->problems, where, hint, "%s", why);
}

/* --- suggestions --- */

/*
 * The name that was mistyped, of an option or the one more candidate (NULL: none): at most a third of
 * its letters differ. NULL where nothing is that near.
 */
static const char *find_similar(const char *name, const char *one_more)
{
    const char *similar = NULL;
    size_t least = strlen(name) / 3 + 1;
    for (size_t i = 0; i < option_count + (one_more == NULL ? 0 : 1); i++) {
        const char *candidate = i < option_count ? option_table[i].name : one_more;
        size_t distance = similar_distance(name, candidate);
        if (distance < least) {
            least = distance;
            similar = candidate;
        }
    }
    return similar;
}

/* --- variables --- */

/* SSM_EXEC_NAME for name. */
static void make_twin(const char *option_name, char out[static TWIN_NAME_MAX])
{
    size_t len = sizeof(TWIN_PREFIX) - 1;
    memcpy(out, TWIN_PREFIX, len);
    for (const char *c = option_name; *c != '\0' && len + 1 < TWIN_NAME_MAX; c++) {
        out[len++] = *c == '-' ? '_' : ascii_upper(*c);
    }
    out[len] = '\0';
}

static const struct option *find_twin(const char *variable)
{
    char twin[TWIN_NAME_MAX];
    for (size_t i = 0; i < option_count; i++) {
        make_twin(option_table[i].name, twin);
        if (strcmp(variable, twin) == 0) {
            return &option_table[i];
        }
    }
    return NULL;
}

static void read_twin(struct reading *reading,
        const char *variable,
        const struct option *option,
        const char *value)
{
    const struct option_place place = { .options = reading->options,
        .problems = reading->problems,
        .where = variable,
        .is_variable = true };
    if (value[0] == '\0') {
        return; /* empty is unset */
    }
    if (option == NULL) {
        option_store_sources(&place, value);
    } else if (option->kind != KIND_ACTION /* Dockerfiles set SSM_EXEC_VERSION */
            && (option_is_repeatable(option) || !reading->given[option - option_table])) {
        option_store(&place, option, value);
    }
}

/* The variables whose order counts come first, in that order. */
static const char *const ordered_variables[] = { "SSM_EXEC_LOCK", SOURCES_VARIABLE,
    "SSM_EXEC_OPTIONAL", "SSM_EXEC_FILE", "SSM_EXEC_ENV_FILE", "SSM_EXEC_ENV_FILE_IF_EXISTS" };

static bool is_ordered(const char *variable)
{
    for (size_t i = 0; i < sizeof(ordered_variables) / sizeof(ordered_variables[0]); i++) {
        if (strcmp(variable, ordered_variables[i]) == 0) {
            return true;
        }
    }
    return false;
}

static void read_ordered_variables(struct reading *reading, const struct environment *environment)
{
    for (size_t i = 0; i < sizeof(ordered_variables) / sizeof(ordered_variables[0]); i++) {
        const char *variable = ordered_variables[i];
        const char *value = environment_get(environment, variable);
        if (value != NULL) {
            read_twin(reading, variable, find_twin(variable), value);
        }
    }
}

static void add_unknown_variable(struct reading *reading, const char *variable)
{
    char option_name[TWIN_NAME_MAX] = "";
    char twin[TWIN_NAME_MAX];
    const char *rest = variable + sizeof(TWIN_PREFIX) - 1;
    for (size_t i = 0; rest[i] != '\0'; i++) {
        option_name[i] = rest[i] == '_' ? '-' : ascii_lower(rest[i]);
    }
    const char *similar = find_similar(option_name, "sources");
    if (similar == NULL) {
        usage_error_add(reading->problems, variable,
                "variables that begin with SSM_EXEC_ are settings of ssm-exec: see --help",
                "there is no such setting");
        return;
    }
    make_twin(similar, twin);
    char hint[2 * TWIN_NAME_MAX];
    (void)snprintf(hint, sizeof(hint), "did you mean %s?", twin);
    usage_error_add(reading->problems, variable, hint, "there is no such setting");
}

static void read_variables(struct reading *reading, const struct environment *environment)
{
    read_ordered_variables(reading, environment);
    for (char *const *entry = environment->entries; *entry != NULL; entry++) {
        size_t len = environment_name_len(*entry);
        char variable[TWIN_NAME_MAX];
        if (strncmp(*entry, TWIN_PREFIX, sizeof(TWIN_PREFIX) - 1) != 0 || (*entry)[len] != '=') {
            continue;
        }
        size_t kept = len < sizeof(variable) ? len : sizeof(variable) - 1;
        memcpy(variable, *entry, kept);
        variable[kept] = '\0';
        const struct option *option = find_twin(variable);
        bool is_read_already = is_ordered(variable)
                || environment_get_raw(environment, variable) != *entry + len + 1;
        if (option == NULL && strcmp(variable, SOURCES_VARIABLE) != 0) {
            add_unknown_variable(reading, variable);
        } else if (option != NULL && !is_read_already) {
            read_twin(reading, variable, option, *entry + len + 1);
        }
    }
}

/* --- the command line --- */

static bool was_given(const struct reading *reading, const char *name)
{
    return reading->given[option_find(name, strlen(name)) - option_table];
}

static void add_unknown_option(struct reading *reading, const struct argument *argument)
{
    char hint[64 + ARGUMENT_NAME_BYTES];
    const char *similar = argument->name[1] == '-' ? find_similar(argument->name + 2, NULL) : NULL;
    (void)snprintf(hint, sizeof(hint), "did you mean --%s? try 'ssm-exec --help'",
            similar == NULL ? "" : similar);
    add_usage_error(reading, argument->name, "unknown option", similar == NULL ? NULL : hint);
}

/* A bare word where a command is needed and there is no "--": it is the command, with its arguments. */
static bool begins_command(const struct reading *reading, const char *word)
{
    return reading->options->command == NULL && !reading->options->dry_run
            && !was_given(reading, "dry-run") && word[0] != '/' && strchr(word, '=') == NULL;
}

static void read_source(struct reading *reading, const struct argument *argument)
{
    const struct option_place place = {
        .options = reading->options, .problems = reading->problems, .position = argument->position
    };
    if (begins_command(reading, argument->value)) {
        reading->lacks_separator = true;
        add_usage_error(reading, NULL, "missing \"--\" before the command",
                "sources are /path or NAME=/parameter/name, and the command comes after \"--\": "
                "ssm-exec /prod/api -- ./server");
    } else {
        option_store_sources(&place, argument->value);
    }
}

static void read_argument(struct reading *reading, const struct argument *argument)
{
    const struct option_place place = {
        .options = reading->options, .problems = reading->problems, .where = argument->name
    };
    switch (argument->kind) {
    case ARGUMENT_SOURCE:
        read_source(reading, argument);
        break;
    case ARGUMENT_OPTION:
        option_store(&place, argument->option, argument->value);
        break;
    case ARGUMENT_UNKNOWN:
        add_unknown_option(reading, argument);
        break;
    case ARGUMENT_NO_VALUE:
        add_usage_error(reading, argument->name, "needs a value", NULL);
        break;
    case ARGUMENT_EMPTY_VALUE:
        add_usage_error(reading, argument->name, "its value is empty", NULL);
        break;
    case ARGUMENT_EXTRA_VALUE:
        add_usage_error(reading, argument->name, "takes no value", NULL);
        break;
    }
}

/* After an unknown option a word may be its value: that is not a second problem. */
static bool may_be_value(const struct argument *argument)
{
    return argument->kind == ARGUMENT_SOURCE && argument->value[0] != '/'
            && strchr(argument->value, '=') == NULL;
}

static void read_arguments(struct reading *reading)
{
    struct arguments arguments = ARGUMENTS_INIT(reading->argc, reading->argv);
    struct argument argument;
    bool follows_unknown = false;
    while (!reading->lacks_separator && arguments_next(&arguments, &argument)) {
        if (!follows_unknown || !may_be_value(&argument)) {
            read_argument(reading, &argument);
        }
        follows_unknown = argument.kind == ARGUMENT_UNKNOWN && argument.value == NULL;
    }
}

/* What has to be known before the values are read: which options the command line has, and COMMAND. */
static void scan_arguments(struct reading *reading)
{
    struct arguments arguments = ARGUMENTS_INIT(reading->argc, reading->argv);
    struct argument argument;
    while (arguments_next(&arguments, &argument)) {
        if (argument.option != NULL) {
            reading->given[argument.option - option_table] = true;
        }
    }
    reading->options->command = arguments_command(&arguments);
}

/* --- combinations --- */

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
            add_usage_error(reading, NULL, "there is no command after \"--\"", NULL);
        }
        return;
    }
    if (options->command == NULL && !options->dry_run && !reading->lacks_separator) {
        add_usage_error(reading, NULL, "there is no command",
                "write it after \"--\": ssm-exec /prod/api -- ./server; or say --dry-run");
    }
}

static void check_combinations(struct reading *reading)
{
    struct options *options = reading->options;
    check_command(reading);
    if (was_given(reading, "json") && !options->dry_run) {
        add_usage_error(reading, NULL, "--json needs --dry-run", NULL);
    }
    if (was_given(reading, "keep") && !options->pristine) {
        add_usage_error(reading, NULL, "--keep needs --pristine", NULL);
    }
    if (was_given(reading, "label") && !has_path(&options->sources)) {
        add_usage_error(reading, NULL, "--label needs a path among the sources",
                "the label of one parameter follows its name: NAME=/parameter/name:LABEL");
    }
    if (was_given(reading, "verbose") && was_given(reading, "quiet")) {
        add_usage_error(reading, NULL, "--verbose and --quiet exclude each other", NULL);
    } else if (was_given(reading, "verbose")) {
        options->quiet = false;
    } else if (was_given(reading, "quiet")) {
        options->verbose = false;
    }
}

bool options_read(int argc,
        char *const argv[],
        const struct environment *environment,
        struct options *ret_options,
        struct err_list *problems)
{
    *ret_options = (struct options){ .timeout_ms = DEFAULT_TIMEOUT_MS };
    struct reading reading = {
        .argc = argc, .argv = argv, .options = ret_options, .problems = problems
    };
    scan_arguments(&reading);
    read_variables(&reading, environment);
    read_arguments(&reading);
    if (ret_options->action != OPTIONS_RUN) {
        err_list_clear(problems); /* whoever asks for help gets it */
        return true;
    }
    check_combinations(&reading);
    return err_list_is_empty(problems);
}

void options_clear(struct options *options)
{
    source_list_clear(&options->sources);
    string_list_clear(&options->preserved);
    string_list_clear(&options->kept);
    string_list_clear(&options->unset);
    string_list_clear(&options->required);
    string_list_clear(&options->allowed_variables);
    for (size_t i = 0; i < options->env_files.len; i++) {
        free(options->env_files.items[i].path);
    }
    free(options->env_files.items);
    options->env_files = (struct env_file_list){ 0 };
}

const char *options_where(const struct options *options, const char *option_name)
{
    for (size_t i = 0; i < options->text_where_count; i++) {
        if (strcmp(options->text_wheres[i].option, option_name) == 0) {
            return options->text_wheres[i].where;
        }
    }
    return NULL;
}

enum report_verbosity options_verbosity(const struct options *options)
{
    if (options->quiet) {
        return REPORT_QUIET;
    }
    return options->verbose ? REPORT_VERBOSE : REPORT_NORMAL;
}
