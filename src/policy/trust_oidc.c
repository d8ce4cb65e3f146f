/* SPDX-License-Identifier: MIT */
#include "policy/trust_oidc.h"

#include <string.h>

#include "base/ascii.h"
#include "policy/check.h"
#include "policy/document.h"
#include "policy/resources.h"

#define LOWER_ALNUM ASCII_DIGITS "abcdefghijklmnopqrstuvwxyz"

static const char GITHUB[] = "token.actions.githubusercontent.com";
static const char GITLAB_COM[] = "gitlab.com";

/* A condition on a claim: its key is ISSUER:CLAIM. */
static void write_claim(
        struct document *document, const char *issuer, const char *claim, const char *values)
{
    CLEANUP(text_clear) struct text key = RESOURCES_INIT;
    text_append_format(&key, "%s:%s", issuer, claim);
    document_words(document, text_string(&key), values);
    document_note_failure(document, &key);
}

static void write_claim_text(
        struct document *document, const char *issuer, const char *claim, const struct text *values)
{
    write_claim(document, issuer, claim, text_string(values));
    document_note_failure(document, values);
}

/* Up to the first condition that follows the one on the audience. */
static struct document begin(const struct trust_request *request,
        const char *sid,
        const char *issuer,
        const char *audience,
        struct text *json)
{
    CLEANUP(text_clear) struct text provider = RESOURCES_INIT;
    resources_add(&provider, "arn:%s:iam::%s:oidc-provider/%s", request->partition,
            request->policy->account, issuer);
    struct document document = document_open(json);
    document_begin_statement(&document, sid, DOCUMENT_ALLOW);
    document_only_text(&document, "Principal", "Federated", &provider);
    document_words(&document, "Action", "sts:AssumeRoleWithWebIdentity");
    document_begin_object(&document, "Condition");
    document_begin_object(&document, "StringEquals");
    write_claim(&document, issuer, "aud", audience);
    return document;
}

static void end(struct document *document)
{
    document_end_object(document);
    document_end_object(document);
    document_end_statement(document);
    document_close(document);
}

bool trust_oidc_check_pod(const struct trust_policy *policy, struct err_list *problems)
{
    static const struct check_rule NAMESPACE = { LOWER_ALNUM "-", 63,
        "a namespace: lower-case letters, digits and '-'" };
    static const struct check_rule SERVICE_ACCOUNT = { LOWER_ALNUM "-.", 253,
        "a service account: lower-case letters, digits, '-' and '.'" };
    bool ok = check_word("--namespace", policy->namespace, &NAMESPACE, problems);
    return check_word("--service-account", policy->service_account, &SERVICE_ACCOUNT, problems)
            && ok;
}

/* Without the scheme, which the ARN of the provider lacks. */
static bool find_issuer(const char *issuer, const char **ret_issuer, struct err_list *problems)
{
    static const char SCHEME[] = "https://";
    static const struct check_rule ISSUER = { ASCII_ALNUM ".-_/", 255,
        "the URL of an OIDC provider, such as https://gitlab.example.com" };
    const char *given = issuer == NULL ? "" : issuer;
    bool has_scheme = strncmp(given, SCHEME, strlen(SCHEME)) == 0;
    const char *rest = given + (has_scheme ? strlen(SCHEME) : 0);
    if (!check_word("--issuer", rest, &ISSUER, problems)) {
        return false;
    }
    size_t len = strlen(rest);
    bool is_host_and_path = len > 0 && ascii_is_alnum(rest[0]) && rest[len - 1] != '/'
            && strstr(rest, "//") == NULL;
    if (!is_host_and_path) {
        return check_fail("--issuer", given, ISSUER.expected, problems);
    }
    *ret_issuer = rest;
    return true;
}

bool trust_oidc_write_irsa(const struct trust_request *request,
        struct policy_output *output,
        struct err_list *problems)
{
    const struct trust_policy *policy = request->policy;
    const char *issuer = "";
    CLEANUP(text_clear) struct text subject = RESOURCES_INIT;
    bool ok = find_issuer(policy->issuer, &issuer, problems);
    if (!trust_oidc_check_pod(policy, problems) || !ok) {
        return false;
    }
    resources_add(
            &subject, "system:serviceaccount:%s:%s", policy->namespace, policy->service_account);
    struct document document = begin(request, NULL, issuer, "sts.amazonaws.com", &output->json);
    write_claim_text(&document, issuer, "sub", &subject);
    end(&document);
    return true;
}

