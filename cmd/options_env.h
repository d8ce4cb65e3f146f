/* Options as environment variables: --log-format as SSM_EXEC_LOG_FORMAT. */
/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/environment.h"
#include "base/error.h"
#include "options_given.h"
#include "options_table.h"

/* A position in the variables. Initialise with options_env_init, release with options_env_clear. */
struct options_env {
    const struct options_table *table;
    const struct environment *environment;
    const bool *is_given;
    const struct option *order[OPTIONS_MAX + 1]; /* in which variables are read; NULL at the end */
    size_t next;                                 /* index in order */
    char *list; /* a copy of the variable's value, split into its parts; may be NULL */
    char *rest; /* of the list; NULL: there is none */
    struct option_given part; /* the last one */
};

/* Borrows everything. is_given: as options_argv_scan filled it; those options win over their variables. */
void options_env_init(struct options_env *env,
        const struct options_table *table,
        const struct environment *environment,
        const bool is_given[static OPTIONS_MAX]);

/*
 * The next value: the value of a variable, or one part of it if the option is repeatable. Commas separate
 * names of files; commas and blanks separate other parts. Empty variables and parts are skipped. The value is
 * valid until the next call. False if there is none.
 */
bool options_env_next(struct options_env *env, struct option_given *ret_given);

void options_env_clear(struct options_env *env);

/* Adds an ERR_USAGE for each variable that has the table's prefix and belongs to no option. */
void options_env_check_names(const struct options_table *table,
        const struct environment *environment,
        struct err_list *problems);
