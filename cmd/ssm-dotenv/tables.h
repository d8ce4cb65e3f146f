/* What the command line of ssm-dotenv can have: its commands, and the options of each. */
/* SPDX-License-Identifier: MIT */
#pragma once

#include "options_shared.h"
#include "options_table.h"

struct command_group;

struct command_table {
    const char *name;
    const char *summary; /* for the list of commands */
    const struct options_table *options;
    const struct command_group *group; /* NULL: the command is not a group of others */
};

/* What stands before its commands: the program's name, or that of a command with commands of its own. */
struct command_group {
    const char *part; /* what messages call a command of the group */
    const char *help_hint;
    const char *usage; /* the beginning of its help, before the list of commands */
    const struct options_table *options;
    const struct command_table *const *tables; /* NULL at the end */
};

/* In the order of a migration; NULL at the end. Completions and the help follow it. */
extern const struct command_table *const command_tables[];

extern const struct command_group program_group;

extern const struct command_table inventory_table;
extern const struct command_table map_table;
extern const struct command_table push_table;
extern const struct command_table verify_table;
extern const struct command_table retire_table;
extern const struct command_table policy_table;

/* The commands of policy. */
extern const struct command_table policy_application_table;
extern const struct command_table policy_boundary_table;
extern const struct command_table policy_ci_table;
extern const struct command_table policy_human_table;
extern const struct command_table policy_key_table;
extern const struct command_table policy_rcp_table;
extern const struct command_table policy_scp_table;
extern const struct command_table policy_subtree_table;
extern const struct command_table policy_trust_table;

/* The options of a group, without a command. */
struct program_options {
    struct report_options report;
};

extern const struct options_table program_table;

/* What --help says about the exit status, for the end of each help. */
#define HELP_EXIT "Exit: 0 in order; 1 something was found or is left to do; 2 ssm-dotenv failed.\n"
