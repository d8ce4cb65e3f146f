/* SPDX-License-Identifier: MIT */
#include "options.h"

#include <stdlib.h>
#include <string.h>

#include "base/ascii.h"
#include "base/duration.h"
#include "vars/guard.h"
#include "vars/var_name.h"

static const int64_t DEFAULT_TIMEOUT_MS = 60 * 1000;
static const char TWIN_PREFIX[] = "SSM_EXEC_";

enum {
    TWIN_NAME_MAX = 64
};

/* What an option's value is, which also says what its variable may hold. */
enum option_kind {
    KIND_FLAG,          /* no value */
    KIND_TEXT,          /* a text, kept as it is */
    KIND_LIST,          /* repeatable: names of variables */
    KIND_OPTIONAL_LIST, /* --preserve-env: all, or =NAME,... */
    KIND_SOURCE,        /* repeatable: a source that may be missing */
    KIND_DURATION,
    KIND_LOG_FORMAT,
    KIND_ACTION, /* --help, --version: no variable */
};

enum option_group {
    GROUP_SOURCES,
    GROUP_MAPPING,
    GROUP_AWS,
    GROUP_OUTPUT,
    GROUP_COUNT
};

struct option {
    const char *name; /* without "--"; its variable is SSM_EXEC_ and this in upper case */
    char letter;      /* 0: none */
    enum option_kind kind;
    enum option_group group;
    size_t member;     /* where in struct options */
    const char *value; /* what the value is called in the help */
    const char *help;
};

#define MEMBER(name) offsetof(struct options, name)

static const struct option table[] = {
    { "optional", 0, KIND_SOURCE, GROUP_SOURCES, 0, "SOURCE",
            "a source that may be missing or empty" },
    { "label", 0, KIND_TEXT, GROUP_SOURCES, MEMBER(label), "LABEL",
            "below paths: the versions that carry LABEL" },
    { "no-recursive", 0, KIND_FLAG, GROUP_SOURCES, MEMBER(no_recursive), NULL,
            "the first level below a path only" },
    { "allow-mixed", 0, KIND_FLAG, GROUP_SOURCES, MEMBER(allow_mixed), NULL,
            "let one run read from two environments" },
    { "flat", 0, KIND_FLAG, GROUP_MAPPING, MEMBER(flat), NULL,
            "name variables after the last level only" },
    { "preserve-case", 0, KIND_FLAG, GROUP_MAPPING, MEMBER(preserve_case), NULL,
            "leave the case of letters alone" },
    { "preserve-env", 0, KIND_OPTIONAL_LIST, GROUP_MAPPING, MEMBER(preserved), "[=NAME,...]",
            "variables already set keep their values" },
    { "allow-var", 0, KIND_LIST, GROUP_MAPPING, MEMBER(allowed_variables), "NAME",
            "let a guarded variable (PATH, LD_*, ...) be set" },
    { "region", 0, KIND_TEXT, GROUP_AWS, MEMBER(region), "REGION", "AWS region" },
    { "profile", 0, KIND_TEXT, GROUP_AWS, MEMBER(profile), "NAME", "profile of the AWS files" },
    { "endpoint-url", 0, KIND_TEXT, GROUP_AWS, MEMBER(endpoint_url), "URL",
            "ask here instead of AWS's own host" },
    { "role-arn", 0, KIND_TEXT, GROUP_AWS, MEMBER(role_arn), "ARN",
            "assume this role, with the credentials found" },
    { "ca-bundle", 0, KIND_TEXT, GROUP_AWS, MEMBER(ca_bundle), "FILE",
            "PEM certificates to trust" },
    { "allow-http", 0, KIND_FLAG, GROUP_AWS, MEMBER(allow_http), NULL,
            "let http:// be used beyond loopback" },
    { "timeout", 0, KIND_DURATION, GROUP_AWS, MEMBER(timeout_ms), "DURATION",
            "limit until COMMAND starts (500ms, 30s, 2m; 60s)" },
    { "dry-run", 'n', KIND_FLAG, GROUP_OUTPUT, MEMBER(dry_run), NULL,
            "fetch and check all, show names, start nothing" },
    { "json", 0, KIND_FLAG, GROUP_OUTPUT, MEMBER(json), NULL, "with --dry-run: as JSON" },
    { "verbose", 'v', KIND_FLAG, GROUP_OUTPUT, MEMBER(verbose), NULL,
            "say what is asked of whom, and warnings" },
    { "quiet", 'q', KIND_FLAG, GROUP_OUTPUT, MEMBER(quiet), NULL, "errors only" },
    { "log-format", 0, KIND_LOG_FORMAT, GROUP_OUTPUT, MEMBER(log_format), "text|json",
            "shape of the lines on standard error" },
    { "help", 'h', KIND_ACTION, GROUP_OUTPUT, OPTIONS_HELP, NULL, "print this" },
    { "version", 'V', KIND_ACTION, GROUP_OUTPUT, OPTIONS_VERSION, NULL, "print the version" },
};

