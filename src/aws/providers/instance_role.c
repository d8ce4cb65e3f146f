/*
 * Credentials of an EC2 instance's role, from its metadata service. Source: Amazon EC2 user guide,
 * "Retrieve security credentials from instance metadata".
 */
/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <string.h>

#include "aws/providers/document.h"
#include "aws/providers/provider.h"
#include "aws/service/imds.h"
#include "aws/service/service_error.h"
#include "base/ascii.h"

static const char SUBJECT[] = "EC2 instance metadata";
static const char ROLES[] = "meta-data/iam/security-credentials/";

enum {
    ROLE_MAX_BYTES = 64
};

static enum provider_wait wait(struct provider_context *context)
{
    (void)context; /* only a request tells whether there is such a service */
    return PROVIDER_WAIT_METADATA;
}

/* The first line of the list, in characters that IAM allows: the name becomes part of a URL. */
static bool read_role(const struct secret *list, char ret_role[static ROLE_MAX_BYTES + 1])
{
    const char *bytes = secret_expose(list);
    size_t len = strcspn(bytes, "\r\n");
    if (len == 0 || len > ROLE_MAX_BYTES || strspn(bytes, ASCII_ALNUM "_+=,.@-") < len) {
        return false;
    }
    memcpy(ret_role, bytes, len);
    ret_role[len] = '\0';
    return true;
}

/* Adds the explanation in the reply, without parts of our session token that it echoes. */
static void explain(const struct imds *imds, const struct secret *body, struct err *err)
{
    CLEANUP(service_error_clear) struct service_error reason = SERVICE_ERROR_INIT;
    const struct secret *const secrets[] = { &imds->token };
    service_error_read_document(body, &reason);
    service_error_clean(&reason, secrets, 1);
    service_error_report(&reason, err);
}

static void hint_at_service(const struct imds *imds, struct err *err)
{
    err_set_hint(err, "is %s EC2's metadata service, or something that imitates it?",
            imds_address(imds));
}

/* Status 200 with another Code than Success means that the instance cannot assume its role. */
static bool read_document(const struct imds *imds,
        const struct secret *body,
        const char *role,
        struct credentials *ret_credentials,
        struct err *reterr)
{
    CLEANUP(json_document_clear) struct json_document document = { 0 };
    bool is_json = json_parse(body, JSON_TOKENS_REPLY, SUBJECT, &document, reterr);
    bool has_role = !is_json || document_is_success(json_root(&document), SUBJECT, reterr);
    if (is_json && has_role
            && document_read(json_root(&document), &document_endpoint_members, SUBJECT,
                    ret_credentials, reterr)) {
        return true;
    }
    if (!has_role) {
        (void)err_set(reterr, ERR_CREDENTIALS, SUBJECT, "no credentials for role %s", role);
        err_set_hint(reterr, "check the instance profile, and that EC2 may assume its role");
    } else {
        hint_at_service(imds, reterr);
    }
    if (is_json) {
        explain(imds, body, reterr);
    }
    err_set_replier(reterr, imds_address(imds));
    return false;
}

static bool read_credentials(const struct provider_context *context,
        const char *role,
        struct credentials *ret_credentials,
        struct err *reterr)
{
    CLEANUP(secret_clear) struct secret body = SECRET_INIT(IMDS_REPLY_MAX_BYTES);
    char path[sizeof(ROLES) + ROLE_MAX_BYTES];
    (void)snprintf(path, sizeof(path), "%s%s", ROLES, role);
    ret_credentials->may_be_past_expiry = true;
    credentials_set_origin(ret_credentials, "EC2 instance metadata (role %s)", role);
    credentials_set_renewal(ret_credentials,
            "EC2 renews those of its role %s: check the instance profile, and that EC2 may assume its "
            "role",
            role);
    return imds_get(context->imds, path, &body, reterr) == IMDS_GOOD
            && read_document(context->imds, &body, role, ret_credentials, reterr);
}

static enum provider_outcome fetch(
        struct provider_context *context, struct credentials *ret_credentials, struct err *reterr)
{
    CLEANUP(secret_clear) struct secret list = SECRET_INIT(IMDS_REPLY_MAX_BYTES);
    const struct secret *const secrets[] = { &context->imds->token };
    char role[ROLE_MAX_BYTES + 1];
    enum imds_outcome outcome = imds_get(context->imds, ROLES, &list, reterr);
    if (outcome == IMDS_ABSENT && context->imds->outcome == IMDS_GOOD) {
        const struct err cause = *reterr;
        (void)err_set(reterr, ERR_CREDENTIALS, SUBJECT, "the instance has no role: %s", cause.why);
    }
    if (outcome != IMDS_GOOD) {
        return outcome == IMDS_ABSENT ? PROVIDER_ABSENT : PROVIDER_FAILED;
    }
    if (!read_role(&list, role) || service_error_is_echo(role, secrets, 1)) {
        (void)err_set(reterr, ERR_CREDENTIALS, SUBJECT, "%s returned no usable role",
                imds_address(context->imds));
        hint_at_service(context->imds, reterr);
        return PROVIDER_FAILED;
    }
    return read_credentials(context, role, ret_credentials, reterr) ? PROVIDER_FOUND
                                                                    : PROVIDER_FAILED;
}

const struct provider provider_instance_role = {
    .name = "EC2 instance metadata", .wait = wait, .fetch = fetch
};
