/* SPDX-License-Identifier: MIT */
#include "policy/guard_policy.h"

#include <string.h>

#include "base/ascii.h"
#include "policy/changes.h"
#include "policy/check.h"
#include "policy/document.h"
#include "policy/resources.h"

static const char DEFAULT_PATH[] = "/prod";
static const char DEFAULT_ADMINISTRATORS[] = "ProdConfigAdmin";

static bool check_partition_of(const char *region, struct err_list *problems)
{
    return region == NULL || check_region(region, problems);
}

static void add_role(
        struct text *principals, const struct parameter_scope *everywhere, const char *role)
{
    resources_add(principals, "arn:%s:iam::*:role/%s", everywhere->partition, role);
}

/* Roles, those that are meant where none is named, and the permission set. */
static void add_principals(struct text *principals,
        const struct scp_policy *policy,
        const struct string_list *roles,
        const char *const defaults[static 2])
{
    const struct parameter_scope everywhere = resources_anywhere(policy->region);
    for (size_t i = 0; i < roles->len; i++) {
        add_role(principals, &everywhere, roles->items[i]);
    }
    for (size_t i = 0; roles->len == 0 && i < 2 && defaults[i] != NULL; i++) {
        add_role(principals, &everywhere, defaults[i]);
    }
    resources_add(principals,
            "arn:%s:iam::*:role/aws-reserved/sso.amazonaws.com/*/AWSReservedSSO_%s_*",
            everywhere.partition,
            policy->administrators == NULL ? DEFAULT_ADMINISTRATORS : policy->administrators);
}

static void write_unless(
        struct document *document, const struct statement *statement, const struct text *principals)
{
    document_begin(document, statement);
    document_begin_object(document, "Condition");
    document_begin_object(document, "ArnNotLike");
    document_text(document, "aws:PrincipalArn", principals);
    document_end_object(document);
    document_end_object(document);
    document_end_statement(document);
}

static void write_scp(const struct scp_policy *policy, const char *path, struct text *json)
{
    static const char *const CHANGERS[2] = { "prod-config-release", NULL };
    static const char *const READERS[2] = { "prod-config-view", "prod-incident" };
    const struct parameter_scope everywhere = resources_anywhere(policy->region);
    CLEANUP(text_clear) struct text below = RESOURCES_INIT;
    CLEANUP(text_clear) struct text whole = RESOURCES_INIT;
    CLEANUP(text_clear) struct text changers = RESOURCES_INIT;
    CLEANUP(text_clear) struct text readers = RESOURCES_INIT;
    resources_add_below(&below, &everywhere, path);
    resources_add_ancestors(&whole, &everywhere, path);
    resources_add_path(&whole, &everywhere, path);
    resources_add_path_with_slash(&whole, &everywhere, path);
    add_principals(&changers, policy, &policy->changers, CHANGERS);
    add_principals(&readers, policy, &policy->readers, READERS);
    struct document document = document_open(json);
    write_unless(&document,
            &(struct statement){
                    "ProductionParametersChangeByOneRole", DOCUMENT_DENY, CHANGES_ALL, &below },
            &changers);
    write_unless(&document,
            &(struct statement){
                    "OnlyPeopleReadEverything", DOCUMENT_DENY, "ssm:GetParametersByPath", &whole },
            &readers);
    document_close(&document);
}

bool scp_policy_write(const struct scp_policy *policy,
        struct policy_output *ret_output,
        struct err_list *problems)
{
    static const struct check_rule SET = { ASCII_ALNUM "+=,.@_-", 32,
        "the name of a permission set: letters, digits and any of +=,.@_-" };
    const char *path = policy->path == NULL ? DEFAULT_PATH : policy->path;
    const char *set = policy->administrators == NULL ? DEFAULT_ADMINISTRATORS
                                                     : policy->administrators;
    bool ok = check_partition_of(policy->region, problems);
    ok = check_path("--path", path, problems) && ok;
    ok = check_roles("--change-role", &policy->changers, problems) && ok;
    ok = check_roles("--read-role", &policy->readers, problems) && ok;
    if (!check_word("--permission-set", set, &SET, problems) || !ok) {
        return false;
    }
    write_scp(policy, path, &ret_output->json);
    return policy_output_remark(ret_output, problems,
                   "only roles that the policy names can change %s or read it as a whole: create "
                   "them before you attach it",
                   path)
            && policy_output_finish(ret_output, POLICY_ORGANIZATION_MAX, problems);
}

