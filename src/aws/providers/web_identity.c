/* SPDX-License-Identifier: MIT */
#include "aws/providers/web_identity.h"

#include <stdio.h>

#include "aws/providers/token_file.h"

enum {
    PATH_MAX_BYTES = 4096
};

static const char TOKEN_FILE[] = "AWS_WEB_IDENTITY_TOKEN_FILE";

enum provider_outcome provider_web_identity_fetch(struct provider_context *context,
        const struct sts_role *role,
        const struct setting *token_file,
        struct credentials *ret_credentials,
        struct err *reterr)
{
    CLEANUP(secret_clear) struct secret value = SECRET_INIT(STS_TOKEN_MAX_BYTES);
    CLEANUP(text_clear) struct text path = TEXT_INIT(PATH_MAX_BYTES);
    const struct file_limits limits = { context->clock, context->calls->deadline_ms };
    /* What can be judged before the token is read is judged first. */
    if (!sts_check_role(role, reterr)
            || !setting_expand_path(token_file, context->settings->environment, &path, reterr)) {
        return PROVIDER_FAILED;
    }
    const struct token_file file = {
        .path = text_string(&path),
        .shown_path = setting_shown_path(token_file, &path),
        .setting = token_file->where,
        .form = TOKEN_WORD,
    };
    const struct sts_token token = { &value, file.shown_path };
    if (!token_file_read(&file, &limits, &value, reterr)) {
        return PROVIDER_FAILED;
    }
    if (!sts_assume_role_with_web_identity(context, role, &token, ret_credentials, reterr)) {
        return PROVIDER_FAILED;
    }
    (void)snprintf(ret_credentials->origin, sizeof(ret_credentials->origin),
            "web identity (role %s)", role->arn.value);
    (void)snprintf(ret_credentials->renewal, sizeof(ret_credentials->renewal),
            "STS gives new ones in exchange for the token in %s at each run", file.shown_path);
    return PROVIDER_FOUND;
}

static enum provider_outcome fetch(
        struct provider_context *context, struct credentials *ret_credentials, struct err *reterr)
{
    const struct environment *environment = context->settings->environment;
    struct setting token_file = { 0 };
    struct sts_role role = { 0 };
    if (!setting_from_variable(environment, TOKEN_FILE, &token_file)) {
        (void)err_set(reterr, ERR_CREDENTIALS, NULL, "%s is not set", TOKEN_FILE);
        return PROVIDER_ABSENT;
    }
    (void)setting_from_variable(environment, "AWS_ROLE_SESSION_NAME", &role.session_name);
    if (!setting_from_variable(environment, "AWS_ROLE_ARN", &role.arn)) {
        (void)err_set(
                reterr, ERR_CREDENTIALS, "AWS_ROLE_ARN", "not set, although %s is", TOKEN_FILE);
        return PROVIDER_FAILED;
    }
    return provider_web_identity_fetch(context, &role, &token_file, ret_credentials, reterr);
}

const struct provider provider_web_identity = {
    .name = "web identity", .is_skipped_with_profile = true, .fetch = fetch
};