enum {
    OPTION_COUNT = sizeof(table) / sizeof(table[0])
};

/* Where the reading stands. */
struct reading {
    struct options *options;
    struct err_list *problems;
    bool on_command_line;     /* else in a variable */
    bool given[OPTION_COUNT]; /* on the command line */
};

static void add_usage_error(
        struct reading *reading, const char *where, const char *why, const char *hint)
{
    struct err err;
    (void)err_set(&err, ERR_USAGE, where, "%s", why);
    err_set_hint(&err, "%s", hint == NULL ? "try 'ssm-exec --help'" : hint);
    err_list_add(reading->problems, &err);
}

static void add_no_memory(struct reading *reading)
{
    struct err err;
    (void)err_set_no_memory(&err);
    err_list_add(reading->problems, &err);
}

/* --- values --- */

static bool grow_list(struct string_list *list)
{
    size_t cap = list->cap == 0 ? 8 : list->cap * 2;
    char **items = calloc(cap, sizeof(char *));
    if (items == NULL) {
        return false;
    }
    if (list->len > 0) {
        memcpy((void *)items, (void *)list->items, list->len * sizeof(char *));
    }
    free((void *)list->items);
    list->items = items;
    list->cap = cap;
    return true;
}

static void add_string(
        struct reading *reading, struct string_list *list, const char *text, size_t len)
{
    char *copy = strndup(text, len);
    if (copy == NULL || (list->len == list->cap && !grow_list(list))) {
        free(copy);
        add_no_memory(reading);
        return;
    }
    list->items[list->len++] = copy;
}

static void add_name(struct reading *reading,
        struct string_list *list,
        const char *where,
        const char *text,
        size_t len)
{
    if (!var_name_is_valid(text, len)) {
        struct err err;
        (void)err_set(&err, ERR_USAGE, where, "\"%.*s\" is no name of a variable", (int)len, text);
        err_list_add(reading->problems, &err);
        return;
    }
    add_string(reading, list, text, len);
}

static void add_source(struct reading *reading, const char *text, bool optional)
{
    struct source source = { 0 };
    struct err err;
    if (!source_parse(text, optional, &source, &err)
            || !source_list_add_take(&reading->options->sources, &source, &err)) {
        source_clear(&source);
        if (err.kind == ERR_USAGE && err.hint[0] == '\0') {
            err_set_hint(&err, "try 'ssm-exec --help'");
        }
        err_list_add(reading->problems, &err);
    }
}

/* Each part of a text between separators; empty parts are nothing. */
static const char *next_part(const char *at, const char *separators, size_t *ret_len)
{
    at += strspn(at, separators);
    *ret_len = strcspn(at, separators);
    return *ret_len > 0 ? at : NULL;
}

static void add_names(
        struct reading *reading, struct string_list *list, const char *where, const char *text)
{
    size_t len = 0;
    for (const char *part = next_part(text, ",", &len); part != NULL;
            part = next_part(part + len, ",", &len)) {
        add_name(reading, list, where, part, len);
    }
}

static void add_sources(
        struct reading *reading, const char *text, const char *separators, bool optional)
{
    size_t len = 0;
    for (const char *part = next_part(text, separators, &len); part != NULL;
            part = next_part(part + len, separators, &len)) {
        char *copy = strndup(part, len);
        if (copy == NULL) {
            add_no_memory(reading);
            return;
        }
        add_source(reading, copy, optional);
        free(copy);
    }
}

/* -1: neither a yes nor a no. */
static int yes_or_no(const char *word)
{
    static const char *const words[] = { "0", "1", "false", "true", "no", "yes", "off", "on" };
    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
        if (ascii_equals_ignoring_case(word, words[i])) {
            return (int)(i % 2);
        }
    }
    return -1;
}

static void set_log_format(struct reading *reading, const char *where, const char *value)
{
    if (strcmp(value, "json") == 0) {
        reading->options->log_format = REPORT_JSON;
    } else if (strcmp(value, "text") == 0) {
        reading->options->log_format = REPORT_TEXT;
    } else {
        add_usage_error(reading, where, "the format is text or json", NULL);
    }
}

