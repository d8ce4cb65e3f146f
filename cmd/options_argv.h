/* Splits the words of the command line into options with their values, other words, and a command. */
/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>

#include "options_given.h"
#include "options_table.h"

/* How far the reading has come. Initialise with OPTIONS_ARGV_INIT. */
struct options_argv {
    const struct options_table *table;
    int argc;
    char *const *argv;
    int next;            /* word */
    const char *letters; /* of a word such as "-nv", those that are still to be read; or NULL */
};

#define OPTIONS_ARGV_INIT(options, count, words) \
    ((struct options_argv){ .table = (options), .argc = (count), .argv = (words), .next = 1 })

/* The next option or word before "--"; false if there is none. */
bool options_argv_next(struct options_argv *argv, struct option_given *ret_given);

/*
 * Reads ahead: marks in ret_is_given the rows of the table that the command line has, whatever their values,
 * and returns the words after "--", NULL at the end; NULL if there is no "--".
 */
char *const *options_argv_scan(
        const struct options_argv *argv, bool ret_is_given[static OPTIONS_MAX]);
