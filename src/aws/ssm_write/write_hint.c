/* SPDX-License-Identifier: MIT */
#include "aws/ssm_write/write_hint.h"

#include <string.h>

#include "aws/service/policy.h"
#include "aws/ssm/diagnosis.h"

static const struct {
    const char *code;
    const char *hint;
} hints[] = {
    { "InvalidKeyId",
            "key= in the map names a KMS key that has to exist here and to be enabled: an alias, "
            "an id or an ARN" },
    { "ParameterLimitExceeded",
            "the account has as many parameters of this tier as AWS lets it have (10,000 standard)" },
    { "ParameterMaxVersionLimitExceeded",
            "AWS keeps 100 versions, and does not drop the oldest one while it has a label: move "
            "the label" },
    { "ParameterPatternMismatchException",
            "the parameter has an AllowedPattern, and the value does not match it" },
    { "HierarchyTypeMismatchException",
            "the parameter has another type, which AWS does not change" },
    { "HierarchyLevelLimitExceededException", "names have at most 15 levels" },
    { "TooManyTagsError", "a parameter has at most 50 tags" },
};

static void hint_at_key(struct err *err)
{
    const struct policy_request request = {
        .action = "kms:Encrypt (for the advanced tier kms:GenerateDataKey)",
        .resource = "the key that the map names, or the account's own",
        .resource_owner = "the key's policy",
    };
    const struct policy_finding finding = policy_read(err->why);
    bool is_allow_missing = !finding.is_explicit && finding.kind == POLICY_IDENTITY_BASED;
    if (is_allow_missing || !policy_hint(finding, &request, err)) {
        err_set_hint(err, "the role needs %s on %s", request.action, request.resource);
    }
}

/* A request that brings tags is refused for want of another action. */
static const char *refused_action(const char *action, const char *why)
{
    return strstr(why, "ssm:AddTagsToResource") != NULL ? "AddTagsToResource" : action;
}

void write_hint_add(const struct ssm *ssm, const char *action, const char *name, struct err *err)
{
    for (size_t i = 0; i < sizeof(hints) / sizeof(hints[0]); i++) {
        if (strcmp(err->code, hints[i].code) == 0) {
            err_set_hint(err, "%s", hints[i].hint);
            return;
        }
    }
    if (strcmp(err->code, "AccessDeniedException") != 0) {
        return;
    }
    if (ssm_diagnosis_is_decryption(err)) {
        hint_at_key(err);
    } else {
        ssm_diagnosis_add_hint(ssm, refused_action(action, err->why), name, err);
    }
}
