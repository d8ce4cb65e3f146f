/* Credentials from AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN. */
/* SPDX-License-Identifier: MIT */
#include "aws/providers/provider.h"
#include "base/timestamp.h"

static const char ACCESS_KEY_ID[] = "AWS_ACCESS_KEY_ID";
static const char SECRET_ACCESS_KEY[] = "AWS_SECRET_ACCESS_KEY";
static const char SESSION_TOKEN[] = "AWS_SESSION_TOKEN";
static const char OLD_SESSION_TOKEN[] = "AWS_SECURITY_TOKEN"; /* its former name */
static const char EXPIRATION[] = "AWS_CREDENTIAL_EXPIRATION";

static enum provider_wait wait(struct provider_context *context)
{
    return environment_get(context->settings->environment, ACCESS_KEY_ID) == NULL
            ? PROVIDER_NOT_CONFIGURED
            : PROVIDER_WAIT_NONE;
}

static bool read_field(const struct environment *environment,
        enum credentials_field field,
        const char *variable,
        struct secret *ret_value,
        struct err *reterr)
{
    const char *value = environment_get(environment, variable);
    secret_append_string(ret_value, value == NULL ? "" : value);
    return credentials_check_field(field, ret_value, variable, reterr);
}

static bool read_expiration(
        const struct environment *environment, int64_t *ret_expires_s, struct err *reterr)
{
    const char *expiration = environment_get(environment, EXPIRATION);
    return expiration == NULL || timestamp_parse_iso8601(expiration, ret_expires_s)
            || err_set(
                    reterr, ERR_CREDENTIALS, EXPIRATION, "not a time such as 2026-11-24T08:12:30Z");
}

static enum provider_outcome fetch(
        struct provider_context *context, struct credentials *ret_credentials, struct err *reterr)
{
    const struct environment *environment = context->settings->environment;
    if (wait(context) == PROVIDER_NOT_CONFIGURED) {
        return provider_absent(reterr, "%s is not set", ACCESS_KEY_ID);
    }
    if (environment_get(environment, SECRET_ACCESS_KEY) == NULL) {
        (void)err_set(reterr, ERR_CREDENTIALS, SECRET_ACCESS_KEY, "not set, although %s is",
                ACCESS_KEY_ID);
        return PROVIDER_FAILED;
    }
    const char *token = environment_get(environment, SESSION_TOKEN) == NULL
                    && environment_get(environment, OLD_SESSION_TOKEN) != NULL
            ? OLD_SESSION_TOKEN
            : SESSION_TOKEN;
    bool has_token = environment_get(environment, token) != NULL;
    credentials_set_origin(ret_credentials, "environment");
    credentials_set_renewal(ret_credentials, "set new ones in %s, %s%s%s%s", ACCESS_KEY_ID,
            SECRET_ACCESS_KEY, has_token ? " and " : " (AWS_SESSION_TOKEN is not set)",
            has_token ? token : "",
            environment_get(environment, EXPIRATION) == NULL ? ""
                                                             : ", and AWS_CREDENTIAL_EXPIRATION");
    return read_field(environment, CREDENTIALS_ACCESS_KEY_ID, ACCESS_KEY_ID,
                   &ret_credentials->access_key_id, reterr)
                    && read_field(environment, CREDENTIALS_SECRET_ACCESS_KEY, SECRET_ACCESS_KEY,
                            &ret_credentials->secret_access_key, reterr)
                    && read_field(environment, CREDENTIALS_SESSION_TOKEN, token,
                            &ret_credentials->session_token, reterr)
                    && read_expiration(environment, &ret_credentials->expires_s, reterr)
            ? PROVIDER_FOUND
            : PROVIDER_FAILED;
}

const struct provider provider_env = {
    .name = "environment", .is_skipped_with_profile = true, .wait = wait, .fetch = fetch
};
