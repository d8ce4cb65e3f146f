/* From sources to assignments: everything the sources name is asked for once, then handed out. */
/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>

#include "aws/ssm.h"
#include "base/attrs.h"
#include "base/error.h"
#include "vars/merge.h"
#include "vars/source.h"
#include "vars/var_name.h"

struct fetch_rules {
    bool recursive;
    const char *label; /* for paths; NULL: the latest versions */
    struct var_name_rules names;
};

/* What was fetched; assignments borrow from it. Zero-initialise; release with fetched_clear. */
struct fetched {
    struct ssm_path_query *paths; /* each path once */
    size_t path_count;
    struct ssm_name_query *names; /* each name once */
    size_t name_count;
};

/* ERR_USAGE for each ARN of another region than the run's: false, and all are added to problems. */
MUST_CHECK bool fetch_check_regions(
        const struct source_list *sources, const char *region, struct err_list *problems);

/*
 * Fetches all sources at the same time and maps them. False with everything that is wrong added to
 * problems: what ssm_fetch gives; or, if all was fetched, what cannot be mapped (ERR_MAPPING).
 */
MUST_CHECK bool fetch_sources(const struct ssm *ssm,
        const struct source_list *sources,
        const struct fetch_rules *rules,
        struct fetched *ret_fetched,
        struct assignment_list *ret_assignments,
        struct err_list *problems);

void fetched_clear(struct fetched *fetched);