static void set_preserved(struct reading *reading, const char *where, const char *value)
{
    struct options *options = reading->options;
    int word = value == NULL ? 1 : reading->on_command_line ? -1 : yes_or_no(value);
    if (word >= 0) {
        options->preserve_all = word == 1;
    } else {
        add_names(reading, &options->preserved, where, value);
    }
}

/* value: NULL only for flags, actions and --preserve-env. */
static void apply(
        struct reading *reading, const struct option *option, const char *where, const char *value)
{
    char *member = (char *)reading->options + option->member;
    const char *text = value == NULL ? "" : value;
    switch (option->kind) {
    case KIND_FLAG:
        *(bool *)(void *)member = value == NULL || yes_or_no(value) == 1;
        break;
    case KIND_TEXT:
        *(const char **)(void *)member = text;
        break;
    case KIND_LIST:
        add_names(reading, (struct string_list *)(void *)member, where, text);
        break;
    case KIND_OPTIONAL_LIST:
        set_preserved(reading, where, value);
        break;
    case KIND_SOURCE:
        if (reading->on_command_line) {
            add_source(reading, text, true);
        } else {
            add_sources(reading, text, ",", true);
        }
        break;
    case KIND_DURATION:
        if (!duration_parse(text, (int64_t *)(void *)member)) {
            add_usage_error(reading, where,
                    "not a duration: a whole number above 0 with ms, s, m or h (seconds without), "
                    "at most 24h",
                    NULL);
        }
        break;
    case KIND_LOG_FORMAT:
        set_log_format(reading, where, text);
        break;
    case KIND_ACTION:
        reading->options->action = (enum options_action)option->member;
        break;
    }
}

/* --- variables --- */

/* SSM_EXEC_NAME for name; false if it does not fit. */
static bool is_twin(const char *variable, size_t len, const char *option_name)
{
    size_t prefix_len = sizeof(TWIN_PREFIX) - 1;
    if (len != prefix_len + strlen(option_name)) {
        return false;
    }
    for (size_t i = prefix_len; i < len; i++) {
        char c = option_name[i - prefix_len];
        if (variable[i] != (c == '-' ? '_' : ascii_upper(c))) {
            return false;
        }
    }
    return true;
}

static const struct option *find_twin(const char *variable, size_t len)
{
    for (size_t i = 0; i < OPTION_COUNT; i++) {
        if (is_twin(variable, len, table[i].name)) {
            return &table[i];
        }
    }
    return NULL;
}

static void read_twin(struct reading *reading,
        const char *variable,
        const struct option *option,
        const char *value)
{
    if (option->kind == KIND_ACTION || value[0] == '\0') {
        return; /* Dockerfiles set SSM_EXEC_VERSION; empty is unset */
    }
    if (option->kind == KIND_FLAG && yes_or_no(value) < 0) {
        add_usage_error(
                reading, variable, "is a yes or no: 1, true, yes, on or 0, false, no, off", NULL);
        return;
    }
    apply(reading, option, variable, value);
}

/* The variables whose order counts come first, in that order. */
static void read_source_variables(struct reading *reading, const struct environment *environment)
{
    const char *sources = environment_get(environment, "SSM_EXEC_SOURCES");
    const char *optional = environment_get(environment, "SSM_EXEC_OPTIONAL");
    if (sources != NULL) {
        add_sources(reading, sources, ", \t\n", false);
    }
    if (optional != NULL) {
        add_sources(reading, optional, ", \t\n", true);
    }
}

static void read_variables(struct reading *reading, const struct environment *environment)
{
    read_source_variables(reading, environment);
    for (char *const *entry = environment->entries; *entry != NULL; entry++) {
        size_t len = environment_name_len(*entry);
        char variable[TWIN_NAME_MAX];
        if (strncmp(*entry, TWIN_PREFIX, sizeof(TWIN_PREFIX) - 1) != 0 || (*entry)[len] != '=') {
            continue;
        }
        size_t kept = len < sizeof(variable) ? len : sizeof(variable) - 1;
        memcpy(variable, *entry, kept);
        variable[kept] = '\0';
        const struct option *option = find_twin(*entry, len);
        bool is_read_already = strcmp(variable, "SSM_EXEC_SOURCES") == 0
                || strcmp(variable, "SSM_EXEC_OPTIONAL") == 0
                || environment_get_raw(environment, variable) != *entry + len + 1;
        if (option == NULL && strcmp(variable, "SSM_EXEC_SOURCES") != 0) {
            add_usage_error(reading, variable, "there is no such setting",
                    "variables that begin with SSM_EXEC_ are settings of ssm-exec: see --help");
        } else if (option != NULL && !is_read_already) {
            read_twin(reading, variable, option, *entry + len + 1);
        }
    }
}

