/* SPDX-License-Identifier: MIT */
#include "policy/ci_policy.h"

#include <string.h>

#include "policy/changes.h"
#include "policy/check.h"
#include "policy/document.h"
#include "policy/resources.h"

struct ci_resources {
    struct parameter_scope scope;
    struct text written; /* below the paths */
    struct text read;    /* the paths, and below */
    struct text keys;
    struct text denied_keys;
};

static void ci_resources_clear(struct ci_resources *resources)
{
    text_clear(&resources->written);
    text_clear(&resources->read);
    text_clear(&resources->keys);
    text_clear(&resources->denied_keys);
}

static bool is_in(const char *path, const char *tree)
{
    size_t len = check_path_len(tree);
    return check_path_len(path) >= len && strncmp(path, tree, len) == 0
            && (path[len] == '\0' || path[len] == '/');
}

static bool check_some_is_writable(const struct ci_policy *policy, struct err_list *problems)
{
    for (size_t i = 0; i < policy->written.len; i++) {
        for (size_t j = 0; j < policy->denied.len; j++) {
            if (is_in(policy->written.items[i], policy->denied.items[j])) {
                return err_list_add_new(problems, ERR_USAGE, "--write", NULL,
                        "%s is in %s, which is never written (--never)", policy->written.items[i],
                        policy->denied.items[j]);
            }
        }
    }
    return true;
}

static bool collect(
        const struct ci_policy *policy, struct ci_resources *resources, struct err_list *problems)
{
    const struct parameter_scope *scope = &resources->scope;
    bool ok = resources_scope(policy->account, policy->region, &resources->scope, problems);
    ok = check_paths("--write", &policy->written, /* is_needed= */ true, problems) && ok;
    ok = check_not_whole("--write", &policy->written, problems) && ok;
    ok = check_paths("--never", &policy->denied, !policy->create_only, problems) && ok;
    ok = check_some_is_writable(policy, problems) && ok;
    ok = key_use_add(&resources->keys, scope, &policy->keys, problems) && ok;
    ok = (policy->denied_key_id == NULL
                 || resources_add_key(&resources->denied_keys, scope, "--never-key",
                         policy->denied_key_id, problems))
            && ok;
    for (size_t i = 0; i < policy->written.len && ok; i++) {
        resources_add_tree(&resources->read, scope, policy->written.items[i]);
        resources_add_below(&resources->written, scope, policy->written.items[i]);
    }
    return ok;
}

static void write_reads_and_writes(struct document *document, const struct ci_resources *resources)
{
    static const struct key_use ENCRYPT = { "EncryptOutsideProduction",
        "kms:Encrypt kms:GenerateDataKey kms:Decrypt", "ssm", "PARAMETER_ARN" };
    document_write(document,
            &(struct statement){ "WriteOutsideProduction", DOCUMENT_ALLOW,
                    "ssm:PutParameter ssm:LabelParameterVersion ssm:AddTagsToResource "
                    "ssm:ListTagsForResource",
                    &resources->written });
    document_write(document,
            &(struct statement){ "ReadBackOutsideProduction", DOCUMENT_ALLOW,
                    "ssm:GetParametersByPath ssm:GetParameters", &resources->read });
    document_write(document, &DOCUMENT_SEE_NAMES);
    key_use_write(document, &resources->scope, &ENCRYPT, &resources->keys, &resources->written);
}

/*
 * Requests without Overwrite have no ssm:Overwrite: an Allow where it is "false" would refuse them, a Deny
 * where it is "true" does not.
 */
static void write_never_overwrite(struct document *document, const struct ci_policy *policy)
{
    const struct parameter_scope everywhere = resources_anywhere(policy->region);
    CLEANUP(text_clear) struct text below = RESOURCES_INIT;
    resources_add_all_below(&below, &everywhere, &policy->written);
    document_begin(document,
            &(struct statement){ "NeverOverwrite", DOCUMENT_DENY, "ssm:PutParameter", &below });
    document_begin_object(document, "Condition");
    document_only(document, "StringEquals", "ssm:Overwrite", "true");
    document_end_object(document);
    document_end_statement(document);
}

