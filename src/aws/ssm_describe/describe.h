/* Asks in which tiers and with which keys parameters are kept (DescribeParameters). Only ssm-dotenv links it. */
/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "aws/ssm/ssm.h"
#include "base/attrs.h"
#include "base/error.h"
#include "http/calls.h"

enum {
    SSM_DESCRIBED_MAX = 50 /* names that a filter takes */
};

/* How a parameter is kept. Zero-initialise; release with ssm_description_clear. */
struct ssm_description {
    bool is_found;
    char *tier;   /* "" where AWS does not say */
    char *key_id; /* "" where it has none: only a SecureString has one */
};

struct ssm_described {
    const struct ssm_name_query *queries; /* whose names are asked for: "/a/b" */
    struct ssm_description *descriptions; /* of each of them */
    size_t count;                         /* at most SSM_DESCRIBED_MAX */
};

/*
 * Fills the description of each parameter that exists. ERR_SERVICE for a refusal, ERR_PROTOCOL, ERR_SYSTEM, and what
 * calls_run gives.
 */
MUST_CHECK bool ssm_describe(const struct ssm *ssm,
        const struct call_settings *settings,
        const struct ssm_described *described,
        struct err *reterr);

void ssm_description_clear(struct ssm_description *description);
