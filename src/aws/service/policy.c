/* SPDX-License-Identifier: MIT */
#include "aws/service/policy.h"

#include <stddef.h>
#include <string.h>

/*
 * "... because no identity-based policy allows the ssm:GetParameters action", "... with an explicit
 * deny in a service control policy". KMS says "no resource-based policies allow access".
 */
static const struct {
    const char *phrase;
    enum policy_kind kind;
} phrases[] = {
    { "identity-based polic", POLICY_IDENTITY_BASED },
    { "resource-based polic", POLICY_RESOURCE_BASED },
    { "permissions boundary", POLICY_PERMISSIONS_BOUNDARY },
    { "service control polic", POLICY_SERVICE_CONTROL },
    { "resource control polic", POLICY_RESOURCE_CONTROL },
    { "session polic", POLICY_SESSION },
    { "VPC endpoint polic", POLICY_VPC_ENDPOINT },
    { "trust polic", POLICY_ROLE_TRUST },
};

/* What the policy is called, and what cannot change its effect. */
static const struct {
    const char *name;
    const char *remark;
} owners[] = {
    [POLICY_UNNAMED] = { "a policy", "" },
    [POLICY_IDENTITY_BASED] = { "an identity-based policy of the caller", "" },
    [POLICY_RESOURCE_BASED] = { NULL, "" },
    [POLICY_PERMISSIONS_BOUNDARY] = { "the permissions boundary of the caller",
            "; the caller's policies cannot override it" },
    [POLICY_SERVICE_CONTROL] = { "a service control policy of the organization",
            "; the account itself cannot change it: ask whoever manages AWS Organizations" },
    [POLICY_RESOURCE_CONTROL] = { "a resource control policy of the organization",
            "; the account itself cannot change it: ask whoever manages AWS Organizations" },
    [POLICY_SESSION] = { "the session policy that the caller's role was assumed with",
            "; the role's own policies cannot override it" },
    [POLICY_VPC_ENDPOINT] = { "the policy of the VPC endpoint that the request passes",
            "; the role's own policies cannot override it" },
    [POLICY_ROLE_TRUST] = { "the role's trust policy", "" },
};

struct policy_finding policy_read(const char *message)
{
    struct policy_finding finding = { .kind = POLICY_UNNAMED };
    for (size_t i = 0; i < sizeof(phrases) / sizeof(phrases[0]); i++) {
        if (strstr(message, phrases[i].phrase) != NULL) {
            finding.kind = phrases[i].kind;
        }
    }
    finding.is_explicit = strstr(message, "explicit deny") != NULL;
    return finding;
}

bool policy_hint(
        struct policy_finding finding, const struct policy_request *request, struct err *err)
{
    const char *owner = finding.kind == POLICY_RESOURCE_BASED ? request->resource_owner
                                                              : owners[finding.kind].name;
    if (finding.is_explicit && finding.kind == POLICY_UNNAMED) {
        err_set_hint(err,
                "a policy denies it explicitly: look at the role's policies, its permissions "
                "boundary and the organization's for a Deny of %s on %s",
                request->action, request->resource);
    } else if (finding.is_explicit) {
        err_set_hint(err, "%s denies it: look there for a Deny of %s on %s%s", owner,
                request->action, request->resource, owners[finding.kind].remark);
    } else if (finding.kind != POLICY_UNNAMED) {
        err_set_hint(err, "%s must allow %s on %s%s", owner, request->action, request->resource,
                owners[finding.kind].remark);
    } else {
        return false;
    }
    return true;
}
