/* What the options of several commands have in common: where they are stored, and what can be wrong with them. */
/* SPDX-License-Identifier: MIT */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/string_list.h"
#include "options_given.h"
#include "options_shared.h"
#include "options_table.h"

enum {
    COMMAND_TIMEOUT_MS = 60 * 1000 /* the default of most commands */
};

/* The options of each command begin with these. */
struct command_options {
    struct report_options report;
    int64_t timeout_ms;
};

/* Texts are borrowed from argv. */
enum command_option_kind {
    KIND_ARGUMENT = KIND_OWN, /* const char *: the one file of the command, named by value_name */
    KIND_ARGUMENTS,           /* struct string_list: its files, each once */
    KIND_STRING,              /* const char *: given once */
    KIND_STRINGS,             /* struct string_list: one each time, whatever characters it has */
    KIND_PATH,                /* char *, owned: a path of parameters, without a slash at its end */
    KIND_COMMAND,             /* the first of a command's own kinds, which it stores itself */
};

/*
 * Rows of a command that uses Parameter Store. Its struct has the members common, aws and json, MEMBER(name) is the
 * offset of one, and AWS and OUTPUT are titles of groups.
 */
/* clang-format off */
#define COMMAND_AWS_ROWS(timeout_help, verbose_help) \
    OPTIONS_AWS_ROWS(MEMBER(aws), AWS), \
    { "timeout", 0, TAKES_VALUE, KIND_DURATION, MEMBER(common.timeout_ms), "DURATION", COMPLETE_NOTHING, \
        AWS, timeout_help }, \
    { "json", 0, TAKES_NOTHING, KIND_FLAG, MEMBER(json), NULL, COMPLETE_NOTHING, \
        OUTPUT, "print JSON instead of a table" }, \
    OPTIONS_REPORT_ROWS(MEMBER(common.report), OUTPUT, verbose_help)

/* The argument MAP, at a member of that name. */
#define COMMAND_MAP_ARGUMENT \
    { \
        .name = "map", .takes = TAKES_VALUE, .value_name = "MAP", .kind = KIND_ARGUMENT, .member = MEMBER(map) \
    }
/* clang-format on */

/* Zeroed options of the size, which begin with struct command_options; NULL without memory. */
void *command_options_new(size_t size, int64_t timeout_ms);

/* Stores the value of an option of a kind before KIND_COMMAND. Adds what is wrong to problems (ERR_USAGE, ERR_SYSTEM). */
void command_options_store(
        const struct option_given *given, void *options, struct err_list *problems);

/* A copy of text[0..len) without slashes at its end; NULL, with a problem added, if it is not a path. */
char *command_options_copy_path(
        const struct option_given *given, const char *text, size_t len, struct err_list *problems);

/* What a command cannot do without. */
struct command_needed {
    const void *value; /* NULL: it was not given */
    const char *name;  /* "--env-file", "MAP" */
    const char *hint;
};

/* Adds what was not given, unless problems has something: a wrong option may have had it for its value. */
void command_options_check_needed(const struct options_table *table,
        const struct command_needed *needed,
        size_t count,
        struct err_list *problems);

/* Adds that more than one of the files is "-", standard input. Each may be NULL. */
void command_options_check_inputs(const struct options_table *table,
        const char *map,
        const char *env_file,
        const struct string_list *others,
        struct err_list *problems);
