/* What COMMAND inherits: which entries of the environment pass, and which of them are references. */
/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/attrs.h"
#include "base/environment.h"
#include "base/error.h"
#include "vars/source.h"

/* Patterns may end in '*'. */
struct inherit_rules {
    bool pristine; /* references and `kept` only */
    const char *const *kept;
    size_t kept_count;
    const char *const *unset;
    size_t unset_count;
    bool drop_credentials; /* the variables of inherit_is_credential, and AWS_EC2_METADATA_DISABLED */
    bool no_refs;          /* values that begin with "ssm://" are plain ones */
};

/* Borrows the entries, in their order; no name twice. Release with inherited_clear. */
struct inherited {
    char **entries; /* NULL at the end */
    size_t count;
};

/*
 * Selects the entries that pass: never SSM_EXEC_*, the others as the rules say. The first of
 * duplicates is kept; entries without a name pass, unless the rules are pristine. Variables whose
 * value is a reference are appended to *references instead, as sources of LAYER_INHERITED. False
 * with everything that is wrong added to problems: malformed references, and references in
 * credential and region variables (ERR_INPUT).
 */
MUST_CHECK bool inherit_select(const struct environment *environment,
        const struct inherit_rules *rules,
        struct inherited *ret_inherited,
        struct source_list *references,
        struct err_list *problems);

void inherited_clear(struct inherited *inherited);

/* Whether --drop-credentials removes the variable. */
bool inherit_is_credential(const char *name, size_t len);
