/* One option or word that was given, on the command line or in a variable, and what is wrong with it. */
/* SPDX-License-Identifier: MIT */
#pragma once

#include "base/attrs.h"
#include "base/error.h"
#include "options_table.h"

enum option_given_kind {
    GIVEN_OPTION,      /* with a value, or without one that it does not need */
    GIVEN_WORD,        /* neither an option nor the value of one */
    GIVEN_UNKNOWN,     /* looks like an option that does not exist */
    GIVEN_NO_VALUE,    /* an option whose value is missing */
    GIVEN_EMPTY_VALUE, /* an option whose value is "" */
    GIVEN_EXTRA_VALUE, /* an option that takes no value, with one after '=' */
    GIVEN_NO_MEMORY,
};

enum {
    OPTION_WHERE_BYTES = 64
};

struct option_given {
    enum option_given_kind kind;
    const struct options_table *table;
    const struct option *option; /* the table's `words` for GIVEN_WORD; NULL for GIVEN_UNKNOWN */
    const char *value;           /* the word, or the option's value; may be NULL; borrowed */
    int position; /* of the word in argv, or of the value in the variable's list; from 1 */
    bool is_variable;
    char where
            [OPTION_WHERE_BYTES]; /* "--region", "-u" or "SSM_EXEC_REGION"; "" for a word of argv */
};

/*
 * Adds an ERR_USAGE about what was given, with the table's help_hint if hint is NULL. Values must not be
 * quoted, except by base/shown.
 */
void option_given_add_error(const struct option_given *given,
        struct err_list *problems,
        const char *hint,
        const char *format,
        ...) PRINTF_LIKE(4, 5);

/* True for an option or word that is complete; otherwise adds the matching error to problems. */
MUST_CHECK bool option_given_check(const struct option_given *given, struct err_list *problems);

/*
 * The option whose name is most similar to a mistyped name; with_words: also the table's `words`. NULL if
 * more than a third of the letters differ.
 */
const struct option *options_find_similar(
        const struct options_table *table, const char *name, bool with_words);
