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
    OPTIONS_AWS_ROWS(MEMBER(aws), AWS),
    { "timeout", 0, TAKES_VALUE, KIND_DURATION, MEMBER(common.timeout_ms), "DURATION", COMPLETE_NOTHING,
        AWS, "until all is read: 500ms, 2m (default 60s)" },
    { "json", 0, TAKES_NOTHING, KIND_FLAG, MEMBER(json), NULL, COMPLETE_NOTHING,
        OUTPUT, "print JSON instead of a table" },
    OPTIONS_REPORT_ROWS(MEMBER(common.report), OUTPUT, "report requests"),
};
/* clang-format on */

_Static_assert(sizeof(rows) / sizeof(rows[0]) <= OPTIONS_MAX, "OPTIONS_MAX");

static const struct option words = {
    .name = "map",
    .takes = TAKES_VALUE,
    .value_name = "MAP",
    .kind = KIND_ARGUMENT,
    .member = MEMBER(map),
};

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