/* --- the command line --- */

static void mark_given(struct reading *reading, const struct option *option)
{
    reading->given[option - table] = true;
}

static bool takes_value(const struct option *option)
{
    return option->kind != KIND_FLAG && option->kind != KIND_ACTION
            && option->kind != KIND_OPTIONAL_LIST;
}

static const struct option *find_long(const char *name, size_t len)
{
    for (size_t i = 0; i < OPTION_COUNT; i++) {
        if (strlen(table[i].name) == len && memcmp(table[i].name, name, len) == 0) {
            return &table[i];
        }
    }
    return NULL;
}

/* The option that a mistyped word begins like, for the hint. */
static const struct option *find_similar(const char *name, size_t len)
{
    const struct option *similar = NULL;
    size_t longest = 2;
    for (size_t i = 0; i < OPTION_COUNT; i++) {
        size_t shared = 0;
        size_t at = 0;
        for (const char *c = table[i].name; *c != '\0' && at < len; c++) {
            if (name[at] == *c) {
                shared++;
                at++;
            } else if (*c != '-') {
                break;
            }
        }
        if (shared > longest) {
            longest = shared;
            similar = &table[i];
        }
    }
    return similar;
}

static void add_unknown_option(struct reading *reading, const char *word, size_t len)
{
    struct err err;
    const struct option *similar = find_similar(word + 2, len - 2);
    (void)err_set(&err, ERR_USAGE, NULL, "unknown option %.*s", (int)len, word);
    if (similar != NULL) {
        err_set_hint(&err, "is --%s meant? try 'ssm-exec --help'", similar->name);
    } else {
        err_set_hint(&err, "try 'ssm-exec --help'");
    }
    err_list_add(reading->problems, &err);
}

/* A long option at argv[*index]; a value that stands apart moves the index. */
static void read_long(struct reading *reading, char *const argv[], int argc, int *index)
{
    const char *word = argv[*index];
    size_t len = strcspn(word, "=");
    const char *value = word[len] == '=' ? word + len + 1 : NULL;
    const struct option *option = find_long(word + 2, len - 2);
    if (option == NULL) {
        add_unknown_option(reading, word, len);
        return;
    }
    if (takes_value(option) && value == NULL) {
        bool has_next = *index + 1 < argc && strcmp(argv[*index + 1], "--") != 0;
        if (!has_next) {
            add_usage_error(reading, word, "needs a value", NULL);
            return;
        }
        *index += 1;
        value = argv[*index];
    }
    if (value != NULL && !takes_value(option) && option->kind != KIND_OPTIONAL_LIST) {
        add_usage_error(reading, word, "this option takes no value", NULL);
        return;
    }
    if (value != NULL && value[0] == '\0') {
        add_usage_error(reading, word, "its value is empty", NULL);
        return;
    }
    char where[TWIN_NAME_MAX] = "--";
    (void)strncat(where, option->name, sizeof(where) - sizeof("--"));
    mark_given(reading, option);
    apply(reading, option, where, value);
}

/* "-nv": every letter an option without a value. */
static void read_letters(struct reading *reading, const char *word)
{
    for (const char *letter = word + 1; *letter != '\0'; letter++) {
        size_t i = 0;
        while (i < OPTION_COUNT && table[i].letter != *letter) {
            i++;
        }
        if (i == OPTION_COUNT) {
            add_usage_error(reading, word, "unknown option", NULL);
            return;
        }
        mark_given(reading, &table[i]);
        apply(reading, &table[i], word, NULL);
    }
}

static void read_arguments(struct reading *reading, int argc, char *const argv[])
{
    for (int i = 1; i < argc; i++) {
        const char *word = argv[i];
        if (strcmp(word, "--") == 0) {
            reading->options->command = &argv[i + 1];
            return;
        }
        if (strncmp(word, "--", 2) == 0) {
            read_long(reading, argv, argc, &i);
        } else if (word[0] == '-' && word[1] != '\0') {
            read_letters(reading, word);
        } else {
            add_source(reading, word, false);
        }
    }
}

/* --- what does not go together --- */

static bool was_given(const struct reading *reading, const char *name)
{
    const struct option *option = find_long(name, strlen(name));
    return reading->given[option - table];
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
            add_usage_error(reading, NULL, "there is no command behind \"--\"", NULL);
        }
        return;
    }
    if (options->command == NULL && !options->dry_run) {
        add_usage_error(reading, NULL, "there is no command",
                "write \"--\" before it: ssm-exec /prod/api -- ./server; or say --dry-run");
    }
}

