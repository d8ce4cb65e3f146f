/* From sources to assignments: everything the sources name is asked for once, then handed out. */
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

/*
 * ERR_USAGE for each ARN of another region than the run's, which is known by now: false, and all are added
 * to problems.
 */
MUST_CHECK bool fetch_check_regions(const struct source_list *sources,
        const struct settings *settings,
        struct err_list *problems);

/* What the sources ask for, each path and each name once. ERR_SYSTEM. */
MUST_CHECK bool fetch_plan(const struct source_list *sources,
        const struct fetch_rules *rules,
        struct fetched *ret_fetched,
        struct err *reterr);

/*
 * Hands the values out to variables. False with each name that cannot be a variable's (ERR_MAPPING) added
 * to problems; all others are assigned then too, so that merge can tell what is wrong with them.
 */
MUST_CHECK bool fetch_map(const struct source_list *sources,
        const struct fetched *fetched,
        const struct var_name_rules *rules,
        struct assignment_list *assignments,
        struct err_list *problems);

void fetched_clear(struct fetched *fetched);