static void write_creates(struct document *document,
        const struct ci_policy *policy,
        const struct ci_resources *resources)
{
    static const struct key_use ENCRYPT = { "EncryptInProduction",
        "kms:Encrypt kms:GenerateDataKey", "ssm", "PARAMETER_ARN" };
    document_write(document,
            &(struct statement){ "CreateOnlyInProduction", DOCUMENT_ALLOW, "ssm:PutParameter",
                    &resources->written });
    write_never_overwrite(document, policy);
    document_write(document,
            &(struct statement){ "LabelAndTagReleases", DOCUMENT_ALLOW,
                    "ssm:LabelParameterVersion ssm:AddTagsToResource", &resources->written });
    key_use_write(document, &resources->scope, &ENCRYPT, &resources->keys, &resources->written);
}

static void add_by_secret_name(
        struct text *resources, const char *before, const struct ci_policy *policy)
{
    const struct parameter_scope everywhere = resources_anywhere(policy->region);
    for (size_t i = 0; i < policy->denied.len; i++) {
        const char *path = policy->denied.items[i];
        resources_add(resources, "arn:%s:%s%.*s/*", everywhere.partition, before,
                (int)check_path_len(path) - 1, path + 1);
    }
}

/* In all accounts and regions, with the paths above them and the references to secrets of their names. */
static void write_never_parameters(struct document *document, const struct ci_policy *policy)
{
    const struct parameter_scope everywhere = resources_anywhere(policy->region);
    CLEANUP(text_clear) struct text parameters = RESOURCES_INIT;
    for (size_t i = 0; i < policy->denied.len; i++) {
        resources_add_tree(&parameters, &everywhere, policy->denied.items[i]);
    }
    for (size_t i = 0; i < policy->denied.len; i++) {
        resources_add_ancestors(&parameters, &everywhere, policy->denied.items[i]);
    }
    add_by_secret_name(&parameters, "ssm:*:*:parameter/aws/reference/secretsmanager/", policy);
    document_write(document,
            &(struct statement){ "NeverProduction", DOCUMENT_DENY,
                    CHANGES_OF_VALUES " " CHANGES_OF_TAGS
                                      " ssm:GetParameter* " CHANGES_OF_RESOURCE_POLICIES,
                    &parameters });
}

static void write_never_key(struct document *document, const struct text *keys)
{
    if (keys->len == 0) {
        document_note_failure(document, keys);
    } else {
        document_write(document,
                &(struct statement){ "NeverProductionKey", DOCUMENT_DENY,
                        "kms:Decrypt kms:Encrypt kms:GenerateDataKey* kms:ReEncrypt* "
                        "kms:CreateGrant",
                        keys });
    }
}

static void write_never_secrets(struct document *document, const struct ci_policy *policy)
{
    CLEANUP(text_clear) struct text secrets = RESOURCES_INIT;
    add_by_secret_name(&secrets, "secretsmanager:*:*:secret:", policy);
    document_write(document,
            &(struct statement){
                    "NeverProductionSecrets", DOCUMENT_DENY, "secretsmanager:*", &secrets });
}

static void write_document(
        const struct ci_policy *policy, const struct ci_resources *resources, struct text *json)
{
    struct document document = document_open(json);
    if (policy->create_only) {
        write_creates(&document, policy, resources);
    } else {
        write_reads_and_writes(&document, resources);
    }
    if (policy->denied.len > 0) {
        write_never_parameters(&document, policy);
    }
    write_never_key(&document, &resources->denied_keys);
    if (policy->denied.len > 0) {
        write_never_secrets(&document, policy);
    }
    document_close(&document);
}

static bool remark(const struct ci_policy *policy,
        const struct ci_resources *resources,
        struct policy_output *output,
        struct err_list *problems)
{
    return policy_output_remark(output, problems,
                   "IAM has no condition for the type or the key of a parameter: the role can write "
                   "a String where a SecureString is meant")
            && key_use_remark(output, &resources->scope, &policy->keys, problems);
}

bool ci_policy_write(
        const struct ci_policy *policy, struct policy_output *ret_output, struct err_list *problems)
{
    CLEANUP(ci_resources_clear)
    struct ci_resources resources = {
        .written = RESOURCES_INIT,
        .read = RESOURCES_INIT,
        .keys = RESOURCES_INIT,
        .denied_keys = RESOURCES_INIT,
    };
    if (!collect(policy, &resources, problems)) {
        return false;
    }
    write_document(policy, &resources, &ret_output->json);
    return remark(policy, &resources, ret_output, problems)
            && policy_output_finish(ret_output, POLICY_MANAGED_MAX, problems);
}
