/* SPDX-License-Identifier: MIT */
#include "verify.h"

#include "input.h"
#include "migrate/map_read.h"

void verified_clear(struct verified *verified)
{
    compare_rows_clear(&verified->rows);
    stored_clear(&verified->stored);
    dotenv_clear(&verified->dotenv);
    map_clear(&verified->map);
}

static bool read_contents(const struct command_run *run,
        const char *path,
        struct secret *ret_contents,
        struct err_list *problems)
{
    const struct file_limits limits = { .clock = run->clock, .deadline_ms = run->deadline_ms };
    struct err err;
    return input_read(path, &limits, ret_contents, &err) || err_list_add(problems, &err);
}

static bool read_map(const struct command_run *run,
        const char *path,
        struct map *ret_map,
        struct err_list *problems)
{
    CLEANUP(secret_clear) struct secret contents = SECRET_INIT(DOTENV_MAX_BYTES);
    char word[SHOWN_BYTES];
    return read_contents(run, path, &contents, problems)
            && map_read(&contents, input_shown(path, word), ret_map, problems);
}

static bool read_env_file(const struct command_run *run,
        const char *path,
        struct dotenv *ret_dotenv,
        struct err_list *problems)
{
    CLEANUP(secret_clear) struct secret contents = SECRET_INIT(DOTENV_MAX_BYTES);
    char word[SHOWN_BYTES];
    return path == NULL
            || (read_contents(run, path, &contents, problems)
                    && dotenv_parse(&contents, input_shown(path, word), ret_dotenv, problems));
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
    bool is_map_read = read_map(run, options->map, &verified->map, problems);
    if (!read_env_file(run, options->env_file, &verified->dotenv, problems) || !is_map_read
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
