/* Stores the values of options whose kind is not specific to one program. */
/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "base/string_list.h"
#include "options_given.h"

enum options_action {
    OPTIONS_RUN,
    OPTIONS_HELP,
    OPTIONS_VERSION
};

/* A value that is checked only when it is used, and how it was given, for messages about it. */
struct option_text {
    const char *value; /* borrowed; NULL: not given */
    char where[OPTION_WHERE_BYTES];
};

/*
 * Stores the value of an option of a kind before KIND_OWN at its member of options. Adds errors to problems
 * (ERR_USAGE, ERR_SYSTEM).
 */
void option_store(const struct option_given *given, void *options, struct err_list *problems);

typedef bool option_is_name(const char *text, size_t len);

/* Stores names that are separated by commas, in a variable also by blanks. */
void option_store_names(const struct option_given *given,
        option_is_name *is_name,
        struct string_list *list,
        struct err_list *problems);

/* 1 for "1", "true", "yes" and "on", 0 for their opposites, -1 for any other word. */
int option_read_bool(const char *word);
