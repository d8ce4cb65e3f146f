/* SPDX-License-Identifier: MIT */
#include "aws/creds_profile.h"

#include <stdio.h>

static enum credentials_outcome fetch(const struct credentials_context *context,
        struct credentials *ret_credentials,
        struct err *reterr)
{
    const struct settings *settings = context->settings;
    if (settings->profile == NULL) {
        (void)err_set(reterr, ERR_CREDENTIALS, NULL, "there is no profile \"%s\"",
                settings->profile_name);
        return CREDENTIALS_ABSENT;
    }
    const struct profile_property *access_key_id = profile_section_find(
            settings->profile, "aws_access_key_id");
    if (access_key_id == NULL) {
        (void)err_set(reterr, ERR_CREDENTIALS, NULL, "profile \"%s\" has no aws_access_key_id",
                settings->profile_name);
        return CREDENTIALS_ABSENT;
    }
    const struct secret *secret_access_key = profile_section_get_secret(
            settings->profile, "aws_secret_access_key");
    if (secret_access_key == NULL) {
        char where[PROFILE_WHERE_BYTES];
        profile_property_where(access_key_id, where);
        (void)err_set(reterr, ERR_CREDENTIALS, where,
                "profile \"%s\" has aws_access_key_id and no aws_secret_access_key",
                settings->profile_name);
        return CREDENTIALS_FAILED;
    }
    secret_append_secret(&ret_credentials->access_key_id, profile_property_secret(access_key_id));
    secret_append_secret(&ret_credentials->secret_access_key, secret_access_key);
    const struct secret *token = profile_section_get_secret(settings->profile, "aws_session_token");
    if (token != NULL) {
        secret_append_secret(&ret_credentials->session_token, token);
    }
    (void)snprintf(ret_credentials->origin, sizeof(ret_credentials->origin), "profile \"%s\"",
            settings->profile_name);
    return CREDENTIALS_FOUND;
}

const struct credentials_provider creds_profile = { .name = "shared files", .fetch = fetch };
