/* SPDX-License-Identifier: MIT */
#include "options_store.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/ascii.h"
#include "options_rows.h"
#include "vars/var_name.h"

/* --- sources --- */

static bool parse_source(
        const struct option_given *given, struct source *ret_source, struct err *reterr)
{
    switch (given->option->kind) {
    case KIND_FILE_SOURCE:
        return source_parse_file(given->value, ret_source, reterr);
    case KIND_LOCK:
        return source_make_lock(given->value, ret_source, reterr);
    default:
        return source_parse(
                given->value, given->option->kind == KIND_OPTIONAL_SOURCE, ret_source, reterr);
    }
}

/* Adds how the source was given. A source that may be a secret is named only by its position. */
static void complete_where(const struct option_given *given, struct err *err)
{
    char where[2 * sizeof(err->where)]; /* err_set_where cuts what does not fit */
    const char *shown = err->where;
    char position[32];
    if (shown[0] == '\0' && (given->is_variable || given->where[0] == '\0')) {
        (void)snprintf(position, sizeof(position), "%s %d",
                given->is_variable ? "word" : "argument", given->position);
        shown = position;
    }
    (void)snprintf(where, sizeof(where), "%s%s%s", given->where,
            given->where[0] == '\0' || shown[0] == '\0' ? "" : ": ", shown);
    err_set_where(err, where);
}

static void store_source(
        const struct option_given *given, struct source_list *sources, struct err_list *problems)
{
    CLEANUP(source_clear) struct source source = { 0 };
    struct err err;
    if (parse_source(given, &source, &err) && source_list_add_owned(sources, &source, &err)) {
        return;
    }
    if (err.kind == ERR_USAGE) {
        complete_where(given, &err);
    }
    if (err.kind == ERR_USAGE && err.hint[0] == '\0') {
        bool may_be_command = given->where[0] == '\0' && strchr(given->value, '=') == NULL;
        err_set_hint(&err, "%s",
                may_be_command ? "a path begins with '/'; the command comes after \"--\""
                               : given->table->help_hint);
    }
    (void)err_list_add(problems, &err);
}

/* --- other kinds --- */

static void store_env_file(
        const struct option_given *given, struct env_file_list *files, struct err_list *problems)
{
    struct env_file *items = array_grow(files->items, files->len, &files->cap, sizeof(*items));
    char *path = strdup(given->value);
    files->items = items == NULL ? files->items : items;
    if (items == NULL || path == NULL) {
        struct err err;
        free(path);
        (void)err_set_no_memory(&err);
        (void)err_list_add(problems, &err);
        return;
    }
    bool if_exists = given->option->kind == KIND_ENV_FILE_IF_EXISTS;
    files->items[files->len++] = (struct env_file){ path, if_exists };
}

/* Source: the API reference of LabelParameterVersion. */
static void store_label(
        const struct option_given *given, const char **label, struct err_list *problems)
{
    enum {
        LABEL_MAX_BYTES = 100
    };

    if (given->value[strspn(given->value, ASCII_ALNUM "_.-")] != '\0') {
        option_given_add_error(
                given, problems, NULL, "expected a label of letters, digits, '.', '-' and '_'");
    } else if (strlen(given->value) > LABEL_MAX_BYTES) {
        option_given_add_error(given, problems, NULL, "expected a label of at most %d characters",
                LABEL_MAX_BYTES);
    } else {
        *label = given->value;
    }
}

static bool is_requirement(const char *text, size_t len)
{
    return var_name_is_valid(text, len) || (len > 1 && text[0] == '@');
}

static void store_preserved(
        const struct option_given *given, struct options *options, struct err_list *problems)
{
    int all = given->value == NULL ? 1 : given->is_variable ? option_read_bool(given->value) : -1;
    if (all >= 0) {
        options->preserve_all = all == 1;
    } else {
        option_store_names(given, var_name_is_valid, &options->preserved, problems);
    }
}

void options_store(
        const struct option_given *given, struct options *options, struct err_list *problems)
{
    switch (given->option->kind) {
    case KIND_SOURCE:
    case KIND_OPTIONAL_SOURCE:
    case KIND_FILE_SOURCE:
    case KIND_LOCK:
        store_source(given, &options->sources, problems);
        break;
    case KIND_ENV_FILE:
    case KIND_ENV_FILE_IF_EXISTS:
        store_env_file(given, &options->env_files, problems);
        break;
    case KIND_LABEL:
        store_label(given, &options->label, problems);
        break;
    case KIND_REQUIREMENTS:
        option_store_names(given, is_requirement, &options->required, problems);
        break;
    case KIND_PRESERVED:
        store_preserved(given, options, problems);
        break;
    default:
        option_store(given, options, problems);
        break;
    }
}
