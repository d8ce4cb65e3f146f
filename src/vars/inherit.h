/* Selects the entries of the environment that COMMAND inherits, and those that are references. */
/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/attrs.h"
#include "base/environment.h"
#include "base/error.h"
#include "base/span.h"
#include "vars/name_pattern.h"
#include "vars/source.h"

struct inherit_rules {
    bool pristine; /* only references and `kept` pass */
    struct name_patterns kept;
    struct name_patterns unset;
    struct name_patterns dropped; /* like unset, for --drop-credentials */
    struct name_patterns needed;  /* variables that references cannot be read without */
    bool no_refs;                 /* a value that begins with "ssm://" is like any other */
};

/* Borrows the entries; no name twice. Zero-initialise; release with inherited_clear. */
struct inherited {
    char **entries; /* in their order, NULL at the end */
    size_t count;
    struct span *names; /* of the entries that have one, sorted */
    size_t name_count;
};

/*
 * Selects the entries that the rules let pass, without SSM_EXEC_*. Of duplicates the first counts; entries
 * without a name pass unless `pristine`. Variables whose value is a reference are appended to *references
 * instead, as sources of LAYER_INHERITED. On failure returns false and adds every error to problems:
 * malformed references, and references in `needed` variables (ERR_INPUT).
 */
MUST_CHECK bool inherit_select(const struct environment *environment,
        const struct inherit_rules *rules,
        struct inherited *ret_inherited,
        struct source_list *references,
        struct err_list *problems);

/* The entry of that name; NULL if there is none. */
const char *inherited_find(const struct inherited *inherited, const char *name);

void inherited_clear(struct inherited *inherited);
