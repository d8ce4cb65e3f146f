/* What the command line of ssm-dotenv can have: its commands, and the options of each. */
/* SPDX-License-Identifier: MIT */
#pragma once

#include "options_shared.h"
#include "options_table.h"

struct command_table {
    const char *name;
    const char *summary; /* for the list of commands */
    const struct options_table *options;
};

/* In the order of a migration; NULL at the end. Completions and the help follow it. */
extern const struct command_table *const command_tables[];

extern const struct command_table map_table;

/* The program's own options, without a command. */
struct program_options {
    struct report_options report;
};

extern const struct options_table program_table;

/* What --help says about the exit status, for the end of each help. */
#define HELP_EXIT "Exit: 0 in order; 1 something was found or is left to do; 2 ssm-dotenv failed.\n"
