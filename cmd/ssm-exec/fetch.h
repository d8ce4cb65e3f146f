/* From sources to assignments: everything that the sources name is fetched once. */
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

/* False with an ERR_USAGE added to problems for each ARN of another region than the settings'. */
MUST_CHECK bool fetch_check_regions(const struct source_list *sources,
        const struct settings *settings,
        struct err_list *problems);

/* What the sources ask for, each path and each name once. ERR_SYSTEM. */
MUST_CHECK bool fetch_plan(const struct source_list *sources,
        const struct fetch_rules *rules,
        struct fetched *ret_fetched,
        struct err *reterr);

/*
 * Assigns the values to variables. False with each name that cannot become a variable's
 * (ERR_MAPPING) added to problems; the others are assigned even then, so that merge can report what
 * is wrong with them.
 */
MUST_CHECK bool fetch_map(const struct source_list *sources,
        const struct fetched *fetched,
        const struct var_name_rules *rules,
        struct assignment_list *assignments,
        struct err_list *problems);

void fetched_clear(struct fetched *fetched);
