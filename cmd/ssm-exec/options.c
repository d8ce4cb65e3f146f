/* SPDX-License-Identifier: MIT */
#include "options.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/ascii.h"
#include "base/duration.h"
#include "option_table.h"
#include "vars/var_name.h"

static const int64_t DEFAULT_TIMEOUT_MS = 60 * 1000;
static const char TWIN_PREFIX[] = "SSM_EXEC_";
static const char SOURCE_SEPARATORS[] = ", \t\n";

enum {
    TWIN_NAME_MAX = 64
};

/* Where the reading stands. */
struct reading {
    struct options *options;
    struct err_list *problems;
    bool on_command_line;         /* else in a variable */
    bool ends_unknown;            /* the word before was an unknown option without a value */
    bool given[OPTION_COUNT_MAX]; /* on the command line */
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

bool string_list_add(struct string_list *list, const char *text, size_t len, struct err *reterr)
{
    char *copy = strndup(text, len);
    if (copy == NULL || (list->len == list->cap && !grow_list(list))) {
        free(copy);
        return err_set_no_memory(reterr);
    }
    list->items[list->len++] = copy;
    return true;
}

static void add_string(
        struct reading *reading, struct string_list *list, const char *text, size_t len)
{
    struct err err;
    if (!string_list_add(list, text, len, &err)) {
        err_list_add(reading->problems, &err);
    }
}

/* What is inherited may have any name, so that any may be kept and taken out. */
static bool is_pattern(const char *text, size_t len)
{
    const char *star = memchr(text, '*', len);
    return len > 0 && memchr(text, '=', len) == NULL && (star == NULL || star == text + len - 1);
}

/* One of a list of names, patterns or requirements. */
static void add_name(struct reading *reading,
        const struct option *option,
        const char *where,
        const char *text,
        size_t len)
{
    struct string_list *list = (struct string_list *)(void *)((char *)reading->options
            + option->member);
    bool is_good = var_name_is_valid(text, len)
            || (option->kind == KIND_PATTERNS && is_pattern(text, len))
            || (option->kind == KIND_REQUIREMENTS && len > 1 && text[0] == '@');
    if (is_good) {
        add_string(reading, list, text, len);
        return;
    }
    struct err err;
    (void)err_set(&err, ERR_USAGE, where, "\"%.*s\" is no name of a variable", (int)len,
            len > 0 ? text : "");
    if (option->kind == KIND_PATTERNS && memchr(text, '*', len) != NULL) {
        err_set_hint(&err, "a '*' may stand at the end only");
    } else {
        err_set_hint(&err, "try 'ssm-exec --help'");
    }
    err_list_add(reading->problems, &err);
}

/* Which of the grammars of sources a text is of. */
enum source_form {
    FORM_SOURCE,
    FORM_OPTIONAL,
    FORM_FILE,
    FORM_LOCK,
};

static bool parse_source(
        const char *text, enum source_form form, struct source *ret_source, struct err *reterr)
{
    switch (form) {
    case FORM_FILE:
        return source_parse_file(text, ret_source, reterr);
    case FORM_LOCK:
        return source_make_lock(text, ret_source, reterr);
    case FORM_SOURCE:
    case FORM_OPTIONAL:
        break;
    }
    return source_parse(text, form == FORM_OPTIONAL, ret_source, reterr);
}

static void add_source(struct reading *reading, const char *text, enum source_form form)
{
    struct source source = { 0 };
    struct err err;
    if (!parse_source(text, form, &source, &err)
            || !source_list_add_take(&reading->options->sources, &source, &err)) {
        source_clear(&source);
        if (err.kind == ERR_USAGE && err.hint[0] == '\0') {
            err_set_hint(&err, "try 'ssm-exec --help'");
        }
        err_list_add(reading->problems, &err);
    }
}

static void add_env_file(struct reading *reading, const char *path, bool if_exists)
{
    struct env_file_list *list = &reading->options->env_files;
    char *copy = strdup(path);
    if (list->len == list->cap) {
        size_t cap = list->cap == 0 ? 4 : list->cap * 2;
        struct env_file *items = calloc(cap, sizeof(*items));
        if (items != NULL && list->len > 0) {
            memcpy(items, list->items, list->len * sizeof(*items));
        }
        if (items != NULL) {
            free(list->items);
            list->items = items;
            list->cap = cap;
        }
    }
    if (copy == NULL || list->len == list->cap) {
        free(copy);
        add_no_memory(reading);
        return;
    }
    list->items[list->len++] = (struct env_file){ copy, if_exists };
}

/* Each part of a text between separators; empty parts are nothing. */
static const char *next_part(const char *at, const char *separators, size_t *ret_len)
{
    at += strspn(at, separators);
    *ret_len = strcspn(at, separators);
    return *ret_len > 0 ? at : NULL;
}

static void add_names(
        struct reading *reading, const struct option *option, const char *where, const char *text)
{
    size_t len = 0;
    /* A variable may have blanks behind its commas; a word of the command line has what it has. */
    const char *separators = reading->on_command_line ? "," : ", \t\n";
    for (const char *part = next_part(text, separators, &len); part != NULL;
            part = next_part(part + len, separators, &len)) {
        add_name(reading, option, where, part, len);
    }
}

/* One text of the command line, or each part of a variable. */
static void for_each_part(struct reading *reading,
        const char *text,
        const char *separators,
        void (*add)(struct reading *reading, const char *text, int form),
        int form)
{
    size_t len = 0;
    if (reading->on_command_line) {
        add(reading, text, form);
        return;
    }
    for (const char *part = next_part(text, separators, &len); part != NULL;
            part = next_part(part + len, separators, &len)) {
        size_t start = 0;
        size_t kept = ascii_trim(part, len, &start);
        char *copy = strndup(part + start, kept);
        if (copy == NULL) {
            add_no_memory(reading);
            return;
        }
        add(reading, copy, form);
        free(copy);
    }
}

static void add_source_part(struct reading *reading, const char *text, int form)
{
    add_source(reading, text, (enum source_form)form);
}

static void add_env_file_part(struct reading *reading, const char *text, int if_exists)
{
    add_env_file(reading, text, if_exists != 0);
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

static void set_preserved(
        struct reading *reading, const struct option *option, const char *where, const char *value)
{
    struct options *options = reading->options;
    int word = value == NULL ? 1 : reading->on_command_line ? -1 : yes_or_no(value);
    if (word >= 0) {
        options->preserve_all = word == 1;
    } else {
        add_names(reading, option, where, value);
    }
}

static struct option_text_where *find_where(struct options *options, const char *option_name)
{
    size_t i = 0;
    while (i < options->text_where_count
            && strcmp(options->text_wheres[i].option, option_name) != 0) {
        i++;
    }
    assert(i < OPTION_TEXTS_MAX);
    return &options->text_wheres[i];
}

static void set_text(
        struct reading *reading, const struct option *option, const char *where, const char *text)
{
    struct options *options = reading->options;
    struct option_text_where *entry = find_where(options, option->name);
    options->text_where_count += entry->option == NULL ? 1 : 0;
    entry->option = option->name;
    (void)snprintf(entry->where, sizeof(entry->where), "%s", where);
    *(const char **)(void *)((char *)options + option->member) = text;
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
        set_text(reading, option, where, text);
        break;
    case KIND_NAMES:
    case KIND_PATTERNS:
    case KIND_REQUIREMENTS:
        add_names(reading, option, where, text);
        break;
    case KIND_OPTIONAL_LIST:
        set_preserved(reading, option, where, value);
        break;
    case KIND_SOURCE:
        for_each_part(reading, text, SOURCE_SEPARATORS, add_source_part, FORM_OPTIONAL);
        break;
    case KIND_FILE_SOURCE:
        for_each_part(reading, text, SOURCE_SEPARATORS, add_source_part, FORM_FILE);
        break;
    case KIND_LOCK:
        for_each_part(reading, text, ",", add_source_part, FORM_LOCK);
        break;
    case KIND_ENV_FILE:
    case KIND_ENV_FILE_IF_EXISTS:
        for_each_part(reading, text, ",", add_env_file_part,
                option->kind == KIND_ENV_FILE_IF_EXISTS ? 1 : 0);
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
    for (size_t i = 0; i < option_count; i++) {
        if (is_twin(variable, len, option_table[i].name)) {
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
    if (option->kind == KIND_ACTION || value[0] == '\0') {
        return; /* Dockerfiles set SSM_EXEC_VERSION; empty is unset */
    }
    if (reading->given[option - option_table] && !option_is_repeatable(option)) {
        return; /* the command line wins */
    }
    if (option->kind == KIND_FLAG && yes_or_no(value) < 0) {
        add_usage_error(
                reading, variable, "is a yes or no: 1, true, yes, on or 0, false, no, off", NULL);
        return;
    }
    apply(reading, option, variable, value);
}

/* The variables whose order counts come first, in that order. */
static const char *const ordered_variables[] = { "SSM_EXEC_LOCK", "SSM_EXEC_SOURCES",
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
        const struct option *option = find_twin(variable, strlen(variable));
        if (value != NULL && option != NULL) {
            read_twin(reading, variable, option, value);
        } else if (value != NULL) {
            for_each_part(reading, value, SOURCE_SEPARATORS, add_source_part, FORM_SOURCE);
        }
    }
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
        const struct option *option = find_twin(*entry, len);
        bool is_read_already = is_ordered(variable)
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
    reading->given[option - option_table] = true;
}

static const struct option *find_long(const char *name, size_t len)
{
    for (size_t i = 0; i < option_count; i++) {
        const char *candidate = option_table[i].name;
        if (strncmp(candidate, name, len) == 0 && candidate[len] == '\0') {
            return &option_table[i];
        }
    }
    return NULL;
}

/* The option that a mistyped word begins like, for the hint. */
static const struct option *find_similar(const char *name, size_t len)
{
    const struct option *similar = NULL;
    size_t longest = 2;
    for (size_t i = 0; i < option_count; i++) {
        size_t shared = 0;
        size_t at = 0;
        for (const char *c = option_table[i].name; *c != '\0' && at < len; c++) {
            if (name[at] == *c) {
                shared++;
                at++;
            } else if (*c != '-') {
                break;
            }
        }
        if (shared > longest) {
            longest = shared;
            similar = &option_table[i];
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
        reading->ends_unknown = value == NULL;
        return;
    }
    if (option_takes_value(option) && value == NULL) {
        bool has_next = *index + 1 < argc && strcmp(argv[*index + 1], "--") != 0;
        if (!has_next) {
            add_usage_error(reading, word, "needs a value", NULL);
            return;
        }
        *index += 1;
        value = argv[*index];
    }
    if (value != NULL && !option_takes_value(option) && option->kind != KIND_OPTIONAL_LIST) {
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

static const struct option *find_letter(char letter)
{
    for (size_t i = 0; i < option_count; i++) {
        if (option_table[i].letter == letter) {
            return &option_table[i];
        }
    }
    return NULL;
}

/* "-nv": letters without a value may stand together; the last one's may follow or stand apart. */
static void read_letters(struct reading *reading, char *const argv[], int argc, int *index)
{
    const char *word = argv[*index];
    for (const char *letter = word + 1; *letter != '\0'; letter++) {
        const struct option *option = find_letter(*letter);
        if (option == NULL) {
            add_usage_error(reading, word, "unknown option", NULL);
            reading->ends_unknown = letter[1] == '\0';
            return;
        }
        const char *value = NULL;
        if (option_takes_value(option)) {
            bool has_next = *index + 1 < argc && strcmp(argv[*index + 1], "--") != 0;
            if (letter[1] == '\0' && !has_next) {
                add_usage_error(reading, word, "needs a value", NULL);
                return;
            }
            *index += letter[1] == '\0' ? 1 : 0;
            value = letter[1] == '\0' ? argv[*index] : letter + 1;
        }
        mark_given(reading, option);
        apply(reading, option, word, value);
        if (value != NULL) {
            return;
        }
    }
}

/* Behind an option that nobody knows a word may be its value: it is no problem of its own. */
static bool may_be_value(const char *word)
{
    return word[0] != '/' && strchr(word, '=') == NULL;
}

static void read_arguments(struct reading *reading, int argc, char *const argv[])
{
    for (int i = 1; i < argc; i++) {
        const char *word = argv[i];
        bool follows_unknown = reading->ends_unknown;
        reading->ends_unknown = false;
        if (strcmp(word, "--") == 0) {
            reading->options->command = &argv[i + 1];
            return;
        }
        if (strncmp(word, "--", 2) == 0) {
            read_long(reading, argv, argc, &i);
        } else if (word[0] == '-' && word[1] != '\0') {
            read_letters(reading, argv, argc, &i);
        } else if (!(follows_unknown && may_be_value(word))) {
            add_source(reading, word, FORM_SOURCE);
        }
    }
}

/* Which options the command line has, before its values are read: they silence their variables. */
static void scan_arguments(struct reading *reading, int argc, char *const argv[])
{
    for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++) {
        const char *word = argv[i];
        if (strncmp(word, "--", 2) != 0) {
            continue;
        }
        size_t len = strcspn(word, "=");
        const struct option *option = find_long(word + 2, len - 2);
        if (option == NULL) {
            continue;
        }
        mark_given(reading, option);
        bool has_next = i + 1 < argc && strcmp(argv[i + 1], "--") != 0;
        i += option_takes_value(option) && word[len] == '\0' && has_next ? 1 : 0;
    }
}

/* --- what does not go together --- */

static bool was_given(const struct reading *reading, const char *name)
{
    const struct option *option = find_long(name, strlen(name));
    return reading->given[option - option_table];
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
    check_command(reading);
    if (was_given(reading, "json") && !options->dry_run) {
        add_usage_error(reading, "--json", "means something with --dry-run only", NULL);
    }
    if (was_given(reading, "keep") && !options->pristine) {
        add_usage_error(reading, "--keep", "means something with --pristine only", NULL);
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
}

bool options_read(int argc,
        char *const argv[],
        const struct environment *environment,
        struct options *ret_options,
        struct err_list *problems)
{
    *ret_options = (struct options){ .timeout_ms = DEFAULT_TIMEOUT_MS };
    struct reading reading = { .options = ret_options, .problems = problems };
    scan_arguments(&reading, argc, argv);
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

void string_list_clear(struct string_list *list)
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

enum report_verbosity options_verbosity(const struct options *options)
{
    if (options->quiet) {
        return REPORT_QUIET;
    }
    return options->verbose ? REPORT_VERBOSE : REPORT_NORMAL;
}
