/* SPDX-License-Identifier: MIT */
#include "command_options.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/shown.h"
#include "input.h"
#include "migrate/map_name.h"

void *command_options_new(size_t size, int64_t timeout_ms)
{
    struct command_options *options = calloc(1, size);
    if (options != NULL) {
        options->timeout_ms = timeout_ms;
    }
    return options;
}

static const char ENV_FILE[] = "env-file";

static bool is_name(const struct option_given *given, struct err_list *problems)
{
    if (given->value[0] != '\0') {
        return true;
    }
    option_given_add_error(given, problems, NULL, "argument %d: the name of %s is empty",
            given->position, given->option->value_name);
    return false;
}

static void store_argument(
        const struct option_given *given, const char **argument, struct err_list *problems)
{
    bool has_env_file = options_find(given->table, ENV_FILE, strlen(ENV_FILE)) != NULL;
    if (*argument != NULL) {
        option_given_add_error(given, problems,
                has_env_file ? "the env file is an option: --env-file FILE" : NULL,
                "argument %d: there is one %s already", given->position, given->option->value_name);
    } else if (is_name(given, problems)) {
        *argument = given->value;
    }
}

static void add_string(
        const struct option_given *given, struct string_list *list, struct err_list *problems)
{
    struct err err;
    if (!string_list_add(list, given->value, strlen(given->value), &err)) {
        (void)err_list_add(problems, &err);
    }
}

static void store_arguments(
        const struct option_given *given, struct string_list *list, struct err_list *problems)
{
    if (string_list_contains(list, given->value)) {
        option_given_add_error(given, problems, NULL, "argument %d: is the same %s as one before",
                given->position, given->option->value_name);
    } else if (is_name(given, problems)) {
        add_string(given, list, problems);
    }
}

/* A second one must not be lost without a word: a path that was to be guarded would not be. */
static void store_string(
        const struct option_given *given, const char **string, struct err_list *problems)
{
    if (*string == NULL) {
        *string = given->value;
    } else {
        option_given_add_error(given, problems, NULL, "is given twice, and takes one value");
    }
}

char *command_options_copy_path(
        const struct option_given *given, const char *text, size_t len, struct err_list *problems)
{
    char shown[SHOWN_BYTES];
    struct err err;
    while (len > 1 && text[len - 1] == '/') {
        len--;
    }
    char *path = strndup(text, len);
    if (path == NULL) {
        (void)err_set_no_memory(&err);
        (void)err_list_add(problems, &err);
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
    char *copy = command_options_copy_path(given, given->value, strlen(given->value), problems);
    if (copy != NULL) {
        free(*path);
        *path = copy;
    }
}

void command_options_store(
        const struct option_given *given, void *options, struct err_list *problems)
{
    void *member = (char *)options + given->option->member;
    switch (given->option->kind) {
    case KIND_ARGUMENT:
        store_argument(given, member, problems);
        break;
    case KIND_ARGUMENTS:
        store_arguments(given, member, problems);
        break;
    case KIND_STRING:
        store_string(given, member, problems);
        break;
    case KIND_STRINGS:
        add_string(given, member, problems);
        break;
    case KIND_PATH:
        store_path(given, member, problems);
        break;
    default:
        option_store(given, options, problems);
        break;
    }
}

void command_options_check_needed(const struct options_table *table,
        const struct command_needed *needed,
        size_t count,
        struct err_list *problems)
{
    const struct option_given nothing = { .table = table };
    bool is_sound = err_list_is_empty(problems);
    for (size_t i = 0; i < count; i++) {
        if (is_sound && needed[i].value == NULL) {
            option_given_add_error(
                    &nothing, problems, needed[i].hint, "there is no %s", needed[i].name);
        }
    }
}

void command_options_check_inputs(const struct options_table *table,
        const char *map,
        const char *env_file,
        const struct string_list *others,
        struct err_list *problems)
{
    const struct option_given nothing = { .table = table };
    size_t inputs = input_is_standard(map) ? 1 : 0;
    inputs += input_is_standard(env_file) ? 1 : 0;
    for (size_t i = 0; others != NULL && i < others->len; i++) {
        inputs += input_is_standard(others->items[i]) ? 1 : 0;
    }
    if (inputs > 1) {
        option_given_add_error(&nothing, problems, NULL, "only one file can be standard input");
    }
}
