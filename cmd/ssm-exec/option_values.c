/* SPDX-License-Identifier: MIT */
#include "option_values.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/ascii.h"
#include "base/duration.h"
#include "base/shown.h"
#include "vars/var_name.h"

static const char SOURCE_SEPARATORS[] = ", \t\n";
static const char NAME_SEPARATORS[] = ", \t\n";
static const char FILE_SEPARATORS[] = ","; /* names of files may hold blanks */

void usage_error_add(
        struct err_list *problems, const char *where, const char *hint, const char *format, ...)
{
    char why[512];
    va_list args;
    va_start(args, format);
    (void)vsnprintf(why, sizeof(why), format, args);
    va_end(args);
    err_list_add_new(
            problems, ERR_USAGE, where, hint == NULL ? "try 'ssm-exec --help'" : hint, "%s", why);
}

static void add_no_memory(const struct option_place *place)
{
    struct err err;
    (void)err_set_no_memory(&err);
    err_list_add(place->problems, &err);
}

/* --- parts of a list --- */

/* Each part of a text between separators; empty parts do not count. */
static const char *next_part(const char *at, const char *separators, size_t *ret_len)
{
    at += strspn(at, separators);
    *ret_len = strcspn(at, separators);
    return *ret_len > 0 ? at : NULL;
}

/* What becomes of one part; form is the caller's. */
typedef void add_part(
        const struct option_place *place, const char *text, int form, int number_of_part);

/* The whole text from the command line, or each part of a variable. */
static void for_each_part(const struct option_place *place,
        const char *text,
        const char *separators,
        add_part *add,
        int form)
{
    size_t len = 0;
    int number = 0;
    if (!place->is_variable) {
        add(place, text, form, 0);
        return;
    }
    for (const char *part = next_part(text, separators, &len); part != NULL;
            part = next_part(part + len, separators, &len)) {
        size_t start = 0;
        size_t kept = ascii_trim(part, len, &start);
        char *copy = strndup(part + start, kept);
        if (copy == NULL) {
            add_no_memory(place);
            return;
        }
        add(place, copy, form, ++number);
        free(copy);
    }
}

/* --- sources --- */

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

/* The option or the variable, and what is known of the source; of one that may be a secret, its place. */
static void complete_where(const struct option_place *place, int number, struct err *err)
{
    char where[2 * sizeof(err->where)]; /* err_set_where cuts what does not fit */
    const char *shown = err->where;
    char counted[32] = "";
    if (shown[0] == '\0' && place->is_variable) {
        (void)snprintf(counted, sizeof(counted), "word %d", number);
        shown = counted;
    } else if (shown[0] == '\0' && place->where == NULL) {
        (void)snprintf(counted, sizeof(counted), "argument %d", place->position);
        shown = counted;
    }
    (void)snprintf(where, sizeof(where), "%s%s%s", place->where == NULL ? "" : place->where,
            place->where == NULL || shown[0] == '\0' ? "" : ": ", shown);
    err_set_where(err, where);
}

static void add_source(const struct option_place *place, const char *text, int form, int number)
{
    struct source source = { 0 };
    struct err err;
    if (!parse_source(text, (enum source_form)form, &source, &err)
            || !source_list_add_take(&place->options->sources, &source, &err)) {
        source_clear(&source);
        if (err.kind == ERR_USAGE) {
            complete_where(place, number, &err);
        }
        if (err.kind == ERR_USAGE && err.hint[0] == '\0') {
            bool may_be_command = place->where == NULL && strchr(text, '=') == NULL;
            err_set_hint(&err, "%s",
                    may_be_command ? "a path begins with '/'; the command comes after \"--\""
                                   : "try 'ssm-exec --help'");
        }
        err_list_add(place->problems, &err);
    }
}

void option_store_sources(const struct option_place *place, const char *text)
{
    for_each_part(place, text, SOURCE_SEPARATORS, add_source, FORM_SOURCE);
}

/* --- env files --- */

static void add_env_file(
        const struct option_place *place, const char *path, int if_exists, int number)
{
    (void)number;
    struct env_file_list *list = &place->options->env_files;
    struct env_file *items = array_grow(list->items, list->len, &list->cap, sizeof(*items));
    if (items == NULL) {
        add_no_memory(place);
        return;
    }
    list->items = items;
    items[list->len] = (struct env_file){ strdup(path), if_exists != 0 };
    if (items[list->len].path == NULL) {
        add_no_memory(place);
        return;
    }
    list->len++;
}

/* --- names --- */

/* What is inherited may have any name, so that any may be kept and taken out. */
static bool is_pattern(const char *text, size_t len)
{
    const char *star = memchr(text, '*', len);
    return len > 0 && memchr(text, '=', len) == NULL && (star == NULL || star == text + len - 1);
}

/* One of a list of names, patterns or requirements. */
static void add_name(
        const struct option_place *place, const struct option *option, const char *text, size_t len)
{
    struct string_list *list = (struct string_list *)(void *)((char *)place->options
            + option->member);
    bool is_good = var_name_is_valid(text, len)
            || (option->kind == KIND_PATTERNS && is_pattern(text, len))
            || (option->kind == KIND_REQUIREMENTS && len > 1 && text[0] == '@');
    struct err err;
    if (is_good) {
        if (!string_list_add(list, text, len, &err)) {
            err_list_add(place->problems, &err);
        }
        return;
    }
    char shown[SHOWN_BYTES];
    bool has_star = option->kind == KIND_PATTERNS && memchr(text, '*', len) != NULL;
    usage_error_add(place->problems, place->where,
            has_star ? "a '*' can only be the last character" : NULL,
            "\"%s\" is not a variable name", shown_name(text, len, shown));
}

