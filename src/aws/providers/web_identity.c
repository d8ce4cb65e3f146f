/*
 * Credentials for the bearer of a web identity token: EKS service accounts, CI systems. Source: AWS
 * SDKs reference guide, "Assume role credential provider".
 */
/* SPDX-License-Identifier: MIT */
#include "aws/providers/sts.h"
#include "aws/providers/token_file.h"

enum {
    PATH_MAX_BYTES = 4096
};

static const char TOKEN_FILE[] = "AWS_WEB_IDENTITY_TOKEN_FILE";
static const char TOKEN_FILE_KEY[] = "web_identity_token_file";

static enum provider_outcome assume(struct provider_context *context,
        const struct sts_role *role,
        const struct setting *token_file,
        struct credentials *ret_credentials,
        struct err *reterr)
{
    CLEANUP(secret_clear) struct secret token = SECRET_INIT(STS_TOKEN_MAX_BYTES);
    CLEANUP(text_clear) struct text path = TEXT_INIT(PATH_MAX_BYTES);
    if (!sts_check_role(role, reterr)
            || !token_file_read(context, token_file, TOKEN_WORD, &token, &path, reterr)) {
        return PROVIDER_FAILED;
    }
    const struct sts_caller caller = { .token = &token,
        .token_path = setting_shown_path(token_file, &path) };
    if (!sts_assume_role(context, role, &caller, ret_credentials, reterr)) {
        return PROVIDER_FAILED;
    }
    credentials_set_origin(ret_credentials, "web identity (role %s)", role->arn.value);
    credentials_set_renewal(ret_credentials,
            "STS gives new ones in exchange for the token in %s at each run", caller.token_path);
    return PROVIDER_FOUND;
}

/* --- from the environment --- */

static enum provider_wait wait(struct provider_context *context)
{
    const struct environment *environment = context->settings->environment;
    return environment_get(environment, TOKEN_FILE) == NULL        ? PROVIDER_NOT_CONFIGURED
            : environment_get(environment, "AWS_ROLE_ARN") == NULL ? PROVIDER_WAIT_NONE
                                                                   : PROVIDER_WAIT_TLS;
}

static enum provider_outcome fetch(
        struct provider_context *context, struct credentials *ret_credentials, struct err *reterr)
{
    const struct environment *environment = context->settings->environment;
    struct setting token_file = { 0 };
    struct sts_role role = { 0 };
    if (!setting_from_variable(environment, TOKEN_FILE, &token_file)) {
        return provider_absent(reterr, "%s is not set", TOKEN_FILE);
    }
    (void)setting_from_variable(environment, "AWS_ROLE_SESSION_NAME", &role.session_name);
    if (!setting_from_variable(environment, "AWS_ROLE_ARN", &role.arn)) {
        (void)err_set(
                reterr, ERR_CREDENTIALS, "AWS_ROLE_ARN", "not set, although %s is", TOKEN_FILE);
        return PROVIDER_FAILED;
    }
    return assume(context, &role, &token_file, ret_credentials, reterr);
}

const struct provider provider_web_identity = {
    .name = "web identity", .is_skipped_with_profile = true, .wait = wait, .fetch = fetch
};

/* --- from a profile --- */

static enum provider_wait wait_for_profile(struct provider_context *context)
{
    return profile_section_find(context->profile, TOKEN_FILE_KEY) == NULL ? PROVIDER_NOT_CONFIGURED
            : profile_section_find(context->profile, "role_arn") == NULL  ? PROVIDER_WAIT_NONE
                                                                          : PROVIDER_WAIT_TLS;
}

static enum provider_outcome fetch_for_profile(
        struct provider_context *context, struct credentials *ret_credentials, struct err *reterr)
{
    const struct profile_property *naming = profile_section_find(context->profile, TOKEN_FILE_KEY);
    struct setting token_file = { 0 };
    struct sts_role role = { 0 };
    if (!setting_from_property(naming, &token_file)) {
        return provider_absent(
                reterr, "profile \"%s\" has no %s", context->profile_name, TOKEN_FILE_KEY);
    }
    if (!sts_find_role(context->profile, &role)) {
        (void)err_set(reterr, ERR_CREDENTIALS, profile_where(&naming->place).text,
                "%s is set, but role_arn is not", TOKEN_FILE_KEY);
        return PROVIDER_FAILED;
    }
    return assume(context, &role, &token_file, ret_credentials, reterr);
}

const struct provider provider_profile_web_identity = {
    .name = "web identity", .wait = wait_for_profile, .fetch = fetch_for_profile
};
