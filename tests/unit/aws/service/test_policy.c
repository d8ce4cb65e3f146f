/* AWS's own sentences about refused actions, and what is said about them. */
/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "aws/service/policy.h"

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

#define USER \
    "User: arn:aws:sts::123456789012:assumed-role/reader/session is not authorized to perform: "
#define READ USER "ssm:GetParameters on resource: arn:aws:ssm:eu-west-1:123456789012:parameter/a "

static void sentences_name_the_policy(void **state)
{
    (void)state;

    static const struct {
        const char *sentence;
        enum policy_kind want;
        bool is_explicit;
        const char *hint; /* NULL: none */
    } ROWS[] = {
        { READ "because no identity-based policy allows the ssm:GetParameters action",
                POLICY_IDENTITY_BASED, false,
                "an identity-based policy of the caller must allow ACTION on RESOURCE" },
        { READ "because no resource-based policy allows the ssm:GetParameters action",
                POLICY_RESOURCE_BASED, false, "THE RESOURCE'S must allow ACTION on RESOURCE" },
        { READ "because no permissions boundary allows the ssm:GetParameters action",
                POLICY_PERMISSIONS_BOUNDARY, false,
                "the permissions boundary of the caller must allow ACTION on RESOURCE; the "
                "caller's policies cannot override it" },
        { READ "because no service control policy allows the ssm:GetParameters action",
                POLICY_SERVICE_CONTROL, false,
                "a service control policy of the organization must allow ACTION on RESOURCE; the "
                "account itself cannot change it: ask whoever manages AWS Organizations" },
        { READ "because no session policy allows the ssm:GetParameters action", POLICY_SESSION,
                false,
                "the session policy that the caller's role was assumed with must allow ACTION on "
                "RESOURCE; the role's own policies cannot override it" },
        { READ "because no VPC endpoint policy allows the ssm:GetParameters action",
                POLICY_VPC_ENDPOINT, false,
                "the policy of the VPC endpoint that the request passes must allow ACTION on RESOURCE; "
                "the role's own policies cannot override it" },
        { USER "sts:AssumeRole on resource: arn:aws:iam::123456789012:role/x because no role trust "
               "policy allows the sts:AssumeRole action",
                POLICY_ROLE_TRUST, false, "the role's trust policy must allow ACTION on RESOURCE" },
        { READ "with an explicit deny in an identity-based policy", POLICY_IDENTITY_BASED, true,
                "an identity-based policy of the caller denies it: look there for a Deny of ACTION on "
                "RESOURCE" },
        { READ "with an explicit deny in a resource-based policy", POLICY_RESOURCE_BASED, true,
                "THE RESOURCE'S denies it: look there for a Deny of ACTION on RESOURCE" },
        { READ "with an explicit deny in a permissions boundary", POLICY_PERMISSIONS_BOUNDARY, true,
                "the permissions boundary of the caller denies it: look there for a Deny of" },
        { READ "with an explicit deny in a service control policy", POLICY_SERVICE_CONTROL, true,
                "a service control policy of the organization denies it: look there for a Deny of "
                "ACTION on RESOURCE; the account itself cannot change it: ask whoever manages AWS "
                "Organizations" },
        { READ "with an explicit deny in a resource control policy", POLICY_RESOURCE_CONTROL, true,
                "a resource control policy of the organization denies it: look there" },
        { READ "with an explicit deny in a session policy", POLICY_SESSION, true,
                "the session policy that the caller's role was assumed with denies it: look there" },
        { READ "with an explicit deny in a VPC endpoint policy", POLICY_VPC_ENDPOINT, true,
                "the policy of the VPC endpoint that the request passes denies it: look there" },
        { READ "with an explicit deny in the role trust policy", POLICY_ROLE_TRUST, true,
                "the role's trust policy denies it: look there for a Deny of ACTION on RESOURCE" },
        { READ "with an explicit deny", POLICY_UNNAMED, true,
                "a policy denies it explicitly: look at the role's policies, its permissions boundary "
                "and the organization's for a Deny of ACTION on RESOURCE" },
        { USER "kms:Decrypt on the resource associated with this ciphertext because the resource does "
               "not exist in this Region, no resource-based policies allow access, or a resource-based "
               "policy explicitly denies access",
                POLICY_RESOURCE_BASED, false, "THE RESOURCE'S must allow ACTION on RESOURCE" },
        { READ, POLICY_UNNAMED, false, NULL },
        { "no", POLICY_UNNAMED, false, NULL },
        { "", POLICY_UNNAMED, false, NULL },
    };
    const struct policy_request request = { "ACTION", "RESOURCE", "THE RESOURCE'S" };

    for (size_t i = 0; i < COUNT_OF(ROWS); i++) {
        struct err err = { 0 };
        const struct policy_finding finding = policy_read(ROWS[i].sentence);
        bool has_hint = policy_hint(finding, &request, &err);
        const char *want = ROWS[i].hint == NULL ? "" : ROWS[i].hint;
        if (finding.kind != ROWS[i].want || finding.is_explicit != ROWS[i].is_explicit
                || has_hint != (ROWS[i].hint != NULL)
                || strncmp(err.hint, want, strlen(want)) != 0) {
            fail_msg("%s: kind %d, explicit %d, hint %s", ROWS[i].sentence, (int)finding.kind,
                    (int)finding.is_explicit, err.hint);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sentences_name_the_policy),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
