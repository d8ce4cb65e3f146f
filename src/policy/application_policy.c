/* SPDX-License-Identifier: MIT */
#include "policy/application_policy.h"

#include "base/ascii.h"
#include "policy/check.h"
#include "policy/document.h"
#include "policy/resources.h"

struct application_resources {
    struct parameter_scope scope;
    struct text trees; /* for GetParametersByPath: each path and all below */
    struct text names; /* for GetParameters, and in the encryption context */
    struct text keys;
    struct text references; /* of secrets, as parameters */
    struct text secrets;
    struct text secret_keys;
};

static void application_resources_clear(struct application_resources *resources)
{
    text_clear(&resources->trees);
    text_clear(&resources->names);
    text_clear(&resources->keys);
    text_clear(&resources->references);
    text_clear(&resources->secrets);
    text_clear(&resources->secret_keys);
}

static bool collect_parameters(const struct application_policy *policy,
        struct application_resources *resources,
        struct err_list *problems)
{
    const struct parameter_scope *scope = &resources->scope;
    bool ok = check_paths("--path", &policy->paths, /* is_needed= */ false, problems);
    ok = check_not_whole("--path", &policy->paths, problems) && ok;
    for (size_t i = 0; i < policy->paths.len && ok; i++) {
        resources_add_tree(&resources->trees, scope, policy->paths.items[i]);
    }
    if (ok) {
        resources_add_all_below(&resources->names, scope, &policy->paths);
    }
    for (size_t i = 0; i < policy->names.len; i++) {
        ok = resources_add_name(&resources->names, scope, "MAP", policy->names.items[i], problems)
                && ok;
    }
    bool has_parameters = policy->paths.len + policy->names.len > 0;
    return (!has_parameters || key_use_add(&resources->keys, scope, &policy->keys, problems)) && ok;
}

static bool collect_secrets(const struct application_policy *policy,
        struct application_resources *resources,
        struct err_list *problems)
{
    static const struct check_rule SECRET = { ASCII_ALNUM "/_+=.@-", 512,
        "the name of a secret: letters, digits and any of /_+=.@-" };
    const struct parameter_scope *scope = &resources->scope;
    bool ok = check_list("--secret", &policy->secrets, &SECRET, problems);
    for (size_t i = 0; i < policy->secrets.len; i++) {
        const char *secret = policy->secrets.items[i];
        resources_add(&resources->references,
                "arn:%s:ssm:%s:%s:parameter/aws/reference/secretsmanager/%s*", scope->partition,
                scope->region, scope->account, secret);
        /* Secrets Manager appends '-' and six characters to the name. */
        resources_add(&resources->secrets, "arn:%s:secretsmanager:%s:%s:secret:%s-??????",
                scope->partition, scope->region, scope->account, secret);
    }
    if (policy->secrets.len == 0) {
        return check_absent(
                "--secret-key-id", policy->secret_key_id, "needs --secret NAME", problems);
    }
    return (policy->secret_key_id == NULL
                   || resources_add_key(&resources->secret_keys, scope, "--secret-key-id",
                           policy->secret_key_id, problems))
            && ok;
}

static void write_grant(struct document *document,
        const char *sid,
        const char *actions,
        const struct text *resources)
{
    if (resources->len == 0) {
        document_note_failure(document, resources);
    } else {
        document_write(document, &(struct statement){ sid, DOCUMENT_ALLOW, actions, resources });
    }
}

static void write_document(const struct application_resources *resources, struct text *json)
{
    static const struct key_use PARAMETERS = { "DecryptOwnTree", "kms:Decrypt", "ssm",
        "PARAMETER_ARN" };
    static const struct key_use SECRETS = { "DecryptSecret", "kms:Decrypt", "secretsmanager",
        "SecretARN" };
    struct document document = document_open(json);
    write_grant(&document, "ReadOwnTree", "ssm:GetParametersByPath", &resources->trees);
    write_grant(&document, "ReadOwnNames", "ssm:GetParameters", &resources->names);
    key_use_write(&document, &resources->scope, &PARAMETERS, &resources->keys, &resources->names);
    write_grant(&document, "ReadSecretByReference", "ssm:GetParameters ssm:GetParameter",
            &resources->references);
    write_grant(
            &document, "ReadSecretItself", "secretsmanager:GetSecretValue", &resources->secrets);
    key_use_write(
            &document, &resources->scope, &SECRETS, &resources->secret_keys, &resources->secrets);
    document_close(&document);
}

static bool remark(const struct application_policy *policy,
        const struct application_resources *resources,
        struct policy_output *output,
        struct err_list *problems)
{
    for (size_t i = 0; i < policy->paths.len; i++) {
        if (!policy_output_remark(output, problems,
                    "access to %s is access to every parameter below it", policy->paths.items[i])) {
            return false;
        }
    }
    if (policy->secrets.len > 0 && policy->secret_key_id == NULL
            && !policy_output_remark(output, problems,
                    "the secrets are taken to be encrypted with the default key of Secrets Manager "
                    "(alias/aws/secretsmanager): for another one use --secret-key-id")) {
        return false;
    }
    if (resources->names.len > 0) {
        return key_use_remark(output, &resources->scope, &policy->keys, problems);
    }
    return resources->secret_keys.len == 0
            || key_use_remark_service(output, &resources->scope, problems);
}

bool application_policy_write(const struct application_policy *policy,
        struct policy_output *ret_output,
        struct err_list *problems)
{
    CLEANUP(application_resources_clear)
    struct application_resources resources = {
        .trees = RESOURCES_INIT,
        .names = RESOURCES_INIT,
        .keys = RESOURCES_INIT,
        .references = RESOURCES_INIT,
        .secrets = RESOURCES_INIT,
        .secret_keys = RESOURCES_INIT,
    };
    bool ok = resources_scope(policy->account, policy->region, &resources.scope, problems);
    if (policy->paths.len + policy->names.len + policy->secrets.len == 0) {
        return err_list_add_new(problems, ERR_USAGE, "--path", NULL,
                "is missing: a path such as /prod/api, or a map, or --secret NAME");
    }
    ok = collect_parameters(policy, &resources, problems) && ok;
    if (!collect_secrets(policy, &resources, problems) || !ok) {
        return false;
    }
    write_document(&resources, &ret_output->json);
    return remark(policy, &resources, ret_output, problems)
            && policy_output_finish(ret_output, POLICY_MANAGED_MAX, problems);
}
