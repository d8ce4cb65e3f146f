/* SPDX-License-Identifier: MIT */
#include "tables.h"

const struct command_table *const command_tables[] = { &inventory_table, &map_table, &push_table,
    &verify_table, &retire_table, &policy_table, NULL };

static const char OUTPUT[] = "Output:";

/* clang-format off */
static const struct option rows[] = {
    OPTIONS_HELP_ROWS(offsetof(struct program_options, report), OUTPUT),
};
/* clang-format on */

static const struct option words = { .name = "command", .takes = TAKES_VALUE };

const struct options_table program_table = {
    .rows = rows,
    .count = sizeof(rows) / sizeof(rows[0]),
    .words = &words,
    .help_hint = "the command comes first, its options behind it: ssm-dotenv map --path /prod/api "
                 ".env; try 'ssm-dotenv --help'",
    .help_head = "",
    .help_tail = "Options of a command: ssm-dotenv COMMAND --help\n" HELP_EXIT,
};

const struct command_group program_group = {
    .part = "command",
    .help_hint = "try 'ssm-dotenv --help'",
    .usage = "Usage: ssm-dotenv COMMAND [OPTION...] [ARG...]\n"
             "Take a team from .env files to AWS Parameter Store.\n"
             "Commands:\n",
    .options = &program_table,
    .tables = command_tables,
};
