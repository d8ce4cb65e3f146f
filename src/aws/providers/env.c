/* SPDX-License-Identifier: MIT */
#include "aws/providers/env.h"

#include <stdio.h>

#include "base/timestamp.h"

static const char EXPIRATION[] = "AWS_CREDENTIAL_EXPIRATION";

static bool take_expiration(const struct environment *environment,
        struct credentials *ret_credentials,
        struct err *reterr)
{
    const char *expiration = environment_get(environment, EXPIRATION);
    if (expiration != NULL && !timestamp_parse_iso8601(expiration, &ret_credentials->expires_s)) {
        return err_set(
                reterr, ERR_CREDENTIALS, EXPIRATION, "not a time such as 2026-11-24T08:12:30Z");
    }
    return true;
}

static bool check_fields(
        const struct credentials *credentials, const char *token_variable, struct err *reterr)
{
    return credentials_check_field(CREDENTIALS_ACCESS_KEY_ID, &credentials->access_key_id,
                   "AWS_ACCESS_KEY_ID", reterr)
            && credentials_check_field(CREDENTIALS_SECRET_ACCESS_KEY,
                    &credentials->secret_access_key, "AWS_SECRET_ACCESS_KEY", reterr)
            && credentials_check_field(
                    CREDENTIALS_SESSION_TOKEN, &credentials->session_token, token_variable, reterr);
}

static enum provider_outcome fetch(
        struct provider_context *context, struct credentials *ret_credentials, struct err *reterr)
{
    const struct environment *environment = context->settings->environment;
    const char *access_key_id = environment_get(environment, "AWS_ACCESS_KEY_ID");
    if (access_key_id == NULL) {
        return provider_absent(reterr, "AWS_ACCESS_KEY_ID is not set");
    }
    const char *secret_access_key = environment_get(environment, "AWS_SECRET_ACCESS_KEY");
    if (secret_access_key == NULL) {
        (void)err_set(reterr, ERR_CREDENTIALS, "AWS_SECRET_ACCESS_KEY",
                "not set, although AWS_ACCESS_KEY_ID is");
        return PROVIDER_FAILED;
    }
    /* AWS_SECURITY_TOKEN is the older name. */
    const char *token_variable = "AWS_SESSION_TOKEN";
    const char *token = environment_get(environment, token_variable);
    if (token == NULL) {
        token_variable = "AWS_SECURITY_TOKEN";
        token = environment_get(environment, token_variable);
    }
    secret_append_text(&ret_credentials->access_key_id, access_key_id);
    secret_append_text(&ret_credentials->secret_access_key, secret_access_key);
    secret_append_text(&ret_credentials->session_token, token == NULL ? "" : token);
    (void)snprintf(ret_credentials->origin, sizeof(ret_credentials->origin), "environment");
    (void)snprintf(ret_credentials->renewal, sizeof(ret_credentials->renewal),
            "set new ones in AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY%s%s%s",
            token == NULL ? " (AWS_SESSION_TOKEN is not set)" : " and ",
            token == NULL ? "" : token_variable,
            environment_get(environment, EXPIRATION) == NULL ? ""
                                                             : ", and AWS_CREDENTIAL_EXPIRATION");
    return check_fields(ret_credentials, token_variable, reterr)
                    && take_expiration(environment, ret_credentials, reterr)
            ? PROVIDER_FOUND
            : PROVIDER_FAILED;
}

const struct provider provider_env = {
    .name = "environment", .is_skipped_with_profile = true, .fetch = fetch
};
