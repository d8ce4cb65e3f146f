/* SPDX-License-Identifier: MIT */
#include "policy/trust_policy.h"

#include <stddef.h>
#include <string.h>

#include "base/arn.h"
#include "base/ascii.h"
#include "policy/check.h"
#include "policy/document.h"
#include "policy/resources.h"
#include "policy/trust_oidc.h"

#define BIT(kind) (1U << (kind))

/* Which kinds have a use for which parameter. */
static const struct {
    const char *option;
    size_t offset;
    unsigned int kinds;
} PARAMETERS[] = {
    { "--cluster", offsetof(struct trust_policy, cluster), BIT(TRUST_POD_IDENTITY) },
    { "--namespace", offsetof(struct trust_policy, namespace),
            BIT(TRUST_POD_IDENTITY) | BIT(TRUST_IRSA) },
    { "--service-account", offsetof(struct trust_policy, service_account),
            BIT(TRUST_POD_IDENTITY) | BIT(TRUST_IRSA) },
    { "--issuer", offsetof(struct trust_policy, issuer), BIT(TRUST_IRSA) | BIT(TRUST_GITLAB) },
    { "--repository", offsetof(struct trust_policy, repository), BIT(TRUST_GITHUB) },
    { "--repository-id", offsetof(struct trust_policy, repository_id), BIT(TRUST_GITHUB) },
    { "--owner-id", offsetof(struct trust_policy, owner_id), BIT(TRUST_GITHUB) },
    { "--environment", offsetof(struct trust_policy, environment), BIT(TRUST_GITHUB) },
    { "--workflow", offsetof(struct trust_policy, workflow), BIT(TRUST_GITHUB) },
    { "--project", offsetof(struct trust_policy, project), BIT(TRUST_GITLAB) },
    { "--project-id", offsetof(struct trust_policy, project_id), BIT(TRUST_GITLAB) },
    { "--ref", offsetof(struct trust_policy, ref), BIT(TRUST_GITHUB) | BIT(TRUST_GITLAB) },
    { "--role", offsetof(struct trust_policy, role), BIT(TRUST_INCIDENT) },
};

static const char NOT_USED[] = "this kind of trust policy has no use for it";

static bool check_unused(const struct trust_policy *policy, struct err_list *problems)
{
    bool ok = !policy->old_subject || policy->kind == TRUST_GITHUB
            || err_list_add_new(problems, ERR_USAGE, "--old-subject", NULL, "%s", NOT_USED);
    for (size_t i = 0; i < sizeof(PARAMETERS) / sizeof(PARAMETERS[0]); i++) {
        const char *value = NULL;
        memcpy(&value, (const char *)policy + PARAMETERS[i].offset, sizeof(value));
        bool is_used = (PARAMETERS[i].kinds & BIT(policy->kind)) != 0;
        ok = (is_used || check_absent(PARAMETERS[i].option, value, NOT_USED, problems)) && ok;
    }
    return ok;
}

static void write_ecs(const struct trust_request *request, struct text *json)
{
    const struct trust_policy *policy = request->policy;
    CLEANUP(text_clear) struct text clusters = RESOURCES_INIT;
    resources_add(
            &clusters, "arn:%s:ecs:%s:%s:*", request->partition, policy->region, policy->account);
    struct document document = document_open(json);
    document_begin_statement(&document, NULL, DOCUMENT_ALLOW);
    document_only(&document, "Principal", "Service", "ecs-tasks.amazonaws.com");
    document_words(&document, "Action", "sts:AssumeRole");
    document_begin_object(&document, "Condition");
    document_only(&document, "StringEquals", "aws:SourceAccount", policy->account);
    document_only_text(&document, "ArnLike", "aws:SourceArn", &clusters);
    document_end_object(&document);
    document_end_statement(&document);
    document_close(&document);
}

/* The name of the cluster; its ARN has to be of the same account and region. */
static bool find_cluster(
        const struct trust_request *request, const char **ret_name, struct err_list *problems)
{
    static const struct check_rule NAME = { ASCII_ALNUM "-_", 100,
        "the name of a cluster, or its ARN in this account and region" };
    const struct trust_policy *policy = request->policy;
    const char *name = policy->cluster;
    struct arn arn;
    if (name != NULL && arn_parse(name, &arn) && span_is(arn.partition, request->partition)
            && span_is(arn.service, "eks") && span_is(arn.region, policy->region)
            && span_is(arn.account, policy->account)
            && span_starts_with(arn.resource, "cluster/")) {
        name = arn.resource.bytes + strlen("cluster/");
    }
    *ret_name = name;
    return check_word("--cluster", name, &NAME, problems);
}

