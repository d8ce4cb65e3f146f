/* SPDX-License-Identifier: MIT */
#include "policy/key_use.h"

#include <stdio.h>
#include <string.h>

#include "policy/check.h"
#include "policy/resources.h"

bool key_use_add(struct text *resources,
        const struct parameter_scope *scope,
        const struct key_choice *keys,
        struct err_list *problems)
{
    if (keys->ids.len == 0 && !keys->has_default) {
        return err_list_add_new(problems, ERR_USAGE, "--key-id",
                "use --default-key if it is alias/aws/ssm",
                "is missing: the key that the values are encrypted with");
    }
    if (keys->ids.len > CHECK_ITEMS_MAX) {
        return err_list_add_new(problems, ERR_USAGE, "--key-id", NULL,
                "is given %zu times; the limit is %d", keys->ids.len, CHECK_ITEMS_MAX);
    }
    bool ok = true;
    for (size_t i = 0; i < keys->ids.len; i++) {
        ok = resources_add_key(resources, scope, "--key-id", keys->ids.items[i], problems) && ok;
    }
    return ok;
}

bool key_use_has_service(const struct parameter_scope *scope)
{
    return strcmp(scope->partition, "aws") == 0;
}

void key_use_write(struct document *document,
        const struct parameter_scope *scope,
        const struct key_use *use,
        const struct text *keys,
        const struct text *names)
{
    char service[128];
    char context[64];
    if (keys->len == 0) {
        document_note_failure(document, keys);
        return;
    }
    (void)snprintf(service, sizeof(service), "%s.%s.amazonaws.com", use->service, scope->region);
    (void)snprintf(context, sizeof(context), "kms:EncryptionContext:%s", use->context);
    document_begin(document, &(struct statement){ use->sid, DOCUMENT_ALLOW, use->actions, keys });
    document_begin_object(document, "Condition");
    if (key_use_has_service(scope)) {
        document_only(document, "StringEquals", "kms:ViaService", service);
    }
    document_begin_object(document, "StringLike");
    document_text(document, context, names);
    document_end_object(document);
    document_end_object(document);
    document_end_statement(document);
}

bool key_use_remark_service(struct policy_output *output,
        const struct parameter_scope *scope,
        struct err_list *problems)
{
    return key_use_has_service(scope)
            || policy_output_remark(output, problems,
                    "the partition %s may have other values of kms:ViaService, so that only the "
                    "encryption context limits the use of the key",
                    scope->partition);
}

bool key_use_remark(struct policy_output *output,
        const struct parameter_scope *scope,
        const struct key_choice *keys,
        struct err_list *problems)
{
    if (keys->has_default
            && !policy_output_remark(output, problems,
                    "with the default key (alias/aws/ssm) every principal of the account that may "
                    "read a parameter can decrypt it: a key of your own (--key-id) limits that")) {
        return false;
    }
    return keys->ids.len == 0 || key_use_remark_service(output, scope, problems);
}
