/* Fetching from Parameter Store: whole paths, and parameters by name, all at the same time. */
/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "aws/ssm/ssm.h"
#include "base/attrs.h"
#include "base/error.h"
#include "http/calls.h"

struct path_call;
struct names_call;

/* What to fetch. Each path and each name must occur only once. */
struct ssm_queries {
    struct ssm_path_query *paths;
    size_t path_count;
    struct ssm_name_query *names;
    size_t name_count;
};

/* The calls that answer the queries. Release with ssm_fetch_clear. */
struct ssm_fetch {
    const struct ssm *ssm;
    struct ssm_queries queries;
    struct path_call *paths;
    struct names_call *names;
    struct call **calls; /* all of them */
    size_t call_count;
};

/* Creates the calls; nothing is sent. Borrows ssm and the queries. ERR_SYSTEM. */
MUST_CHECK bool ssm_fetch_plan(const struct ssm *ssm,
        const struct ssm_queries *queries,
        struct ssm_fetch *ret_fetch,
        struct err *reterr);

/*
 * Runs all calls at once and fills the queries. False with every error added to problems: those of
 * calls_run, refusals (ERR_SERVICE), empty paths and names that do not exist (ERR_SERVICE,
 * ParameterNotFound), replies with parameters that were not requested (ERR_PROTOCOL).
 */
MUST_CHECK bool ssm_fetch_run(
        struct ssm_fetch *fetch, const struct call_settings *settings, struct err_list *problems);

void ssm_fetch_clear(struct ssm_fetch *fetch);
