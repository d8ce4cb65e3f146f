/* Credentials that are in a profile of the shared files: aws_access_key_id and so on. */
/* SPDX-License-Identifier: MIT */
#include "aws/providers/provider.h"

static enum provider_wait wait(struct provider_context *context)
{
    return profile_section_find(context->profile, "aws_access_key_id") == NULL
            ? PROVIDER_NOT_CONFIGURED
            : PROVIDER_WAIT_NONE;
}

/* The property may be NULL. */
static bool read_field(enum credentials_field field,
        const struct profile_property *property,
        struct secret *ret_value,
        struct err *reterr)
{
    if (property == NULL) {
        return true;
    }
    secret_append_secret(ret_value, &property->value);
    return credentials_check_field(field, ret_value, profile_where(&property->place).text, reterr);
}

static enum provider_outcome fetch(
        struct provider_context *context, struct credentials *ret_credentials, struct err *reterr)
{
    const char *name = context->profile_name;
    const struct profile_property *key_id = profile_section_find(
            context->profile, "aws_access_key_id");
    const struct profile_property *secret_key = profile_section_find(
            context->profile, "aws_secret_access_key");
    const struct profile_property *token = profile_section_find(
            context->profile, "aws_session_token");
    if (key_id == NULL) {
        return provider_absent(reterr, "profile \"%s\" has no aws_access_key_id", name);
    }
    const struct profile_where where = profile_where(&key_id->place);
    if (secret_key == NULL) {
        (void)err_set(reterr, ERR_CREDENTIALS, where.text,
                "profile \"%s\" has aws_access_key_id but no aws_secret_access_key", name);
        return PROVIDER_FAILED;
    }
    if (token == NULL) {
        token = profile_section_find(context->profile, "aws_security_token"); /* its former name */
    }
    credentials_set_origin(ret_credentials, "profile \"%.64s\" (%.400s)", name, where.text);
    credentials_set_renewal(ret_credentials,
            "put new ones into profile \"%.64s\", whose keys start at %s", name, where.text);
    return read_field(CREDENTIALS_ACCESS_KEY_ID, key_id, &ret_credentials->access_key_id, reterr)
                    && read_field(CREDENTIALS_SECRET_ACCESS_KEY, secret_key,
                            &ret_credentials->secret_access_key, reterr)
                    && read_field(CREDENTIALS_SESSION_TOKEN, token, &ret_credentials->session_token,
                            reterr)
            ? PROVIDER_FOUND
            : PROVIDER_FAILED;
}

const struct provider provider_static_keys = {
    .name = "static keys", .wait = wait, .fetch = fetch
};
