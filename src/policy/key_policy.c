/* SPDX-License-Identifier: MIT */
#include "policy/key_policy.h"

#include <stdio.h>

#include "policy/check.h"
#include "policy/document.h"
#include "policy/key_use.h"
#include "policy/resources.h"

/* What IAM takes in the policy of a key. */
enum {
    KEY_POLICY_MAX = 32 * 1024
};

/* Lets policies of IAM grant use of the key, and keeps it manageable. */
static void write_administration(struct document *document, const struct parameter_scope *scope)
{
    char root[128];
    (void)snprintf(root, sizeof(root), "arn:%s:iam::%s:root", scope->partition, scope->account);
    document_begin_statement(document, "AccountAdministersKey", DOCUMENT_ALLOW);
    document_only(document, "Principal", "AWS", root);
    document_words(document, "Action", "kms:*");
    document_words(document, "Resource", "*");
    document_end_statement(document);
}

static void begin_denial(struct document *document, const char *sid, const char *actions)
{
    document_begin_statement(document, sid, DOCUMENT_DENY);
    document_only(document, "Principal", "AWS", "*");
    document_words(document, "Action", actions);
    document_words(document, "Resource", "*");
    document_begin_object(document, "Condition");
}

static void end_denial(struct document *document)
{
    document_end_object(document);
    document_end_statement(document);
}

static void write_document(
        const struct key_policy *policy, const struct parameter_scope *scope, struct text *json)
{
    CLEANUP(text_clear) struct text below = RESOURCES_INIT;
    struct document document = document_open(json);
    write_administration(&document, scope);
    if (key_use_has_service(scope)) {
        char service[128];
        (void)snprintf(service, sizeof(service), "ssm.%s.amazonaws.com", scope->region);
        begin_denial(&document, "OnlyThroughParameterStore",
                "kms:Decrypt kms:Encrypt kms:GenerateDataKey* kms:ReEncrypt*");
        document_only(&document, "StringNotEquals", "kms:ViaService", service);
        end_denial(&document);
    }
    resources_add_all_below(&below, scope, &policy->paths);
    begin_denial(&document, "OnlyForProductionParameters",
            "kms:Decrypt kms:Encrypt kms:GenerateDataKey*");
    document_begin_object(&document, "StringNotLike");
    document_text(&document, "kms:EncryptionContext:PARAMETER_ARN", &below);
    document_end_object(&document);
    end_denial(&document);
    document_close(&document);
}

bool key_policy_write(const struct key_policy *policy,
        struct policy_output *ret_output,
        struct err_list *problems)
{
    struct parameter_scope scope;
    bool ok = resources_scope(policy->account, policy->region, &scope, problems);
    if (!check_paths("--path", &policy->paths, /* is_needed= */ true, problems) || !ok) {
        return false;
    }
    write_document(policy, &scope, &ret_output->json);
    return policy_output_remark(ret_output, problems,
                   "the key serves parameters only: secrets of Secrets Manager and other services "
                   "need a key of their own")
            && key_use_remark_service(ret_output, &scope, problems)
            && policy_output_finish(ret_output, KEY_POLICY_MAX, problems);
}
