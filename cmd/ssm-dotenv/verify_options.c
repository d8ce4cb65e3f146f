/* SPDX-License-Identifier: MIT */
#include "verify_options.h"

#include <stdlib.h>
#include <string.h>

#include "base/shown.h"
#include "migrate/map_name.h"
#include "verify_kinds.h"

static const int64_t DEFAULT_TIMEOUT_MS = 60 * 1000;

void *verify_options_new(void)
{
    struct verify_options *options = calloc(1, sizeof(*options));
    if (options != NULL) {
        options->common.timeout_ms = DEFAULT_TIMEOUT_MS;
    }
    return options;
}

void verify_options_free(void *stored)
{
    struct verify_options *options = stored;
    if (options != NULL) {
        free(options->path);
        string_list_clear(&options->sources);
        free(options);
    }
}

static void store_map(const struct option_given *given, const char **map, struct err_list *problems)
{
    if (*map != NULL) {
        option_given_add_error(given, problems, "the env file is an option: --env-file FILE",
                "argument %d: there is one MAP already", given->position);
    } else if (given->value[0] == '\0') {
        option_given_add_error(
                given, problems, NULL, "argument %d: the name of MAP is empty", given->position);
    } else {
        *map = given->value;
    }
}

static void store_path(const struct option_given *given, char **path, struct err_list *problems)
{
    char shown[SHOWN_BYTES];
    struct err err;
    size_t len = strlen(given->value);
    while (len > 1 && given->value[len - 1] == '/') {
        len--;
    }
    char *copy = strndup(given->value, len);
    if (copy == NULL) {
        (void)err_set_no_memory(&err);
        (void)err_list_add(problems, &err);
        return;
    }
    const char *fault = strcmp(copy, "/") == 0
            ? "it is the whole store, of all applications and environments"
            : map_name_fault(copy);
    if (fault != NULL) {
        option_given_add_error(given, problems, "a path is written like /prod/api",
                "\"%s\" is not a path for parameters: %s", shown_word(given->value, len, shown),
                fault);
        free(copy);
        return;
    }
    free(*path);
    *path = copy;
}

void verify_options_store(const struct option_given *given, void *stored, struct err_list *problems)
{
    struct verify_options *options = stored;
    struct err err;
    switch (given->option->kind) {
    case KIND_VERIFY_MAP:
        store_map(given, &options->map, problems);
        break;
    case KIND_VERIFY_FILE:
        options->env_file = given->value;
        break;
    case KIND_VERIFY_PATH:
        store_path(given, &options->path, problems);
        break;
    case KIND_VERIFY_FOLDER:
        if (!string_list_add(&options->sources, given->value, strlen(given->value), &err)) {
            (void)err_list_add(problems, &err);
        }
        break;
    default:
        option_store(given, options, problems);
        break;
    }
}

static bool is_standard_input(const char *path)
{
    return path != NULL && strcmp(path, "-") == 0;
}

void verify_options_check(const void *stored, struct err_list *problems)
{
    const struct verify_options *options = stored;
    const struct option_given nothing = { .table = verify_table.options };
    bool is_sound = err_list_is_empty(problems);
    if (is_standard_input(options->map) && is_standard_input(options->env_file)) {
        option_given_add_error(&nothing, problems, NULL, "only one file can be standard input");
    }
    if (options->is_names_only && options->env_file != NULL) {
        option_given_add_error(&nothing, problems,
                "values that are not decrypted cannot be compared: leave one of them away",
                "--names-only and --env-file exclude each other");
    }
    /* A wrong option may have had the missing one for its value. */
    if (options->map == NULL && is_sound) {
        option_given_add_error(&nothing, problems,
                "write it last: ssm-dotenv verify --env-file .env prod.map", "there is no MAP");
    }
}

void retire_options_check(const void *stored, struct err_list *problems)
{
    const struct verify_options *options = stored;
    const struct option_given nothing = { .table = retire_table.options };
    bool is_sound = err_list_is_empty(problems);
    if (is_standard_input(options->env_file)) {
        option_given_add_error(&nothing, problems,
                "retire looks at where the file is, and who can read it",
                "--env-file: standard input cannot be retired");
    }
    if (options->env_file == NULL && is_sound) {
        option_given_add_error(&nothing, problems,
                "ssm-dotenv retire --env-file .env --source . prod.map", "there is no --env-file");
    }
    if (options->map == NULL && is_sound) {
        option_given_add_error(&nothing, problems,
                "write it last: ssm-dotenv retire --env-file .env prod.map", "there is no MAP");
    }
}
