/* Splits the words of the command line into options with their values, sources, and COMMAND. */
/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>

#include "option_table.h"

enum argument_kind {
    ARGUMENT_SOURCE,      /* neither an option nor the value of one */
    ARGUMENT_OPTION,      /* with a value, or none where it takes none */
    ARGUMENT_UNKNOWN,     /* looks like an option that does not exist */
    ARGUMENT_NO_VALUE,    /* an option whose value is missing */
    ARGUMENT_EMPTY_VALUE, /* an option whose value is "" */
    ARGUMENT_EXTRA_VALUE, /* an option that takes no value, with one after '=' */
};

enum {
    ARGUMENT_NAME_BYTES = 64
};

struct argument {
    enum argument_kind kind;
    int position;                /* of its word, the first after the program's name being 1 */
    const struct option *option; /* NULL for ARGUMENT_SOURCE and ARGUMENT_UNKNOWN */
    const char *value; /* the source, or the option's value; borrowed from argv; may be NULL */
    char name
            [ARGUMENT_NAME_BYTES]; /* of the option, for messages, without a value: "--region", "-u" */
};

/* Where the reading stands. Initialise with ARGUMENTS_INIT. */
struct arguments {
    int argc;
    char *const *argv;
    int next;            /* word */
    const char *letters; /* of a word such as "-nv", those that are still to be read; or NULL */
};

#define ARGUMENTS_INIT(count, words) \
    ((struct arguments){ .argc = (count), .argv = (words), .next = 1 })

/* The next argument before "--"; false where there is none. */
bool arguments_next(struct arguments *arguments, struct argument *ret_argument);

/* Once there is no next argument: the words after "--", NULL at the end; NULL where there is no "--". */
char *const *arguments_command(const struct arguments *arguments);
