/* Decides which value COMMAND gets if the environment, env files and sources set the same variable. */
/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attrs.h"
#include "base/error.h"
#include "base/secret.h"
#include "base/string_list.h"
#include "vars/inherit.h"
#include "vars/name_pattern.h"
#include "vars/source.h"

/* A value for a variable. Borrows all but what it owns; release with assignment_clear. */
struct assignment {
    char *variable; /* owned */
    enum source_layer layer;
    size_t order; /* in its layer: the larger one wins */
    /* Where the value comes from, for messages: a SOURCE as it was written, or an env file. */
    const char *origin;
    /*
     * The parameter's name, or its ARN if the source is one, with the member; for messages and lock
     * files. Owned. NULL: a plain value of an env file.
     */
    char *parameter;
    const char *type;
    int64_t version;
    int64_t modified_s;
    bool as_file;
    bool has_inner_hash;        /* a plain value that other loaders would truncate at a '#' */
    const struct secret *value; /* borrowed, or owned_value */
    struct secret *owned_value; /* owned; NULL: none */
};

void assignment_clear(struct assignment *assignment);

/* Zero-initialise; release with assignment_list_clear. */
struct assignment_list {
    struct assignment *items;
    size_t len;
    size_t cap;
};

/* Moves *assignment to the list and leaves it empty. ERR_SYSTEM if memory runs out. */
MUST_CHECK bool assignment_list_add_owned(
        struct assignment_list *list, struct assignment *assignment, struct err *reterr);

void assignment_list_clear(struct assignment_list *list);

struct merge_rules {
    bool preserve_all;              /* --preserve-env: inherited variables keep their values */
    struct name_patterns preserved; /* --preserve-env=NAME,... */
    struct name_patterns allowed;   /* --allow-var: guarded variables that may be set */
    struct name_patterns unset;
    const char *secure_type; /* --secure-only: all parameters must have this type; NULL: any */
};

/* A variable, and which of its values COMMAND gets. */
struct merged_variable {
    const struct assignment *assignment; /* the one that won */
    /* The one that would have won without --preserve-env. */
    const struct assignment *unpreserved;
    const char *overridden_inherited;    /* NULL, or the inherited entry that it replaces */
    const struct assignment *overridden; /* NULL, or the last assignment that lost to it */
    bool is_preserved; /* the inherited entry stays instead: COMMAND does not get the assignment */
    bool is_unset;     /* COMMAND gets neither */
    const char *
            file_path; /* set by the caller if the value goes into a file: what COMMAND gets; borrowed */
};

/* Whether COMMAND gets the assignment. */
bool merged_variable_is_set(const struct merged_variable *variable);

/* Borrows assignments and entries. Release with merge_result_clear. */
struct merge_result {
    struct merged_variable *variables; /* sorted by name (strcmp), each name once */
    size_t len;
};

/*
 * Decides which assignment of each variable wins, and sorts the assignments. On failure returns
 * false and adds every error to problems (ERR_MAPPING): two parameters of one path for one variable,
 * guarded variables, SSM_EXEC_ variables, values that hold a NUL, types other than secure_type.
 * *ret_result is filled even then, unless memory ran out.
 */
MUST_CHECK bool merge(struct assignment_list *assignments,
        const struct inherited *inherited,
        const struct merge_rules *rules,
        struct merge_result *ret_result,
        struct err_list *problems);

void merge_result_clear(struct merge_result *result);

/*
 * Checks that COMMAND gets each of the required variables with a value that is not empty. ERR_MAPPING otherwise,
 * naming all missing ones.
 */
MUST_CHECK bool merge_require(const struct merge_result *result,
        const struct inherited *inherited,
        const struct string_list *required,
        struct err_list *problems);
