/* Which variables COMMAND gets when the environment, env files and sources set the same ones. */
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
    size_t order; /* in its layer: of two the larger wins */
    /* Where the value is from, for people: a SOURCE as it was written, or an env file. */
    const char *origin;
    /*
     * The name, or the ARN where the source is one, with its member, for people and lock files; owned.
     * NULL: a plain value of an env file.
     */
    char *parameter;
    const char *type;
    int64_t version;
    int64_t modified_s;
    bool as_file;
    bool has_inner_hash;        /* a plain value that other loaders would cut */
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

/* The list takes over what *assignment owns, and leaves it empty. ERR_SYSTEM without memory. */
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
    /* The winner without --preserve-env: what the sources ask for. */
    const struct assignment *unpreserved;
    const char *overridden_inherited;    /* NULL, or the inherited entry that it replaces */
    const struct assignment *overridden; /* NULL, or the last assignment that lost to it */
    bool is_preserved; /* the inherited entry stays instead: COMMAND does not get the assignment */
    bool is_unset;     /* COMMAND gets neither */
    const char *
            file_path; /* for whoever makes a file of the value: what COMMAND gets instead; borrowed */
};

/* Whether COMMAND gets the assignment. */
bool merged_variable_is_set(const struct merged_variable *variable);

/* Borrows assignments and entries. Release with merge_result_clear. */
struct merge_result {
    struct merged_variable *variables; /* sorted by name (strcmp), each name once */
    size_t len;
};

/*
 * Decides which assignment of each variable wins, and sorts the assignments. False with everything
 * that is wrong added to problems (ERR_MAPPING): two parameters of one path for one variable,
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
 * naming all that are missing.
 */
MUST_CHECK bool merge_require(const struct merge_result *result,
        const struct inherited *inherited,
        const struct string_list *required,
        struct err_list *problems);
