/* Env files and maps that are named on the command line; "-" is standard input. */
/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>

#include "base/attrs.h"
#include "base/error.h"
#include "base/shown.h"
#include "command.h"
#include "migrate/map.h"
#include "vars/dotenv.h"

/* Whether the path is "-"; NULL is not. */
bool input_is_standard(const char *path);

/* What messages call the file: its name may be a secret in the wrong place. */
const char *input_shown(const char *path, char out[static SHOWN_BYTES]);

/*
 * Read a file, a pipe or "-". False with what is wrong added to problems: ERR_INPUT, also for a file that does not
 * exist and for a terminal, ERR_TIMEOUT, and what dotenv_parse and map_read find.
 */
MUST_CHECK bool input_read_env_file(const struct command_run *run,
        const char *path,
        struct dotenv *ret_dotenv,
        struct err_list *problems);
MUST_CHECK bool input_read_map(const struct command_run *run,
        const char *path,
        struct map *ret_map,
        struct err_list *problems);
