/* Asks which keys parameters have (DescribeParameters). For ssm-dotenv only: ssm-exec does not need it. */
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

struct ssm_described {
    const struct ssm_name_query *queries; /* whose names are asked for: "/a/b" */
    char **key_ids; /* for each of them; NULL at first; the caller frees them */
    size_t count;   /* at most SSM_DESCRIBED_MAX */
};

/*
 * Sets the key of each parameter that has one; the others stay NULL. ERR_SERVICE for a refusal, ERR_PROTOCOL,
 * ERR_SYSTEM, and what calls_run gives.
 */
MUST_CHECK bool ssm_describe_keys(const struct ssm *ssm,
        const struct call_settings *settings,
        const struct ssm_described *described,
        struct err *reterr);
