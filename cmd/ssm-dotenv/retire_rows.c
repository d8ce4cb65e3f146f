/* SPDX-License-Identifier: MIT */
#include "command_options.h"
#include "options_shared.h"
#include "tables.h"
#include "verify_options.h"

#define MEMBER(name) offsetof(struct verify_options, name)

static const char ENV_FILE[] = "Env file:";
static const char AWS[] = "AWS:";
static const char OUTPUT[] = "Output:";

/* clang-format off */
static const struct option rows[] = {
    { "env-file", 0, TAKES_VALUE, KIND_STRING, MEMBER(env_file), "FILE", COMPLETE_FILE,
        ENV_FILE, "the env file that is not needed any more" },
    { "source", 0, TAKES_VALUES, KIND_STRINGS, MEMBER(sources), "DIR", COMPLETE_FILE,
        ENV_FILE, "look through this folder for what needs it" },
    { "delete", 0, TAKES_NOTHING, KIND_FLAG, MEMBER(may_delete), NULL, COMPLETE_NOTHING,
        ENV_FILE, "delete FILE, if the values are the same" },
    COMMAND_AWS_ROWS("until all is read: 500ms, 2m (default 60s)", "report requests"),
};
/* clang-format on */

_Static_assert(sizeof(rows) / sizeof(rows[0]) <= OPTIONS_MAX, "OPTIONS_MAX");

static const struct option words = COMMAND_MAP_ARGUMENT;

static const struct options_table table = {
    .rows = rows,
    .count = sizeof(rows) / sizeof(rows[0]),
    .words = &words,
    .help_hint = "try 'ssm-dotenv retire --help'",
    .help_head =
            "Usage: ssm-dotenv retire --env-file FILE [OPTION...] MAP\n"
            "Verify that Parameter Store has what FILE says, then list what still needs FILE, and\n"
            "which secrets to rotate. Only --delete deletes it.\n",
    .help_tail = HELP_EXIT,
};

const struct command_table retire_table = {
    .name = "retire",
    .summary = "list what still needs an env file, and delete it",
    .options = &table,
};
