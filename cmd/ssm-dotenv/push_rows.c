/* SPDX-License-Identifier: MIT */
#include "command_options.h"
#include "options_shared.h"
#include "push_kinds.h"
#include "push_options.h"
#include "tables.h"

#define MEMBER(name) offsetof(struct push_options, name)

static const char WRITES[] = "Writes:";
static const char CHECKS[] = "Checks:";
static const char AWS[] = "AWS:";
static const char OUTPUT[] = "Output:";

/* clang-format off */
static const struct option rows[] = {
    { "env-file", 0, TAKES_VALUE, KIND_STRING, MEMBER(env_file), "FILE", COMPLETE_FILE,
        WRITES, "the env file that has the values" },
    { "apply", 0, TAKES_NOTHING, KIND_FLAG, MEMBER(apply), NULL, COMPLETE_NOTHING,
        WRITES, "write; without it, show what would be written" },
    { "overwrite", 0, TAKES_VALUES, KIND_NAMES, MEMBER(overwrite), "NAME", COMPLETE_NOTHING,
        WRITES, "replace the value of this variable if it differs" },
    { "blind", 0, TAKES_NOTHING, KIND_FLAG, MEMBER(blind), NULL, COMPLETE_NOTHING,
        WRITES, "read nothing: create what does not exist" },
    { "rate", 0, TAKES_VALUE, KIND_PUSH_RATE, MEMBER(rate), "N", COMPLETE_NOTHING,
        WRITES, "writes a second: 1 to 10 (default 3)" },
    { "tag", 0, TAKES_VALUES, KIND_PUSH_TAG, MEMBER(tags), "KEY=VALUE", COMPLETE_NOTHING,
        WRITES, "a tag for all parameters of the map" },
    { "against", 0, TAKES_VALUES, KIND_STRINGS, MEMBER(against), "FILE", COMPLETE_FILE,
        CHECKS, "refuse secrets that this env file has too" },
    { "allow-reuse", 0, TAKES_VALUES, KIND_NAMES, MEMBER(allow_reuse), "NAME", COMPLETE_NOTHING,
        CHECKS, "allow NAME to be a secret of --against" },
    { "allow-placeholder", 0, TAKES_VALUES, KIND_NAMES, MEMBER(allow_placeholder), "NAME", COMPLETE_NOTHING,
        CHECKS, "allow a value like a placeholder, or with ${X}" },
    { "allow-mixed", 0, TAKES_NOTHING, KIND_FLAG, MEMBER(allow_mixed), NULL, COMPLETE_NOTHING,
        CHECKS, "allow FILE and MAP of two environments (prod, dev)" },
    COMMAND_AWS_ROWS("until all is written: 30s, 2m, 1h (default 10m)", "report requests and writes"),
};
/* clang-format on */

_Static_assert(sizeof(rows) / sizeof(rows[0]) <= OPTIONS_MAX, "OPTIONS_MAX");

static const struct option words = COMMAND_MAP_ARGUMENT;

static const struct options_table table = {
    .rows = rows,
    .count = sizeof(rows) / sizeof(rows[0]),
    .words = &words,
    .help_hint = "try 'ssm-dotenv push --help'",
    .help_head = "Usage: ssm-dotenv push --env-file FILE [--apply] [OPTION...] MAP\n"
                 "Write the values of an env file to the parameters that MAP names.\n"
                 "Without --apply nothing is written. What exists is kept unless --overwrite names "
                 "it.\n",
    .help_tail = HELP_EXIT,
};

const struct command_table push_table = {
    .name = "push",
    .summary = "write the values to Parameter Store, once --apply says so",
    .options = &table,
};