static void add_names(
        const struct option_place *place, const struct option *option, const char *text)
{
    size_t len = 0;
    /* A variable may have blanks behind its commas; a word of the command line has what it has. */
    const char *separators = place->is_variable ? NAME_SEPARATORS : ",";
    const char *first = next_part(text, separators, &len);
    if (first == NULL && !place->is_variable) {
        usage_error_add(place->problems, place->where, NULL, "expected a variable name");
    }
    for (const char *part = first; part != NULL; part = next_part(part + len, separators, &len)) {
        add_name(place, option, part, len);
    }
}

/* --- words of a fixed set --- */

/* -1: not a yes and not a no. */
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

static void add_unexpected(const struct option_place *place, const char *expected, const char *word)
{
    char shown[SHOWN_BYTES];
    usage_error_add(place->problems, place->where, NULL, "expected %s, not \"%s\"", expected,
            shown_word(word, strlen(word), shown));
}

static void set_flag(const struct option_place *place, bool *flag, const char *word)
{
    int value = word == NULL ? 1 : yes_or_no(word);
    if (value < 0) {
        add_unexpected(place, "1, true, yes, on or 0, false, no, off", word);
        return;
    }
    *flag = value == 1;
}

static void set_log_format(const struct option_place *place, const char *word)
{
    if (strcmp(word, "json") == 0) {
        place->options->log_format = REPORT_JSON;
    } else if (strcmp(word, "text") == 0) {
        place->options->log_format = REPORT_TEXT;
    } else {
        add_unexpected(place, "text or json", word);
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

/* Whether a text can be used turns out later: where it is from is kept with it. */
static void set_text(
        const struct option_place *place, const struct option *option, const char *text)
{
    struct options *options = place->options;
    struct option_text_where *entry = find_where(options, option->name);
    options->text_where_count += entry->option == NULL ? 1 : 0;
    entry->option = option->name;
    (void)snprintf(entry->where, sizeof(entry->where), "%s", place->where);
    *(const char **)(void *)((char *)options + option->member) = text;
}

/* Labels as Parameter Store allows them. */
static void set_label(const struct option_place *place, const char **label, const char *text)
{
    enum {
        LABEL_MAX_BYTES = 100
    };

    size_t len = strlen(text);
    for (size_t i = 0; i < len; i++) {
        if (!ascii_is_alnum(text[i]) && strchr("_.-", text[i]) == NULL) {
            usage_error_add(place->problems, place->where, NULL,
                    "expected a label of letters, digits, '.', '-' and '_'");
            return;
        }
    }
    if (len > LABEL_MAX_BYTES) {
        usage_error_add(place->problems, place->where, NULL,
                "expected a label of at most %d characters", LABEL_MAX_BYTES);
        return;
    }
    *label = text;
}

static void set_duration(const struct option_place *place, int64_t *duration_ms, const char *word)
{
    if (!duration_parse(word, duration_ms)) {
        add_unexpected(place,
                "a duration such as 500ms, 30s, 2m or 1h (a whole number above 0, at most 24h)",
                word);
    }
}

static void set_preserved(
        const struct option_place *place, const struct option *option, const char *text)
{
    int word = text == NULL ? 1 : place->is_variable ? yes_or_no(text) : -1;
    if (word >= 0) {
        place->options->preserve_all = word == 1;
    } else {
        add_names(place, option, text);
    }
}

void option_store(const struct option_place *place, const struct option *option, const char *text)
{
    char *member = (char *)place->options + option->member;
    switch (option->kind) {
    case KIND_FLAG:
        set_flag(place, (bool *)(void *)member, text);
        break;
    case KIND_TEXT:
        set_text(place, option, text);
        break;
    case KIND_LABEL:
        set_label(place, (const char **)(void *)member, text);
        break;
    case KIND_NAMES:
    case KIND_PATTERNS:
    case KIND_REQUIREMENTS:
        add_names(place, option, text);
        break;
    case KIND_OPTIONAL_LIST:
        set_preserved(place, option, text);
        break;
    case KIND_SOURCE:
        for_each_part(place, text, SOURCE_SEPARATORS, add_source, FORM_OPTIONAL);
        break;
    case KIND_FILE_SOURCE:
        for_each_part(place, text, SOURCE_SEPARATORS, add_source, FORM_FILE);
        break;
    case KIND_LOCK:
        for_each_part(place, text, FILE_SEPARATORS, add_source, FORM_LOCK);
        break;
    case KIND_ENV_FILE:
    case KIND_ENV_FILE_IF_EXISTS:
        for_each_part(place, text, FILE_SEPARATORS, add_env_file,
                option->kind == KIND_ENV_FILE_IF_EXISTS ? 1 : 0);
        break;
    case KIND_DURATION:
        set_duration(place, (int64_t *)(void *)member, text);
        break;
    case KIND_LOG_FORMAT:
        set_log_format(place, text);
        break;
    case KIND_ACTION:
        place->options->action = (enum options_action)option->member;
        break;
    }
}
