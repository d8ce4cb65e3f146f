/* SPDX-License-Identifier: MIT */
#include "verify.h"

#include <string.h>

#include "input.h"

void verified_clear(struct verified *verified)
{
    compare_rows_clear(&verified->rows);
    stored_clear(&verified->stored);
    dotenv_clear(&verified->dotenv);
    map_clear(&verified->map);
}

/* Reads both files, also if one is wrong. */
static bool read_files(const struct command_run *run,
        const struct verify_options *options,
        struct verified *verified,
        struct err_list *problems)
{
    bool ok = input_read_map(run, options->map, &verified->map, problems);
    return (options->env_file == NULL
                   || input_read_env_file(run, options->env_file, &verified->dotenv, problems))
            && ok;
}

/* A mistyped path would find nothing, and so nothing wrong. */
static bool check_path(
        const struct verify_options *options, const struct map *map, struct err_list *problems)
{
    size_t len = options->path == NULL ? 0 : strlen(options->path);
    bool is_used = options->path == NULL || len <= 1;
    for (size_t i = 0; i < map->len && !is_used; i++) {
        const char *parameter = map->lines[i].parameter;
        is_used = parameter != NULL && strncmp(parameter, options->path, len) == 0
                && parameter[len] == '/';
    }
    return is_used
            || err_list_add_new(problems, ERR_USAGE, "--path",
                    "check its spelling; it is the --path of ssm-dotenv map",
                    "no parameter of the map is below %s", options->path);
}

bool verify(const struct command_run *run,
        const struct verify_options *options,
        struct verified *ret_verified,
        struct err_list *problems)
{
    struct verified *verified = ret_verified;
    const struct stored_request request = {
        .run = run,
        .aws = &options->aws,
        .map = &verified->map,
        .path = options->path,
        .is_names_only = options->is_names_only,
        .with_keys = true,
    };
    struct err err;
    if (!read_files(run, options, verified, problems)
            || !check_path(options, &verified->map, problems)
            || !stored_fetch(&request, &verified->stored, problems)) {
        return false;
    }
    const struct compare_input input = {
        .map = &verified->map,
        .stored = verified->stored.lines,
        .dotenv = options->env_file == NULL ? NULL : &verified->dotenv,
        .path = options->path,
        .extras = verified->stored.extras,
        .extra_count = verified->stored.below.len,
    };
    return compare(&input, &verified->rows, &err) || err_list_add(problems, &err);
}

bool verified_is_same(const struct verified *verified)
{
    return compare_count(&verified->rows, COMPARE_SAME) == verified->rows.len;
}
