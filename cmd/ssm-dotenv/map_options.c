/* SPDX-License-Identifier: MIT */
#include "map_options.h"

#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/shown.h"
#include "map_kinds.h"
#include "migrate/map_name.h"
#include "vars/var_name.h"

static const int64_t DEFAULT_TIMEOUT_MS = 60 * 1000;

void *map_options_new(void)
{
    struct map_options *options = calloc(1, sizeof(*options));
    if (options != NULL) {
        options->common.timeout_ms = DEFAULT_TIMEOUT_MS;
    }
    return options;
}

void map_options_free(void *stored)
{
    struct map_options *options = stored;
    if (options == NULL) {
        return;
    }
    for (size_t i = 0; i < options->shared_count; i++) {
        free(options->shared[i].path);
        string_list_clear(&options->shared[i].names);
    }
    free(options->shared);
    free(options->path);
    string_list_clear(&options->strings);
    string_list_clear(&options->kept);
    string_list_clear(&options->retired);
    free(options);
}

static void add_no_memory(struct err_list *problems)
{
    struct err err;
    (void)err_set_no_memory(&err);
    (void)err_list_add(problems, &err);
}

/* A copy of text[0..len) without slashes at its end; NULL, with a problem added, if it is not a path. */
static char *copy_path(
        const struct option_given *given, const char *text, size_t len, struct err_list *problems)
{
    char shown[SHOWN_BYTES];
    while (len > 1 && text[len - 1] == '/') {
        len--;
    }
    char *path = strndup(text, len);
    if (path == NULL) {
        add_no_memory(problems);
        return NULL;
    }
    const char *fault = strcmp(path, "/") == 0
            ? "it is the whole store, of all applications and environments"
            : map_name_fault(path);
    if (fault != NULL) {
        option_given_add_error(given, problems, "a path is written like /prod/api",
                "\"%s\" is not a path for parameters: %s", shown_word(text, len, shown), fault);
        free(path);
        return NULL;
    }
    return path;
}

static void store_path(const struct option_given *given, char **path, struct err_list *problems)
{
    char *copy = copy_path(given, given->value, strlen(given->value), problems);
    if (copy != NULL) {
        free(*path);
        *path = copy;
    }
}

/* The names behind the path are stored as those of a KIND_NAMES option. */
static void store_shared(
        const struct option_given *given, struct map_options *options, struct err_list *problems)
{
    size_t len = strcspn(given->value, "=");
    struct option_given names = *given;
    if (given->value[len] == '\0') {
        option_given_add_error(
                given, problems, NULL, "expected a path, '=' and names of variables");
        return;
    }
    struct map_shared *shared = array_grow(
            options->shared, options->shared_count, &options->shared_cap, sizeof(*shared));
    if (shared == NULL) {
        add_no_memory(problems);
        return;
    }
    options->shared = shared;
    struct map_shared *item = &options->shared[options->shared_count++];
    *item = (struct map_shared){ .path = copy_path(given, given->value, len, problems) };
    names.value = given->value + len + 1;
    option_store_names(&names, var_name_is_valid, &item->names, problems);
}

static void store_style(
        const struct option_given *given, enum map_style *style, struct err_list *problems)
{
    static const char *const words[] = {
        [MAP_WORDS] = "words", [MAP_DASHES] = "dashes", [MAP_LEVELS] = "levels"
    };
    char shown[SHOWN_BYTES];
    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
        if (strcmp(given->value, words[i]) == 0) {
            *style = (enum map_style)i;
            return;
        }
    }
    option_given_add_error(given, problems, NULL, "expected words, dashes or levels, not \"%s\"",
            shown_word(given->value, strlen(given->value), shown));
}

static void store_key_id(
        const struct option_given *given, const char **key_id, struct err_list *problems)
{
    if (map_is_key_id(given->value)) {
        *key_id = given->value;
    } else {
        option_given_add_error(given, problems, "write alias/NAME, the key's id or its ARN",
                "expected a KMS key: letters, digits, '/', ':', '-' and '_'");
    }
}

static void store_file(
        const struct option_given *given, const char **file, struct err_list *problems)
{
    if (*file != NULL) {
        option_given_add_error(given, problems, NULL,
                "argument %d: there is one FILE already; a map is made of one", given->position);
    } else if (given->value[0] == '\0') {
        option_given_add_error(
                given, problems, NULL, "argument %d: the name of FILE is empty", given->position);
    } else {
        *file = given->value;
    }
}

void map_options_store(const struct option_given *given, void *stored, struct err_list *problems)
{
    struct map_options *options = stored;
    switch (given->option->kind) {
    case KIND_INPUT_FILE:
        store_file(given, &options->file, problems);
        break;
    case KIND_PATH:
        store_path(given, &options->path, problems);
        break;
    case KIND_SHARED:
        store_shared(given, options, problems);
        break;
    case KIND_STYLE:
        store_style(given, &options->style, problems);
        break;
    case KIND_KEY_ID:
        store_key_id(given, &options->key_id, problems);
        break;
    default:
        option_store(given, options, problems);
        break;
    }
}

void map_options_check(const void *stored, struct err_list *problems)
{
    const struct map_options *options = stored;
    const struct option_given nothing = { .table = map_table.options };
    /* A wrong option may have had the missing one for its value. */
    bool is_sound = err_list_is_empty(problems);
    if (options->path == NULL && is_sound) {
        option_given_add_error(&nothing, problems,
                "ssm-dotenv map --path /prod/api .env: parameters are named /prod/api/...",
                "there is no --path");
    }
    if (options->file == NULL && is_sound) {
        option_given_add_error(&nothing, problems,
                "write it last: ssm-dotenv map --path /prod/api .env; - is standard input",
                "there is no FILE");
    }
}
