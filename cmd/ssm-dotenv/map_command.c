/* SPDX-License-Identifier: MIT */
#include "map_command.h"

#include "aws_session.h"
#include "input.h"
#include "map_options.h"
#include "migrate/map.h"
#include "migrate/map_make.h"
#include "new_file.h"
#include "output.h"
#include "vars/dotenv.h"

enum {
    MAP_MAX_BYTES = 64 * 1024 * 1024
};

/* What is not a parameter although nobody said so. */
static void report_empty(
        const struct command_run *run, const struct dotenv *dotenv, const struct map *map)
{
    size_t at = 0;
    for (size_t i = 0; i < map->len; i++) {
        const struct map_line *line = &map->lines[i];
        bool is_empty = line->kind == MAP_PLAIN && line->value[0] == '\0';
        at += is_empty ? 1 : 0;
        if (is_empty) {
            event_emit(&run->report->sink, EVENT_PROGRESS, line->name,
                    "is empty, which no parameter can be: it is kept as plain");
        }
    }
    event_emit(&run->report->sink, EVENT_PROGRESS, NULL, "%zu variables, %zu of them empty",
            dotenv->len, at);
}

static int run_map(const struct command_run *run, const void *given, struct err_list *problems)
{
    const struct map_options *options = given;
    const struct map_rules rules = {
        .path = options->path,
        .style = options->style,
        .key_id = options->key_id,
        .strings = &options->strings,
        .kept = &options->kept,
        .retired = &options->retired,
        .shared = options->shared,
        .shared_count = options->shared_count,
        .needed = aws_session_variables(),
    };
    CLEANUP(dotenv_clear) struct dotenv dotenv = DOTENV_INIT;
    CLEANUP(map_clear) struct map map = { 0 };
    CLEANUP(text_clear) struct text out = TEXT_INIT(MAP_MAX_BYTES);
    char word[SHOWN_BYTES];
    const char *shown = input_shown(options->file, word);
    struct err err;
    if (!input_read_env_file(run, options->file, &dotenv, problems)
            || !map_make(&dotenv, shown, &rules, &map, problems)) {
        return COMMAND_FOUND;
    }
    report_empty(run, &dotenv, &map);
    map_write(&map, &out);
    bool ok = options->output.value == NULL ? output_print(&out, &err)
                                            : new_file_write(options->output.value, &out, &err);
    if (!ok) {
        (void)err_list_add(problems, &err);
    }
    return COMMAND_IN_ORDER;
}

const struct command map_command = {
    .table = &map_table,
    .new_options = map_options_new,
    .free_options = map_options_free,
    .store = map_options_store,
    .check = map_options_check,
    .run = run_map,
};
