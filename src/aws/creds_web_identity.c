/* SPDX-License-Identifier: MIT */
#include "aws/creds_web_identity.h"

#include <stdio.h>

#include "aws/token_file.h"

static const char TOKEN_FILE[] = "AWS_WEB_IDENTITY_TOKEN_FILE";

enum credentials_outcome creds_web_identity_fetch(struct credentials_context *context,
        const struct sts_role *role,
        const char *token_file,
        struct credentials *ret_credentials,
        struct err *reterr)
{
    CLEANUP(secret_clear) struct secret token = SECRET_INIT(STS_TOKEN_MAX_BYTES);
    const struct file_limits limits = { context->clock, context->calls->deadline_ms };
    if (!token_file_read(token_file, TOKEN_WORD, role->where, &limits, &token, reterr)
            || !sts_assume_role_with_web_identity(context, role, &token, ret_credentials, reterr)) {
        return CREDENTIALS_FAILED;
    }
    (void)snprintf(ret_credentials->origin, sizeof(ret_credentials->origin),
            "web identity (role %s)", role->arn);
    return CREDENTIALS_FOUND;
}

static enum credentials_outcome fetch(struct credentials_context *context,
        struct credentials *ret_credentials,
        struct err *reterr)
{
    const struct environment *environment = context->settings->environment;
    const char *token_file = environment_get(environment, TOKEN_FILE);
    const struct sts_role role = {
        .arn = environment_get(environment, "AWS_ROLE_ARN"),
        .session_name = environment_get(environment, "AWS_ROLE_SESSION_NAME"),
        .where = TOKEN_FILE,
    };
    if (token_file == NULL) {
        return credentials_absent(reterr, "AWS_WEB_IDENTITY_TOKEN_FILE is not set");
    }
    if (role.arn == NULL) {
        (void)err_set(
                reterr, ERR_CREDENTIALS, "AWS_ROLE_ARN", "not set, although %s is", TOKEN_FILE);
        return CREDENTIALS_FAILED;
    }
    return creds_web_identity_fetch(context, &role, token_file, ret_credentials, reterr);
}

const struct credentials_provider creds_web_identity = {
    .name = "web identity", .is_skipped_with_profile = true, .fetch = fetch
};
