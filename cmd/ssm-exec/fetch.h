/* Turns sources into queries, each parameter and path once, and the replies into assignments. */
/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>

#include "aws/config/settings.h"
#include "aws/ssm/fetch.h"
#include "base/attrs.h"
#include "base/error.h"
#include "vars/merge.h"
#include "vars/source.h"
#include "vars/var_name.h"

struct fetch_rules {
    bool recursive;
    const char *label; /* for paths; NULL: the latest versions */
};

/* What was fetched; assignments borrow from it. Zero-initialise; release with fetched_clear. */
struct fetched {
    struct ssm_queries queries; /* each path and each name once */
    size_t *query_of_source;    /* for each source its index into paths or names */
};

/* False if ARNs are of another region than the settings'; adds an ERR_USAGE for each to problems. */
MUST_CHECK bool fetch_check_regions(const struct source_list *sources,
        const struct settings *settings,
        struct err_list *problems);

/* Makes the queries for the sources, each path and each name once. ERR_SYSTEM. */
MUST_CHECK bool fetch_plan(const struct source_list *sources,
        const struct fetch_rules *rules,
        struct fetched *ret_fetched,
        struct err *reterr);

/*
 * Assigns the values to variables. Returns false if a parameter's name cannot be turned into a variable's,
 * and adds an ERR_MAPPING for each to problems; the other values are still assigned, so that merge can
 * report errors about them.
 */
MUST_CHECK bool fetch_map(const struct source_list *sources,
        const struct fetched *fetched,
        const struct var_name_rules *rules,
        struct assignment_list *assignments,
        struct err_list *problems);

void fetched_clear(struct fetched *fetched);
