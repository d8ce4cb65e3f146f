/* SPDX-License-Identifier: MIT */
#include "aws/ssm/diagnosis.h"

#include <string.h>

#include "aws/parameter_arn.h"
#include "aws/region.h"
#include "aws/service/policy.h"
#include "base/arn.h"
#include "base/text.h"

enum {
    NAMES_MAX_BYTES = 700,
    RESOURCE_MAX_BYTES = 4096
};

bool ssm_diagnosis_read(const struct ssm *ssm,
        const struct client_attempt *attempt,
        const char *subject,
        const struct http_reply *reply,
        struct ssm_reply *ret_reply,
        struct err *reterr)
{
    if (ssm_reply_read(&reply->body, ssm->decryption, subject, ret_reply, reterr)) {
        return true;
    }
    client_add_reply_details(ssm->client, attempt, reply, reterr);
    return false;
}

bool ssm_diagnosis_is_decryption(const struct err *err)
{
    static const char ACTION[] = "not authorized to perform: ";
    if (strcmp(err->code, "AccessDeniedException") != 0) {
        return strcmp(err->code, "InvalidKeyId") == 0;
    }
    /* The resource follows the action, and its name may be anything, such as /prod/KMS. */
    const char *action = strstr(err->why, ACTION);
    if (action != NULL) {
        return strncmp(action + strlen(ACTION), "kms:", strlen("kms:")) == 0;
    }
    return strstr(err->why, "ciphertext") != NULL || strstr(err->why, "KMS") != NULL
            || strstr(err->why, "kms:") != NULL;
}

static void append_resource(const struct client *client, const char *resource, struct text *arn)
{
    if (arn_has_prefix(resource)) {
        text_append_string(arn, resource);
        return;
    }
    const struct parameter_scope scope = {
        .partition = region_partition(client->region)->name,
        .region = client->region,
        .account = "*",
    };
    /* Without the version: to policies "/a:3" is the resource "/a". */
    parameter_arn_append(arn, &scope, resource, strcspn(resource, ":"));
}

/* A grant on everything below a path does not cover the path itself. */
static const char *path_remark(const char *action)
{
    return strcmp(action, "GetParametersByPath") == 0
            ? " (on the path itself: .../* below it is not enough)"
            : "";
}

static void hint_at_policy(
        const struct client *client, const char *action, const char *resource, struct err *err)
{
    CLEANUP(text_clear) struct text arn = TEXT_INIT(RESOURCE_MAX_BYTES);
    CLEANUP(text_clear) struct text full_action = TEXT_INIT(RESOURCE_MAX_BYTES);
    const struct policy_finding finding = policy_read(err->why);
    bool is_allow_missing = !finding.is_explicit
            && (finding.kind == POLICY_UNNAMED || finding.kind == POLICY_IDENTITY_BASED);
    append_resource(client, resource, &arn);
    if (!finding.is_explicit) {
        text_append_string(&arn, path_remark(action));
    }
    text_append_format(&full_action, "ssm:%s", action);
    const struct policy_request request = {
        .action = text_string(&full_action),
        .resource = text_string(&arn),
        .resource_owner = "the resource-based policy of the parameter (how it is shared)",
    };
    if (is_allow_missing || !policy_hint(finding, &request, err)) {
        err_set_hint(err, "the role needs %s on %s", request.action, request.resource);
    }
}

static void hint_at_key(const struct ssm *ssm, struct err *err)
{
    const struct policy_request request = {
        .action = "kms:Decrypt",
        .resource = "the key of the parameters that are encrypted with it",
        .resource_owner = "the key's policy",
    };
    const struct policy_finding finding = policy_read(err->why);
    bool is_allow_missing = !finding.is_explicit && finding.kind == POLICY_IDENTITY_BASED;
    if (is_allow_missing || !policy_hint(finding, &request, err)) {
        err_set_hint(err, "the role needs %s on %s, and the key must be enabled", request.action,
                request.resource);
    }
    if (ssm->undecrypted_hint != NULL) {
        const struct err hinted = *err;
        err_set_hint(err, "%s; %s", hinted.hint, ssm->undecrypted_hint);
    }
}

void ssm_diagnosis_add_hint(
        const struct ssm *ssm, const char *action, const char *resource, struct err *err)
{
    if (ssm_diagnosis_is_decryption(err)) {
        hint_at_key(ssm, err);
    } else if (strcmp(err->code, "AccessDeniedException") == 0 && err->hint[0] == '\0') {
        hint_at_policy(ssm->client, action, resource, err);
    } else if (strcmp(err->code, "ValidationException") == 0) {
        err_set_hint(err, "names are made of letters, digits, '.', '-' and '_' between slashes");
    }
}

void ssm_diagnosis_name_secrets(const struct parameter_list *page, struct err *err)
{
    CLEANUP(text_clear) struct text names = TEXT_INIT(NAMES_MAX_BYTES);
    size_t count = 0;
    for (size_t i = 0; i < page->len; i++) {
        if (strcmp(page->items[i].type, PARAMETER_SECURE_STRING) == 0) {
            text_append_format(&names, "%s%s", count == 0 ? "" : ", ", page->items[i].name);
            count++;
        }
    }
    if (count > 0) {
        err_add_why(err, "; %s: %s",
                count == 1 ? "the SecureString that could not be decrypted"
                           : "one or more of these SecureStrings could not be decrypted",
                text_string(&names));
    }
}

void ssm_diagnosis_empty_path(const struct client *client,
        const struct ssm_path_query *query,
        bool is_parameter,
        struct err *reterr)
{
    (void)err_set(reterr, ERR_SERVICE, query->subject,
            "there is no parameter %s this path in %s%s%s",
            query->recursive ? "below" : "directly below", client->region,
            query->label == NULL ? "" : " with the label ",
            query->label == NULL ? "" : query->label);
    if (is_parameter) {
        err_set_hint(reterr,
                "%s is itself a parameter: to read it, say which variable it is for: NAME=%s",
                query->path, query->path);
    } else {
        err_set_hint(reterr,
                "check the spelling (names are case-sensitive) and the region; if the path may be "
                "empty, use --optional %s",
                query->subject);
    }
}

void ssm_diagnosis_missing_name(
        const struct client *client, const struct ssm_name_query *query, struct err *reterr)
{
    (void)err_set(reterr, ERR_SERVICE, query->subject, "there is no %s in %s", query->name,
            client->region);
    err_set_code(reterr, "ParameterNotFound");
    if (query->missing_hint != NULL) {
        err_set_hint(reterr, "%s", query->missing_hint);
        return;
    }
    err_set_hint(reterr,
            "check the spelling (names are case-sensitive), the version or label, and the region; if "
            "it may be missing, use --optional %s",
            query->subject);
}
