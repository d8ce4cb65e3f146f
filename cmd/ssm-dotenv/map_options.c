/* SPDX-License-Identifier: MIT */
#include "map_options.h"

#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/shown.h"
#include "map_kinds.h"
#include "vars/var_name.h"

void *map_options_new(void)
{
    return command_options_new(sizeof(struct map_options), COMMAND_TIMEOUT_MS);
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
        struct err err;
        (void)err_set_no_memory(&err);
        (void)err_list_add(problems, &err);
        return;
    }
    options->shared = shared;
    struct map_shared *item = &options->shared[options->shared_count++];
    *item = (struct map_shared){
        .path = command_options_copy_path(given, given->value, len, problems),
    };
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

void map_options_store(const struct option_given *given, void *stored, struct err_list *problems)
{
    struct map_options *options = stored;
    switch (given->option->kind) {
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
        command_options_store(given, options, problems);
        break;
    }
}

void map_options_check(const void *stored, struct err_list *problems)
{
    const struct map_options *options = stored;
    const struct command_needed needed[] = {
        { options->path, "--path",
                "ssm-dotenv map --path /prod/api .env: parameters are named /prod/api/..." },
        { options->file, "FILE",
                "write it last: ssm-dotenv map --path /prod/api .env; - is standard input" },
    };
    command_options_check_needed(map_table.options, needed, 2, problems);
}