static void write_rcp(const struct rcp_policy *policy, struct text *json)
{
    static const char SUBJECT[] = "token.actions.githubusercontent.com:sub";
    CLEANUP(text_clear) struct text subjects = RESOURCES_INIT;
    resources_add(&subjects, "repo:%s/*", policy->owner);
    if (policy->owner_id != NULL) {
        resources_add(&subjects, "repo:%s@%s/*", policy->owner, policy->owner_id);
    }
    struct document document = document_open(json);
    document_begin_statement(&document, "OnlyOurRepositories", DOCUMENT_DENY);
    document_words(&document, "Principal", "*");
    document_words(&document, "Action", "sts:AssumeRoleWithWebIdentity");
    document_words(&document, "Resource", "*");
    document_begin_object(&document, "Condition");
    document_begin_object(&document, "StringNotLikeIfExists");
    document_text(&document, SUBJECT, &subjects);
    document_end_object(&document);
    document_only(&document, "Null", SUBJECT, "false");
    document_end_object(&document);
    document_end_statement(&document);
    document_begin_statement(&document, "ProductionKeyOnlyFromOurOrganisation", DOCUMENT_DENY);
    document_words(&document, "Principal", "*");
    document_words(&document, "Action", "kms:Decrypt kms:CreateGrant");
    document_words(&document, "Resource", "*");
    document_begin_object(&document, "Condition");
    document_only(&document, "StringNotEqualsIfExists", "aws:PrincipalOrgID", policy->organization);
    document_only(&document, "BoolIfExists", "aws:PrincipalIsAWSService", "false");
    document_end_object(&document);
    document_end_statement(&document);
    document_close(&document);
}

bool rcp_policy_write(const struct rcp_policy *policy,
        struct policy_output *ret_output,
        struct err_list *problems)
{
    static const struct check_rule ORGANIZATION = { "o-" ASCII_DIGITS "abcdefghijklmnopqrstuvwxyz",
        34, "the id of an organisation in AWS, such as o-exampleorgid" };
    bool ok = check_word("--organization", policy->organization, &ORGANIZATION, problems)
            && (strncmp(policy->organization, "o-", 2) == 0
                    || check_fail("--organization", policy->organization, ORGANIZATION.expected,
                            problems));
    ok = check_github_owner("--owner", policy->owner, problems) && ok;
    if ((policy->owner_id != NULL && !check_id("--owner-id", policy->owner_id, problems)) || !ok) {
        return false;
    }
    write_rcp(policy, &ret_output->json);
    return (policy->owner_id != NULL
                   || policy_output_remark(ret_output, problems,
                           "without --owner-id the policy refuses repositories that were created, "
                           "renamed or transferred since 15 July 2026: their subject has ids"))
            && policy_output_finish(ret_output, POLICY_ORGANIZATION_MAX, problems);
}

static bool check_guard(const struct path_guard *guard, struct err_list *problems)
{
    bool ok = check_partition_of(guard->region, problems);
    return check_path("--path", guard->path, problems) && ok;
}

bool boundary_policy_write(
        const struct path_guard *guard, struct policy_output *ret_output, struct err_list *problems)
{
    static const struct statement AT_MOST = { "PipelinesMayAtMost", DOCUMENT_ALLOW,
        "ssm:PutParameter ssm:LabelParameterVersion ssm:AddTagsToResource ssm:ListTagsForResource "
        "ssm:GetParametersByPath ssm:GetParameters ssm:DescribeParameters kms:Encrypt "
        "kms:GenerateDataKey kms:Decrypt",
        NULL };
    const struct parameter_scope everywhere = resources_anywhere(guard->region);
    CLEANUP(text_clear) struct text denied = RESOURCES_INIT;
    if (!check_guard(guard, problems)) {
        return false;
    }
    resources_add_tree(&denied, &everywhere, guard->path);
    resources_add_ancestors(&denied, &everywhere, guard->path);
    struct document document = document_open(&ret_output->json);
    document_write(&document, &AT_MOST);
    document_write(
            &document, &(struct statement){ "NeverProduction", DOCUMENT_DENY, "ssm:*", &denied });
    document_close(&document);
    return policy_output_finish(ret_output, POLICY_MANAGED_MAX, problems);
}

static void write_subtree(const struct path_guard *guard, struct text *json)
{
    const struct parameter_scope everywhere = resources_anywhere(guard->region);
    CLEANUP(text_clear) struct text above = RESOURCES_INIT;
    CLEANUP(text_clear) struct text subtree = RESOURCES_INIT;
    resources_add_ancestors(&above, &everywhere, guard->path);
    resources_add_tree(&subtree, &everywhere, guard->path);
    struct document document = document_open(json);
    document_begin(&document,
            &(struct statement){
                    "NotTheWholeTree", DOCUMENT_DENY, "ssm:GetParametersByPath", &above });
    document_begin_object(&document, "Condition");
    document_only(&document, "StringEquals", "ssm:Recursive", "true");
    document_end_object(&document);
    document_end_statement(&document);
    document_write(&document,
            &(struct statement){
                    "NotTheRestrictedSubtree", DOCUMENT_DENY, "ssm:GetParameter*", &subtree });
    document_close(&document);
}

bool subtree_policy_write(
        const struct path_guard *guard, struct policy_output *ret_output, struct err_list *problems)
{
    if (!check_guard(guard, problems)) {
        return false;
    }
    if (check_path_len(guard->path) == 0) {
        return err_list_add_new(problems, ERR_USAGE, "--path", NULL, "expected a path below \"/\"");
    }
    write_subtree(guard, &ret_output->json);
    return policy_output_finish(ret_output, POLICY_MANAGED_MAX, problems);
}
