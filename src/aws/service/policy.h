/*
 * Which kind of policy is in the way, as AWS's sentence about a refused action says. Source: IAM user
 * guide, "Troubleshoot access denied error messages".
 */
/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>

#include "base/error.h"

enum policy_kind {
    POLICY_UNNAMED, /* the sentence does not say */
    POLICY_IDENTITY_BASED,
    POLICY_RESOURCE_BASED,
    POLICY_PERMISSIONS_BOUNDARY,
    POLICY_SERVICE_CONTROL,
    POLICY_RESOURCE_CONTROL,
    POLICY_SESSION,
    POLICY_VPC_ENDPOINT,
    POLICY_ROLE_TRUST,
};

struct policy_finding {
    enum policy_kind kind;
    bool is_explicit; /* a Deny; else an Allow is missing */
};

struct policy_finding policy_read(const char *sentence);

/* What the action would do, for the hint. */
struct policy_request {
    const char *action;         /* "ssm:GetParameters" */
    const char *resource;       /* an ARN, or what it is: "the key of the parameters" */
    const char *resource_owner; /* whose resource-based policy it is: "the key's policy" */
};

/*
 * Sets err->hint to what to change for a refusal whose sentence names its policy, or an explicit deny.
 * False, and no hint, where an Allow is missing in a policy that the sentence does not name.
 */
bool policy_hint(
        struct policy_finding finding, const struct policy_request *request, struct err *err);
