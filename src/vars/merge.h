/* Which variables COMMAND gets, when inherited ones and several sources set the same. */
/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attrs.h"
#include "base/environment.h"
#include "base/error.h"
#include "base/secret.h"
#include "vars/source.h"

/* One parameter that a source wants in one variable. Borrows all but the variable's name. */
struct assignment {
    char *variable; /* owned by the list */
    size_t source;  /* index into the sources: later ones win */
    const char *
            parameter; /* the name, or the ARN where the source is one: for people and lock files */
    const char *type;
    int64_t version;
    int64_t modified_s;
    const struct secret *value;
};

/* Zero-initialise; release with assignment_list_clear. */
struct assignment_list {
    struct assignment *items;
    size_t len;
    size_t cap;
};

/* Takes over assignment->variable, also on failure (ERR_SYSTEM). */
MUST_CHECK bool assignment_list_add(
        struct assignment_list *list, const struct assignment *assignment, struct err *reterr);

void assignment_list_clear(struct assignment_list *list);

struct merge_rules {
    const char *const *allowed; /* --allow-var: guarded variables that may be set */
    size_t allowed_count;
    bool preserve_all;            /* --preserve-env: inherited variables keep their values */
    const char *const *preserved; /* --preserve-env=NAME,... */
    size_t preserved_count;
};

/* A variable as the sources make it, in the order of names. */
struct merged_variable {
    const struct assignment *assignment; /* the one that won */
    const char *overridden_inherited;    /* NULL, or the inherited entry that it replaces */
    const struct assignment *overridden; /* NULL, or the last assignment that lost to it */
    bool is_preserved; /* an inherited value stays instead: COMMAND does not get this one */
};

/* Borrows assignments and environment. Release with merge_result_clear. */
struct merge_result {
    struct merged_variable *variables; /* sorted by name (strcmp), each name once */
    size_t len;
};

/*
 * Decides. False with everything that is wrong added to problems (ERR_MAPPING): two parameters of
 * one source for one variable, guarded variables, SSM_EXEC_ variables, values that hold a NUL. The
 * assignments are sorted on the way.
 */
MUST_CHECK bool merge(const struct source_list *sources,
        struct assignment_list *assignments,
        const struct environment *inherited,
        const struct merge_rules *rules,
        struct merge_result *ret_result,
        struct err_list *problems);

void merge_result_clear(struct merge_result *result);
