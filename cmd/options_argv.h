/* Splits the words of the command line into options with their values, other words, and a command. */
/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>

#include "options_given.h"
#include "options_table.h"

/* A position in the words of the command line. Initialise with OPTIONS_ARGV_INIT. */
struct options_argv {
    const struct options_table *table;
    int argc;
    char *const *argv;
    int next;            /* the index of the next word */
    const char *letters; /* the unread letters of a word such as "-nv"; or NULL */
};

#define OPTIONS_ARGV_INIT(options, count, words) \
    ((struct options_argv){ .table = (options), .argc = (count), .argv = (words), .next = 1 })

/* The next option or word before "--"; false if there is none. */
bool options_argv_next(struct options_argv *argv, struct option_given *ret_given);

/*
 * Marks in ret_is_given the rows of the table whose options the command line has, whatever their values.
 * Returns the words after "--", NULL at the end; NULL if there is no "--". Does not move argv.
 */
char *const *options_argv_scan(
        const struct options_argv *argv, bool ret_is_given[static OPTIONS_MAX]);