static bool write_pod_identity(
        const struct trust_request *request, struct text *json, struct err_list *problems)
{
    const struct trust_policy *policy = request->policy;
    const char *cluster = NULL;
    CLEANUP(text_clear) struct text source = RESOURCES_INIT;
    bool ok = find_cluster(request, &cluster, problems);
    if (!trust_oidc_check_pod(policy, problems) || !ok) {
        return false;
    }
    resources_add(&source, "arn:%s:eks:%s:%s:cluster/%s", request->partition, policy->region,
            policy->account, cluster);
    struct document document = document_open(json);
    document_begin_statement(&document, NULL, DOCUMENT_ALLOW);
    document_only(&document, "Principal", "Service", "pods.eks.amazonaws.com");
    document_words(&document, "Action", "sts:AssumeRole sts:TagSession");
    document_begin_object(&document, "Condition");
    document_begin_object(&document, "StringEquals");
    document_words(&document, "aws:SourceAccount", policy->account);
    document_words(&document, "aws:RequestTag/kubernetes-namespace", policy->namespace);
    document_words(&document, "aws:RequestTag/kubernetes-service-account", policy->service_account);
    document_end_object(&document);
    document_only_text(&document, "ArnEquals", "aws:SourceArn", &source);
    document_end_object(&document);
    document_end_statement(&document);
    document_close(&document);
    return true;
}

static bool write_incident(const struct trust_request *request,
        struct policy_output *output,
        struct err_list *problems)
{
    const struct trust_policy *policy = request->policy;
    CLEANUP(text_clear) struct text account = RESOURCES_INIT;
    CLEANUP(text_clear) struct text role = RESOURCES_INIT;
    if (!check_role("--role", policy->role, problems)) {
        return false;
    }
    resources_add(&account, "arn:%s:iam::%s:root", request->partition, policy->account);
    resources_add(
            &role, "arn:%s:iam::%s:role/%s", request->partition, policy->account, policy->role);
    struct document document = document_open(&output->json);
    document_begin_statement(&document, "OnCallWithMfa", DOCUMENT_ALLOW);
    document_only_text(&document, "Principal", "AWS", &account);
    document_words(&document, "Action", "sts:AssumeRole");
    document_begin_object(&document, "Condition");
    document_only_text(&document, "ArnLike", "aws:PrincipalArn", &role);
    document_only(&document, "Bool", "aws:MultiFactorAuthPresent", "true");
    document_only(&document, "NumericLessThan", "aws:MultiFactorAuthAge", "3600");
    document_end_object(&document);
    document_end_statement(&document);
    document_close(&document);
    return policy_output_remark(output, problems,
            "sessions of IAM Identity Center do not set aws:MultiFactorAuthPresent: they cannot "
            "assume this role");
}

static bool write_kind(const struct trust_request *request,
        struct policy_output *output,
        struct err_list *problems)
{
    switch (request->policy->kind) {
    case TRUST_ECS:
        write_ecs(request, &output->json);
        return true;
    case TRUST_POD_IDENTITY:
        return write_pod_identity(request, &output->json, problems);
    case TRUST_IRSA:
        return trust_oidc_write_irsa(request, output, problems);
    case TRUST_GITHUB:
        return trust_oidc_write_github(request, output, problems);
    case TRUST_GITLAB:
        return trust_oidc_write_gitlab(request, output, problems);
    case TRUST_INCIDENT:
        break;
    }
    return write_incident(request, output, problems);
}

bool trust_policy_write(const struct trust_policy *policy,
        struct policy_output *ret_output,
        struct err_list *problems)
{
    bool needs_region = policy->kind == TRUST_ECS || policy->kind == TRUST_POD_IDENTITY;
    struct trust_policy checked = *policy;
    bool has_account = check_account(policy->account, problems);
    bool has_region = (!needs_region && policy->region == NULL)
            || check_region(policy->region, problems);
    /* The rest is checked all the same. */
    checked.account = has_account ? policy->account : "";
    checked.region = has_region ? policy->region : "";
    const struct trust_request request = { &checked, resources_anywhere(checked.region).partition };
    bool is_used = check_unused(policy, problems);
    return write_kind(&request, ret_output, problems) && has_account && has_region && is_used
            && policy_output_finish(ret_output, POLICY_MANAGED_MAX, problems);
}
