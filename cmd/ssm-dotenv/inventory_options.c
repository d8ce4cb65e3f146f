/* SPDX-License-Identifier: MIT */
#include "inventory_options.h"

#include <stdlib.h>

void *inventory_options_new(void)
{
    return command_options_new(sizeof(struct inventory_options), COMMAND_TIMEOUT_MS);
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

void inventory_options_check(const void *stored, struct err_list *problems)
{
    const struct inventory_options *options = stored;
    const struct option_given nothing = { .table = inventory_table.options };
    const struct command_needed files = { options->files.items, "FILE",
        "name all env files of the application: ssm-dotenv inventory .env.*; - is standard input" };
    command_options_check_needed(inventory_table.options, &files, 1, problems);
    if (options->excluded.len > 0 && options->sources.len == 0 && err_list_is_empty(problems)) {
        option_given_add_error(&nothing, problems,
                "name the folder that the patterns are about: --source .",
                "--exclude needs --source");
    }
}
