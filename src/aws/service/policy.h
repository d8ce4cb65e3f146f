/*
 * Finds the kind of policy that denies an action in AWS's message about it. Source: IAM user guide,
 * "Troubleshoot access denied error messages".
 */
/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>

#include "base/error.h"

enum policy_kind {
    POLICY_UNNAMED, /* the message does not say */
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

struct policy_finding policy_read(const char *message);

/* What was refused, for the hint. */
struct policy_request {
    const char *action;         /* "ssm:GetParameters" */
    const char *resource;       /* an ARN, or a description: "the key of the parameters" */
    const char *resource_owner; /* what its resource-based policy is called: "the key's policy" */
};

/*
 * Sets err->hint to what to change, if the message names a policy or an explicit deny. False, without a
 * hint, if an Allow is missing in a policy that the message does not name.
 */
bool policy_hint(
        struct policy_finding finding, const struct policy_request *request, struct err *err);