static bool check_github_repository(const char *repository, struct err_list *problems)
{
    static const struct check_rule RULE = { ASCII_ALNUM "-_./", 165, "a repository: OWNER/NAME" };
    if (!check_word("--repository", repository, &RULE, problems)) {
        return false;
    }
    const char *slash = strchr(repository, '/');
    return (slash != NULL && slash > repository && slash[1] != '\0'
                   && strchr(slash + 1, '/') == NULL)
            || check_fail("--repository", repository, RULE.expected, problems);
}

static bool check_github_ids(const struct trust_policy *policy, struct err_list *problems)
{
    if (policy->repository_id == NULL && policy->owner_id == NULL) {
        return true;
    }
    bool ok = check_id("--repository-id", policy->repository_id, problems);
    return check_id("--owner-id", policy->owner_id, problems) && ok;
}

static bool check_ref(const char *ref, struct err_list *problems)
{
    static const struct check_rule RULE = { ASCII_ALNUM "-_./+", 255,
        "a branch, or refs/heads/BRANCH or refs/tags/TAG" };
    return check_word("--ref", ref, &RULE, problems);
}

static bool check_workflow(const struct trust_policy *policy, struct err_list *problems)
{
    static const struct check_rule RULE = { ASCII_ALNUM "-_.", 255,
        "the name of a file in .github/workflows, such as release.yml" };
    bool ok = policy->ref != NULL
            || err_list_add_new(problems, ERR_USAGE, "--workflow", NULL,
                    "needs --ref: a workflow is a file of a branch or a tag");
    return check_word("--workflow", policy->workflow, &RULE, problems) && ok;
}

static bool check_github(const struct trust_policy *policy, struct err_list *problems)
{
    static const struct check_rule ENVIRONMENT = { ASCII_ALNUM "-_./", 255,
        "an environment of the repository: letters, digits, '-', '_', '.' and '/'" };
    bool ok = check_github_repository(policy->repository, problems);
    ok = check_github_ids(policy, problems) && ok;
    ok = check_word("--environment", policy->environment, &ENVIRONMENT, problems) && ok;
    ok = (policy->ref == NULL || check_ref(policy->ref, problems)) && ok;
    return (policy->workflow == NULL || check_workflow(policy, problems)) && ok;
}

/*
 * Repositories that were created, renamed or transferred since 15 July 2026 send their ids and the owner's
 * with the names, others send the names.
 */
static void add_github_subjects(struct text *subjects, const struct trust_policy *policy)
{
    int owner_len = (int)strcspn(policy->repository, "/");
    const char *name = policy->repository + owner_len + 1;
    if (policy->repository_id == NULL || policy->old_subject) {
        resources_add(subjects, "repo:%s:environment:%s", policy->repository, policy->environment);
    }
    if (policy->repository_id != NULL) {
        resources_add(subjects, "repo:%.*s@%s/%s@%s:environment:%s", owner_len, policy->repository,
                policy->owner_id, name, policy->repository_id, policy->environment);
    }
}

static void add_ref(struct text *text, const char *ref)
{
    text_append_format(text, "%s%s", strncmp(ref, "refs/", 5) == 0 ? "" : "refs/heads/", ref);
}

static void write_github_ref(struct document *document, const struct trust_policy *policy)
{
    CLEANUP(text_clear) struct text ref = RESOURCES_INIT;
    CLEANUP(text_clear) struct text workflow = RESOURCES_INIT;
    add_ref(&ref, policy->ref);
    write_claim_text(document, GITHUB, "ref", &ref);
    if (policy->workflow != NULL) {
        text_append_format(&workflow, "%s/.github/workflows/%s@%s", policy->repository,
                policy->workflow, text_string(&ref));
        write_claim_text(document, GITHUB, "job_workflow_ref", &workflow);
    }
}

/* Claims besides sub and aud; what STS evaluates is documented for the partition aws. */
static bool remark_claims(const struct trust_request *request,
        struct policy_output *output,
        struct err_list *problems)
{
    return strcmp(request->partition, "aws") == 0
            || policy_output_remark(output, problems,
                    "STS may not know all these claims in the partition %s: a condition on an "
                    "unknown one refuses every token",
                    request->partition);
}

