/* SPDX-License-Identifier: MIT */
#include "command_options.h"
#include "inventory_options.h"
#include "options_shared.h"
#include "tables.h"

#define MEMBER(name) offsetof(struct inventory_options, name)

static const char SOURCE[] = "Source code:";
static const char CHECKS[] = "Checks:";
static const char OUTPUT[] = "Output:";

/* clang-format off */
static const struct option rows[] = {
    { "source", 0, TAKES_VALUES, KIND_STRINGS, MEMBER(sources), "DIR", COMPLETE_FILE,
        SOURCE, "find uses and copies of secrets in this folder" },
    { "exclude", 0, TAKES_VALUES, KIND_STRINGS, MEMBER(excluded), "GLOB", COMPLETE_NOTHING,
        SOURCE, "leave out these files: '*.lock', docs" },
    { "check", 0, TAKES_NOTHING, KIND_FLAG, MEMBER(is_check), NULL, COMPLETE_NOTHING,
        CHECKS, "exit with 1 if there is a note" },
    { "json", 0, TAKES_NOTHING, KIND_FLAG, MEMBER(is_json), NULL, COMPLETE_NOTHING,
        OUTPUT, "print JSON instead of a table" },
    { "timeout", 0, TAKES_VALUE, KIND_DURATION, MEMBER(common.timeout_ms), "DURATION", COMPLETE_NOTHING,
        OUTPUT, "until all is read: 500ms, 2m (default 60s)" },
    OPTIONS_REPORT_ROWS(MEMBER(common.report), OUTPUT, "report how much was read"),
};
/* clang-format on */

_Static_assert(sizeof(rows) / sizeof(rows[0]) <= OPTIONS_MAX, "OPTIONS_MAX");

static const struct option words = {
    .name = "file",
    .takes = TAKES_VALUES,
    .value_name = "FILE",
    .kind = KIND_ARGUMENTS,
    .member = MEMBER(files),
};

static const struct options_table table = {
    .rows = rows,
    .count = sizeof(rows) / sizeof(rows[0]),
    .words = &words,
    .help_hint = "try 'ssm-dotenv inventory --help'",
    .help_head = "Usage: ssm-dotenv inventory [OPTION...] FILE...\n"
                 "Print which variables of env files are secrets, which are settings, and what to "
                 "look at.\n"
                 "FILE: an env file, usually one for each environment; - is standard input. "
                 "Nothing is\n"
                 "sent, and no value is shown.\n",
    .help_tail = HELP_EXIT,
};

const struct command_table inventory_table = {
    .name = "inventory",
    .summary = "list the variables of env files, and what to look at",
    .options = &table,
};