static void check_combinations(struct reading *reading)
{
    struct options *options = reading->options;
    bool understood = err_list_is_empty(reading->problems);
    if (options->sources.len == 0 && understood) {
        add_usage_error(reading, NULL, "there is nothing to read: no SOURCE was given",
                "name a path: ssm-exec /prod/api -- ./server; or set SSM_EXEC_SOURCES");
    }
    check_command(reading);
    if (was_given(reading, "json") && !options->dry_run) {
        add_usage_error(reading, "--json", "means something with --dry-run only", NULL);
    }
    if (was_given(reading, "label") && !has_path(&options->sources)) {
        add_usage_error(reading, "--label", "means something with a path only",
                "the label of one parameter stands behind its name: NAME=/path/of/it:LABEL");
    }
    if (was_given(reading, "verbose") && was_given(reading, "quiet")) {
        add_usage_error(reading, NULL, "-v and -q contradict each other", NULL);
    } else if (was_given(reading, "verbose")) {
        options->quiet = false;
    } else if (was_given(reading, "quiet")) {
        options->verbose = false;
    }
    if (!options->allow_mixed) {
        bool is_one = guard_check_environments(&options->sources, reading->problems);
        (void)is_one; /* it has told what is wrong */
    }
}

bool options_read(int argc,
        char *const argv[],
        const struct environment *environment,
        struct options *ret_options,
        struct err_list *problems)
{
    *ret_options = (struct options){ .timeout_ms = DEFAULT_TIMEOUT_MS };
    struct reading reading = { .options = ret_options, .problems = problems };
    read_variables(&reading, environment);
    reading.on_command_line = true;
    read_arguments(&reading, argc, argv);
    if (ret_options->action != OPTIONS_RUN) {
        err_list_clear(problems); /* whoever asks for help gets it */
        return true;
    }
    check_combinations(&reading);
    return err_list_is_empty(problems);
}

static void clear_strings(struct string_list *list)
{
    for (size_t i = 0; i < list->len; i++) {
        free(list->items[i]);
    }
    free((void *)list->items);
    *list = (struct string_list){ 0 };
}

void options_clear(struct options *options)
{
    source_list_clear(&options->sources);
    clear_strings(&options->preserved);
    clear_strings(&options->allowed_variables);
}

enum report_verbosity options_verbosity(const struct options *options)
{
    if (options->quiet) {
        return REPORT_QUIET;
    }
    return options->verbose ? REPORT_VERBOSE : REPORT_NORMAL;
}

/* --- help --- */

static void write_option(struct text *out, const struct option *option)
{
    enum {
        HELP_COLUMN = 28
    };

    char letter[] = "    ";
    if (option->letter != 0) {
        memcpy(letter, (const char[]){ '-', option->letter, ',', ' ' }, 4);
    }
    size_t start = out->len;
    text_append_format(out, "  %s--%s", letter, option->name);
    if (option->value != NULL) {
        text_append_format(out, "%s%s", option->value[0] == '[' ? "" : " ", option->value);
    }
    size_t width = out->len - start;
    text_append_format(
            out, "%*s%s\n", width < HELP_COLUMN ? (int)(HELP_COLUMN - width) : 1, "", option->help);
}

void options_write_help(struct text *out)
{
    static const char *const titles[] = {
        [GROUP_SOURCES] = "What is read:",
        [GROUP_MAPPING] = "What becomes of it:",
        [GROUP_AWS] = "How AWS is asked:",
        [GROUP_OUTPUT] = "What is said:",
    };
    text_append_string(out,
            "Usage: ssm-exec [OPTION...] SOURCE... -- COMMAND [ARG...]\n"
            "       ssm-exec [OPTION...] SOURCE... --dry-run [--json]\n"
            "Run COMMAND with parameters of AWS Parameter Store in its environment.\n"
            "SOURCE: /prod/api (all below), /prod/db=DB_ (with a prefix), NAME=/one/parameter\n");
    for (int group = 0; group < GROUP_COUNT; group++) {
        text_append_format(out, "%s\n", titles[group]);
        for (size_t i = 0; i < OPTION_COUNT; i++) {
            if ((int)table[i].group == group) {
                write_option(out, &table[i]);
            }
        }
    }
    text_append_string(out,
            "A --long-option can be set as SSM_EXEC_LONG_OPTION, sources as SSM_EXEC_SOURCES.\n"
            "Exit: COMMAND's own; 127 not found, 126 cannot be started, 125 ssm-exec failed.\n");
}
