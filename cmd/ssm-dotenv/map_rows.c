/* SPDX-License-Identifier: MIT */
#include "map_kinds.h"
#include "map_options.h"
#include "options_shared.h"
#include "tables.h"

#define MEMBER(name) offsetof(struct map_options, name)

static const char NAMES[] = "Parameter names:";
static const char VARIABLES[] = "Variables:";
static const char OUTPUT[] = "Output:";

/* clang-format off */
static const struct option rows[] = {
    { "path", 0, TAKES_VALUE, KIND_PATH, MEMBER(path), "PATH", COMPLETE_NOTHING,
        NAMES, "the path of the parameters: /prod/api" },
    { "shared", 0, TAKES_VALUES, KIND_SHARED, MEMBER(shared), "PATH=NAME,...", COMPLETE_NOTHING,
        NAMES, "another path for variables that others use too" },
    { "style", 0, TAKES_VALUE, KIND_STYLE, MEMBER(style), "words|dashes|levels", COMPLETE_CHOICE,
        NAMES, "db_password (default), db-password, db/password" },
    { "string", 0, TAKES_VALUES, KIND_NAMES, MEMBER(strings), "NAME", COMPLETE_NOTHING,
        VARIABLES, "a String, which is not encrypted" },
    { "keep", 0, TAKES_VALUES, KIND_NAMES, MEMBER(kept), "NAME", COMPLETE_NOTHING,
        VARIABLES, "leave its value in the map: it is not secret" },
    { "retire", 0, TAKES_VALUES, KIND_NAMES, MEMBER(retired), "NAME", COMPLETE_NOTHING,
        VARIABLES, "it is not needed any more" },
    { "key-id", 0, TAKES_VALUE, KIND_KEY_ID, MEMBER(key_id), "KEY", COMPLETE_NOTHING,
        VARIABLES, "the KMS key of all SecureStrings: alias/prod" },
    { "output", 0, TAKES_VALUE, KIND_TEXT, MEMBER(output), "MAP", COMPLETE_FILE,
        OUTPUT, "a new file instead of standard output" },
    { "timeout", 0, TAKES_VALUE, KIND_DURATION, MEMBER(common.timeout_ms), "DURATION", COMPLETE_NOTHING,
        OUTPUT, "until FILE is read: 500ms, 2m (default 60s)" },
    OPTIONS_REPORT_ROWS(MEMBER(common.report), OUTPUT, "report which variables are not parameters"),
};
/* clang-format on */

_Static_assert(sizeof(rows) / sizeof(rows[0]) <= OPTIONS_MAX, "OPTIONS_MAX");

static const struct option words = {
    .name = "file",
    .takes = TAKES_VALUE,
    .value_name = "FILE",
    .kind = KIND_ARGUMENT,
    .member = MEMBER(file),
};

static const struct options_table table = {
    .rows = rows,
    .count = sizeof(rows) / sizeof(rows[0]),
    .words = &words,
    .help_hint = "try 'ssm-dotenv map --help'",
    .help_head =
            "Usage: ssm-dotenv map --path PATH [OPTION...] FILE\n"
            "Print a map: an env file that has a reference to a parameter for each variable of "
            "FILE.\n"
            "FILE: an env file, or - for standard input. Nothing is sent, and no secret is "
            "shown.\n",
    .help_tail = HELP_EXIT,
};

const struct command_table map_table = {
    .name = "map",
    .summary = "name a parameter for each variable of an env file",
    .options = &table,
};
