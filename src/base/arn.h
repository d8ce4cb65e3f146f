/* Amazon Resource Names. Source: AWS General Reference, "Amazon Resource Names (ARNs)". */
/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>

#include "base/attrs.h"
#include "base/span.h"

/* The parts of arn:PARTITION:SERVICE:REGION:ACCOUNT:RESOURCE. Each of them may be empty. */
struct arn {
    struct span partition;
    struct span service;
    struct span region;
    struct span account;
    struct span resource; /* up to the end: may contain colons */
};

/* Whether text starts with "arn:". */
bool arn_has_prefix(const char *text);

/* Splits text; the parts point into it. False if it has too few, or does not start with "arn:". */
MUST_CHECK bool arn_parse(const char *text, struct arn *ret_arn);

/*
 * The name in a parameter's ARN, with its version or label: "/a/b:3" for
 * arn:aws:ssm:REGION:ACCOUNT:parameter/a/b:3. Returns name itself if it does not start with "arn:", and
 * NULL for any other ARN.
 */
const char *arn_parameter_name(const char *name);
