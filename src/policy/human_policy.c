/* SPDX-License-Identifier: MIT */
#include "policy/human_policy.h"

#include "policy/changes.h"
#include "policy/check.h"
#include "policy/document.h"
#include "policy/resources.h"

/* Denied in all accounts and regions: other policies of the same person may allow it. */
static void write_no_changes(struct document *document,
        const struct parameter_scope *everywhere,
        const char *sid,
        const char *actions)
{
    CLEANUP(text_clear) struct text all = RESOURCES_INIT;
    resources_add_below(&all, everywhere, "/");
    document_write(document, &(struct statement){ sid, DOCUMENT_DENY, actions, &all });
}

/* By the encryption context, so that other uses of KMS stay; this closes the default key, too. */
static void write_no_decryption(struct document *document, const struct parameter_scope *everywhere)
{
    CLEANUP(text_clear) struct text all = RESOURCES_INIT;
    resources_add_below(&all, everywhere, "/");
    document_begin(
            document, &(struct statement){ "NoSecrets", DOCUMENT_DENY, "kms:Decrypt", NULL });
    document_begin_object(document, "Condition");
    document_only_text(document, "StringLike", "kms:EncryptionContext:PARAMETER_ARN", &all);
    document_end_object(document);
    document_end_statement(document);
}

static void write_no_secrets_manager(struct document *document)
{
    static const struct statement NO_SECRETS = { "NoSecretsManagerSecrets", DOCUMENT_DENY,
        "secretsmanager:GetSecretValue secretsmanager:BatchGetSecretValue", NULL };
    document_write(document, &NO_SECRETS);
}

static void write_names_level(struct document *document,
        const struct parameter_scope *scope,
        const struct parameter_scope *everywhere,
        const char *path)
{
    CLEANUP(text_clear) struct text below = RESOURCES_INIT;
    resources_add_below(&below, scope, path);
    document_write(document,
            &(struct statement){ "SeeTags", DOCUMENT_ALLOW, "ssm:ListTagsForResource", &below });
    document_write(
            document, &(struct statement){ "NoValues", DOCUMENT_DENY, "ssm:GetParameter*", NULL });
    write_no_changes(
            document, everywhere, "NoChanges", CHANGES_OF_VALUES " " CHANGES_OF_RESOURCE_POLICIES);
    write_no_changes(document, everywhere, "NoTagChanges", CHANGES_OF_TAGS);
    write_no_secrets_manager(document);
}

static void write_reading(
        struct document *document, const struct parameter_scope *scope, const char *path)
{
    CLEANUP(text_clear) struct text tree = RESOURCES_INIT;
    resources_add_tree(&tree, scope, path);
    document_write(document,
            &(struct statement){ "InspectProduction", DOCUMENT_ALLOW,
                    "ssm:GetParametersByPath ssm:GetParameters ssm:GetParameter "
                    "ssm:GetParameterHistory ssm:ListTagsForResource",
                    &tree });
}

static void write_decryption(struct document *document,
        const struct parameter_scope *scope,
        const char *path,
        const struct text *keys)
{
    static const struct key_use USE = { "DecryptProduction", "kms:Decrypt", "ssm",
        "PARAMETER_ARN" };
    CLEANUP(text_clear) struct text below = RESOURCES_INIT;
    resources_add_below(&below, scope, path);
    key_use_write(document, scope, &USE, keys, &below);
}

static void write_document(const struct human_policy *policy,
        const struct parameter_scope *scope,
        const struct text *keys,
        struct text *json)
{
    const struct parameter_scope everywhere = resources_anywhere(scope->region);
    struct document document = document_open(json);
    document_write(&document, &DOCUMENT_SEE_NAMES);
    switch (policy->level) {
    case HUMAN_NAMES:
        write_names_level(&document, scope, &everywhere, policy->path);
        break;
    case HUMAN_CONFIG:
        write_reading(&document, scope, policy->path);
        write_no_decryption(&document, &everywhere);
        write_no_changes(&document, &everywhere, "NoChanges", CHANGES_ALL);
        write_no_secrets_manager(&document);
        break;
    case HUMAN_INCIDENT:
        write_reading(&document, scope, policy->path);
        write_decryption(&document, scope, policy->path, keys);
        write_no_changes(&document, &everywhere, "NoChanges", CHANGES_ALL);
        break;
    }
    document_close(&document);
}

static bool collect_keys(const struct human_policy *policy,
        const struct parameter_scope *scope,
        struct text *keys,
        struct err_list *problems)
{
    static const char NOT_DECRYPTED[] = "this level decrypts nothing: it is for incident";
    if (policy->level == HUMAN_INCIDENT) {
        return key_use_add(keys, scope, &policy->keys, problems);
    }
    if (policy->keys.ids.len > 0) {
        return err_list_add_new(problems, ERR_USAGE, "--key-id", NULL, "%s", NOT_DECRYPTED);
    }
    return !policy->keys.has_default
            || err_list_add_new(problems, ERR_USAGE, "--default-key", NULL, "%s", NOT_DECRYPTED);
}

static bool remark(const struct human_policy *policy,
        const struct parameter_scope *scope,
        struct policy_output *output,
        struct err_list *problems)
{
    if (!policy_output_remark(output, problems,
                "ssm:DescribeParameters has no resource: it shows the names, descriptions and last "
                "editors of all parameters of the region")) {
        return false;
    }
    switch (policy->level) {
    case HUMAN_NAMES:
        return true;
    case HUMAN_CONFIG:
        return policy_output_remark(output, problems,
                "reading with decryption fails if a parameter is a SecureString: AWS CLI "
                "has --no-with-decryption");
    case HUMAN_INCIDENT:
        break;
    }
    return policy_output_remark(output, problems,
                   "ssm:GetParameterHistory shows old values of secrets, too; ask for MFA in the "
                   "role's trust policy")
            && key_use_remark(output, scope, &policy->keys, problems);
}

bool human_policy_write(const struct human_policy *policy,
        struct policy_output *ret_output,
        struct err_list *problems)
{
    CLEANUP(text_clear) struct text keys = RESOURCES_INIT;
    struct parameter_scope scope;
    bool ok = resources_scope(policy->account, policy->region, &scope, problems);
    ok = check_path("--path", policy->path, problems) && ok;
    if (!collect_keys(policy, &scope, &keys, problems) || !ok) {
        return false;
    }
    write_document(policy, &scope, &keys, &ret_output->json);
    return remark(policy, &scope, ret_output, problems)
            && policy_output_finish(ret_output, POLICY_MANAGED_MAX, problems);
}
