/* SPDX-License-Identifier: MIT */
#include "inventory_options.h"

#include <stdlib.h>
#include <string.h>

#include "inventory_kinds.h"

static const int64_t DEFAULT_TIMEOUT_MS = 60 * 1000;

void *inventory_options_new(void)
{
    struct inventory_options *options = calloc(1, sizeof(*options));
    if (options != NULL) {
        options->common.timeout_ms = DEFAULT_TIMEOUT_MS;
    }
    return options;
}

void inventory_options_free(void *stored)
{
    struct inventory_options *options = stored;
    if (options != NULL) {
        string_list_clear(&options->files);
        string_list_clear(&options->sources);
        string_list_clear(&options->excluded);
        free(options);
    }
}

static void store_file(
        const struct option_given *given, struct string_list *files, struct err_list *problems)
{
    struct err err;
    if (given->value[0] == '\0') {
        option_given_add_error(
                given, problems, NULL, "argument %d: the name of FILE is empty", given->position);
    } else if (string_list_contains(files, given->value)) {
        option_given_add_error(given, problems, NULL, "argument %d: is the same FILE as one before",
                given->position);
    } else if (!string_list_add(files, given->value, strlen(given->value), &err)) {
        (void)err_list_add(problems, &err);
    }
}

/* Commas do not separate them: names of folders may have some. */
static void store_text(
        const struct option_given *given, struct string_list *list, struct err_list *problems)
{
    struct err err;
    if (!string_list_contains(list, given->value)
            && !string_list_add(list, given->value, strlen(given->value), &err)) {
        (void)err_list_add(problems, &err);
    }
}

void inventory_options_store(
        const struct option_given *given, void *stored, struct err_list *problems)
{
    struct inventory_options *options = stored;
    switch (given->option->kind) {
    case KIND_INPUT_FILES:
        store_file(given, &options->files, problems);
        break;
    case KIND_FOLDERS:
        store_text(given, &options->sources, problems);
        break;
    case KIND_GLOBS:
        store_text(given, &options->excluded, problems);
        break;
    default:
        option_store(given, options, problems);
        break;
    }
}

void inventory_options_check(const void *stored, struct err_list *problems)
{
    const struct inventory_options *options = stored;
    const struct option_given nothing = { .table = inventory_table.options };
    /* A wrong option may have had the missing one for its value. */
    if (options->files.len == 0 && err_list_is_empty(problems)) {
        option_given_add_error(&nothing, problems,
                "name all env files of the application: ssm-dotenv inventory .env.*; - is standard "
                "input",
                "there is no FILE");
    }
    if (options->excluded.len > 0 && options->sources.len == 0 && err_list_is_empty(problems)) {
        option_given_add_error(&nothing, problems,
                "name the folder that the patterns are about: --source .",
                "--exclude needs --source");
    }
}