bool trust_oidc_write_github(const struct trust_request *request,
        struct policy_output *output,
        struct err_list *problems)
{
    const struct trust_policy *policy = request->policy;
    CLEANUP(text_clear) struct text subjects = RESOURCES_INIT;
    if (!check_github(policy, problems)) {
        return false;
    }
    add_github_subjects(&subjects, policy);
    struct document document = begin(
            request, "OneRepositoryOneEnvironment", GITHUB, "sts.amazonaws.com", &output->json);
    write_claim_text(&document, GITHUB, "sub", &subjects);
    if (policy->old_subject && policy->repository_id != NULL) {
        write_claim(&document, GITHUB, "repository_id", policy->repository_id);
    }
    if (policy->ref != NULL) {
        write_github_ref(&document, policy);
    }
    end(&document);
    if (policy->repository_id == NULL
            && !policy_output_remark(output, problems,
                    "without --repository-id and --owner-id the role refuses repositories that were "
                    "created, renamed or transferred since 15 July 2026: their subject has ids (gh "
                    "api repos/%s --jq '.id, .owner.id')",
                    policy->repository)) {
        return false;
    }
    return remark_claims(request, output, problems);
}

static bool check_gitlab_project(const char *project, struct err_list *problems)
{
    static const struct check_rule RULE = { ASCII_ALNUM "-_./", 512, "a project: GROUP/NAME" };
    if (!check_word("--project", project, &RULE, problems)) {
        return false;
    }
    bool is_path = project[0] != '/' && strchr(project, '/') != NULL
            && strstr(project, "//") == NULL && project[strlen(project) - 1] != '/';
    return is_path || check_fail("--project", project, RULE.expected, problems);
}

static bool check_gitlab(
        const struct trust_policy *policy, bool is_gitlab_com, struct err_list *problems)
{
    bool ok = check_gitlab_project(policy->project, problems);
    ok = check_ref(policy->ref, problems) && ok;
    if (!is_gitlab_com) {
        return check_absent("--project-id", policy->project_id,
                       "STS knows this claim from gitlab.com only", problems)
                && ok;
    }
    return (policy->project_id == NULL || check_id("--project-id", policy->project_id, problems))
            && ok;
}

static void add_gitlab_subject(struct text *subject, const struct trust_policy *policy)
{
    static const char HEADS[] = "refs/heads/";
    static const char TAGS[] = "refs/tags/";
    bool is_tag = strncmp(policy->ref, TAGS, strlen(TAGS)) == 0;
    bool is_head = strncmp(policy->ref, HEADS, strlen(HEADS)) == 0;
    const char *ref = policy->ref + (is_tag ? strlen(TAGS) : 0) + (is_head ? strlen(HEADS) : 0);
    text_append_format(subject, "project_path:%s:ref_type:%s:ref:%s", policy->project,
            is_tag ? "tag" : "branch", ref);
}

static void write_gitlab_com_claims(struct document *document, const struct trust_policy *policy)
{
    if (policy->project_id != NULL) {
        write_claim(document, GITLAB_COM, "project_id", policy->project_id);
    }
    write_claim(document, GITLAB_COM, "ref_protected", "true");
}

bool trust_oidc_write_gitlab(const struct trust_request *request,
        struct policy_output *output,
        struct err_list *problems)
{
    const struct trust_policy *policy = request->policy;
    const char *issuer = "";
    CLEANUP(text_clear) struct text audience = RESOURCES_INIT;
    CLEANUP(text_clear) struct text subject = RESOURCES_INIT;
    bool ok = find_issuer(policy->issuer == NULL ? GITLAB_COM : policy->issuer, &issuer, problems);
    bool is_gitlab_com = strcmp(issuer, GITLAB_COM) == 0;
    if (!check_gitlab(policy, is_gitlab_com, problems) || !ok) {
        return false;
    }
    text_append_format(&audience, "https://%s", issuer);
    add_gitlab_subject(&subject, policy);
    struct document document = begin(request, is_gitlab_com ? "OneProjectProtectedBranch" : NULL,
            issuer, text_string(&audience), &output->json);
    document_note_failure(&document, &audience);
    write_claim_text(&document, issuer, "sub", &subject);
    if (is_gitlab_com) {
        write_gitlab_com_claims(&document, policy);
    }
    end(&document);
    if (is_gitlab_com && policy->project_id == NULL
            && !policy_output_remark(output, problems,
                    "without --project-id the role trusts whatever project has this name: it can "
                    "be given to another one")) {
        return false;
    }
    return !is_gitlab_com || remark_claims(request, output, problems);
}
