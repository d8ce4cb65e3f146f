/* The values of options: checked, and stored in struct options. */
/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>

#include "base/attrs.h"
#include "base/error.h"
#include "option_table.h"
#include "options.h"

/* Where a value goes, and where it is from. */
struct option_place {
    struct options *options;
    struct err_list *problems; /* gets everything that is wrong: ERR_USAGE, ERR_SYSTEM */
    const char
            *where;   /* for messages: "--region", "-u", "SSM_EXEC_UNSET"; NULL: the command line */
    int position;     /* without where: the word of the command line, counted from 1 */
    bool is_variable; /* of the environment: lists have blanks, flags have words */
};

/* Adds an error of the usage; hint may be NULL. No value is quoted but through base/shown. */
void usage_error_add(
        struct err_list *problems, const char *where, const char *hint, const char *format, ...)
        PRINTF_LIKE(4, 5);

/*
 * Stores what was given for the option. text is NULL for flags, actions and --preserve-env without a
 * value; a variable always has a text.
 */
void option_store(const struct option_place *place, const struct option *option, const char *text);

/* Stores a SOURCE, or in a variable all of them. */
void option_store_sources(const struct option_place *place, const char *text);
