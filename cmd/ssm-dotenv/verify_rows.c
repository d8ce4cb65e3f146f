/* SPDX-License-Identifier: MIT */
#include "command_options.h"
#include "options_shared.h"
#include "tables.h"
#include "verify_options.h"

#define MEMBER(name) offsetof(struct verify_options, name)

static const char CHECKS[] = "Checks:";
static const char AWS[] = "AWS:";
static const char OUTPUT[] = "Output:";

/* clang-format off */
static const struct option rows[] = {
    { "env-file", 0, TAKES_VALUE, KIND_STRING, MEMBER(env_file), "FILE", COMPLETE_FILE,
        CHECKS, "compare values with those of this env file" },
    { "names-only", 0, TAKES_NOTHING, KIND_FLAG, MEMBER(is_names_only), NULL, COMPLETE_NOTHING,
        CHECKS, "decrypt nothing: names, types and versions" },
    { "path", 0, TAKES_VALUE, KIND_PATH, MEMBER(path), "PATH", COMPLETE_NOTHING,
        CHECKS, "report parameters below it that are not in MAP" },
    COMMAND_AWS_ROWS("until all is read: 500ms, 2m (default 60s)", "report requests"),
};
/* clang-format on */

_Static_assert(sizeof(rows) / sizeof(rows[0]) <= OPTIONS_MAX, "OPTIONS_MAX");

static const struct option words = COMMAND_MAP_ARGUMENT;

static const struct options_table table = {
    .rows = rows,
    .count = sizeof(rows) / sizeof(rows[0]),
    .words = &words,
    .help_hint = "try 'ssm-dotenv verify --help'",
    .help_head = "Usage: ssm-dotenv verify [OPTION...] MAP\n"
                 "Compare what MAP says with Parameter Store, and with --env-file the values.\n"
                 "Nothing is written, and no value is shown.\n",
    .help_tail = HELP_EXIT,
};

const struct command_table verify_table = {
    .name = "verify",
    .summary = "compare Parameter Store with a map and an env file",
    .options = &table,
};
