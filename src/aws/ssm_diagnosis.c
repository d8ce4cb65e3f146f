/* SPDX-License-Identifier: MIT */
#include "aws/ssm_diagnosis.h"

#include <string.h>

#include "aws/region.h"
#include "base/text.h"

enum {
    NAMES_MAX_BYTES = 700
};

bool ssm_diagnosis_read(const struct client *client,
        const char *subject,
        const struct http_reply *reply,
        struct ssm_reply *ret_reply,
        struct err *reterr)
{
    if (ssm_reply_read(&reply->body, subject, ret_reply, reterr)) {
        return true;
    }
    char request_id[sizeof(reterr->request_id)];
    if (http_reply_header(reply, "x-amzn-RequestId", request_id, sizeof(request_id))) {
        err_set_request_id(reterr, request_id);
    }
    err_add_why(reterr, " (reply of %s)", client->endpoint->authority);
    if (reterr->kind == ERR_PROTOCOL && reterr->hint[0] == '\0' && request_id[0] == '\0') {
        err_set_hint(reterr, "is %s the right endpoint, and is a proxy in between?",
                client->endpoint->host);
    }
    return false;
}

bool ssm_diagnosis_is_decryption(const struct err *err)
{
    return strcmp(err->code, "InvalidKeyId") == 0
            || (strcmp(err->code, "AccessDeniedException") == 0
                    && (strstr(err->why, "ciphertext") != NULL || strstr(err->why, "KMS") != NULL
                            || strstr(err->why, "kms:") != NULL));
}

/* "/a:3" is the resource "/a": policies know no versions. */
static int resource_len(const char *resource)
{
    return (int)strcspn(resource, ":");
}

static void hint_at_policy(
        const struct client *client, const char *action, const char *resource, struct err *err)
{
    if (strncmp(resource, "arn:", 4) == 0) {
        err_set_hint(err, "the role needs ssm:%s on %s", action, resource);
        return;
    }
    const char *partition = region_partition(client->region)->name;
    if (strstr(err->why, "explicit deny") != NULL) {
        err_set_hint(err,
                "a policy denies it explicitly: look at the role's policies, its permission "
                "boundary and the organization's for a Deny that covers arn:%s:ssm:%s:*:parameter%.*s",
                partition, client->region, resource_len(resource), resource);
        return;
    }
    err_set_hint(err, "the role needs ssm:%s on arn:%s:ssm:%s:*:parameter%.*s", action, partition,
            client->region, resource_len(resource), resource);
    if (strcmp(action, "GetParametersByPath") == 0) {
        /* People grant everything below the path, and that does not cover the path itself. */
        size_t used = strlen(err->hint);
        struct err longer = *err;
        err_set_hint(err, "%.*s (on the path itself: .../* below it is not enough)", (int)used,
                longer.hint);
    }
}

void ssm_diagnosis_add_hint(
        const struct client *client, const char *action, const char *resource, struct err *err)
{
    if (ssm_diagnosis_is_decryption(err)) {
        err_set_hint(err,
                "the role needs kms:Decrypt on the key of the parameters that are encrypted with it, "
                "and the key must be enabled");
    } else if (strcmp(err->code, "AccessDeniedException") == 0 && err->hint[0] == '\0') {
        hint_at_policy(client, action, resource, err);
    } else if (strcmp(err->code, "ValidationException") == 0) {
        err_set_hint(err, "names are made of letters, digits, '.', '-' and '_' between slashes");
    }
}

void ssm_diagnosis_name_secrets(const struct parameter_list *page, struct err *err)
{
    CLEANUP(text_clear) struct text names = TEXT_INIT(NAMES_MAX_BYTES);
    size_t count = 0;
    for (size_t i = 0; i < page->len; i++) {
        if (strcmp(page->items[i].type, "SecureString") == 0) {
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
                "empty, say --optional %s",
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
            "it may be missing, say --optional %s",
            query->subject);
}
