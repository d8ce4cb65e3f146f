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
    struct span resource; /* up to the end: it may hold colons */
};

/* Whether text begins like an ARN: with "arn:". */
bool arn_has_prefix(const char *text);

/* Splits text, which the parts borrow. False if it has fewer parts, or does not begin with "arn:". */
MUST_CHECK bool arn_parse(const char *text, struct arn *ret_arn);

/*
 * The name that a parameter is asked for by, without the ARN: "/a/b:3" for
 * arn:aws:ssm:REGION:ACCOUNT:parameter/a/b:3, and name itself where it does not begin like an ARN. NULL
 * for the ARN of something else.
 */
const char *arn_parameter_name(const char *name);
