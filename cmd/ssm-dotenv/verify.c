/* SPDX-License-Identifier: MIT */
#include "verify.h"

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
