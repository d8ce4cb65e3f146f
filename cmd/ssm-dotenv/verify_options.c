/* SPDX-License-Identifier: MIT */
#include "verify_options.h"

#include <stdlib.h>

#include "input.h"

void *verify_options_new(void)
{
    return command_options_new(sizeof(struct verify_options), COMMAND_TIMEOUT_MS);
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

void verify_options_check(const void *stored, struct err_list *problems)
{
    const struct verify_options *options = stored;
    const struct option_given nothing = { .table = verify_table.options };
    const struct command_needed map = { options->map, "MAP",
        "write it last: ssm-dotenv verify --env-file .env prod.map" };
    command_options_check_needed(verify_table.options, &map, 1, problems);
    command_options_check_inputs(
            verify_table.options, options->map, options->env_file, NULL, problems);
    if (options->is_names_only && options->env_file != NULL) {
        option_given_add_error(&nothing, problems,
                "values that are not decrypted cannot be compared: remove one of them",
                "--names-only and --env-file exclude each other");
    }
}

void retire_options_check(const void *stored, struct err_list *problems)
{
    const struct verify_options *options = stored;
    const struct option_given nothing = { .table = retire_table.options };
    const struct command_needed needed[] = {
        { options->env_file, "--env-file",
                "ssm-dotenv retire --env-file .env --source . prod.map" },
        { options->map, "MAP", "write it last: ssm-dotenv retire --env-file .env prod.map" },
    };
    command_options_check_needed(retire_table.options, needed, 2, problems);
    if (input_is_standard(options->env_file)) {
        option_given_add_error(&nothing, problems,
                "retire looks at where the file is, and who can read it",
                "--env-file: standard input cannot be retired");
    }
}
