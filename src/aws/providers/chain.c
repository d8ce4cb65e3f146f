/* SPDX-License-Identifier: MIT */
#include "aws/providers/chain.h"

#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "aws/config/profile_mistakes.h"
#include "aws/providers/container.h"
#include "aws/providers/env.h"
#include "aws/providers/instance_role.h"
#include "aws/providers/profile.h"
#include "aws/providers/sts.h"
#include "aws/providers/web_identity.h"

static const struct provider *const chain[] = {
    &provider_env,
    &provider_web_identity,
    &provider_profile,
    &provider_container,
    &provider_instance_role,
};

static enum provider_outcome not_asked(const char *option, struct err *reterr)
{
    (void)err_set(reterr, ERR_CREDENTIALS, NULL, "not asked: %s was given", option);
    return PROVIDER_ABSENT;
}

/* PROVIDER_ABSENT when nobody has any: *reterr lists what each said. */
static enum provider_outcome search(
        struct provider_context *context, struct credentials *ret_credentials, struct err *reterr)
{
    struct err tried;
    const struct option_value *profile = &context->settings->options.profile;
    bool is_profile_given = profile->value != NULL && profile->value[0] != '\0';
    (void)err_set(&tried, ERR_CREDENTIALS, NULL, "no AWS credentials were found; tried");
    for (size_t i = 0; i < sizeof(chain) / sizeof(chain[0]); i++) {
        struct err err = { .kind = ERR_NONE };
        enum provider_outcome outcome = is_profile_given && chain[i]->is_skipped_with_profile
                ? not_asked(profile->name, &err)
                : chain[i]->fetch(context, ret_credentials, &err);
        if (outcome != PROVIDER_ABSENT) {
            *reterr = err;
            return outcome;
        }
        err_add_why(&tried, "%s %s (%s)", i == 0 ? "" : ",", chain[i]->name, err.why);
    }
    *reterr = tried;
    err_set_hint(reterr,
            "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, name a profile with AWS_PROFILE or "
            "--profile, or give this machine or container a role");
    return PROVIDER_ABSENT;
}

/* False where there is none. */
static bool find_role_option(const struct settings *settings, struct sts_role *ret_role)
{
    (void)setting_from_variable(
            settings->environment, "AWS_ROLE_SESSION_NAME", &ret_role->session_name);
    return setting_from_option(&settings->options.role_arn, &ret_role->arn);
}

static bool assume_role_option(struct provider_context *context,
        const struct sts_role *role,
        struct credentials *credentials,
        struct err *reterr)
{
    CLEANUP(credentials_clear) struct credentials assumed = CREDENTIALS_INIT;
    if (!sts_assume_role(context, role, credentials, &assumed, reterr)) {
        return false;
    }
    (void)snprintf(assumed.origin, sizeof(assumed.origin), "role %.200s (%s, by %.250s)",
            role->arn.value, context->settings->options.role_arn.name, credentials->origin);
    credentials_move(credentials, &assumed);
    return provider_check(context, credentials, reterr);
}

bool provider_chain_find(
        struct provider_context *context, struct credentials *ret_credentials, struct err *reterr)
{
    CLEANUP(credentials_clear) struct credentials found = CREDENTIALS_INIT;
    struct sts_role role = { 0 };
    bool has_role = find_role_option(context->settings, &role);
    /* Before anything is asked for. */
    if (has_role && !sts_check_role(&role, reterr)) {
        return false;
    }
    if (search(context, &found, reterr) != PROVIDER_FOUND
            || !provider_check(context, &found, reterr)
            || (has_role && !assume_role_option(context, &role, &found, reterr))) {
        return false;
    }
    credentials_move(ret_credentials, &found);
    return true;
}

/* --- what will have to be waited for --- */

static bool has_key(const struct profile_section *profile, const char *key)
{
    return profile != NULL && profile_section_find(profile, key) != NULL;
}

static bool is_set(const struct settings *settings, const char *variable)
{
    return environment_get(settings->environment, variable) != NULL;
}

/* A token over plain HTTP or not: the containers' own endpoints have no TLS. */
static bool is_container_on_tls(const struct settings *settings)
{
    const char *uri = environment_get(settings->environment, "AWS_CONTAINER_CREDENTIALS_FULL_URI");
    return !is_set(settings, "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI")
            && strncmp(uri, "https:", 6) == 0;
}

enum provider_wait provider_chain_wait(const struct settings *settings)
{
    const struct profile_section *profile = settings->profile;
    bool names_profile = settings->options.profile.value != NULL;
    struct err ignored;
    if (settings->options.role_arn.value != NULL) {
        return PROVIDER_WAIT_TLS;
    }
    if (!names_profile && is_set(settings, "AWS_ACCESS_KEY_ID")) {
        return PROVIDER_WAIT_NONE;
    }
    if ((!names_profile && is_set(settings, "AWS_WEB_IDENTITY_TOKEN_FILE"))
            || has_key(profile, "role_arn") || has_key(profile, "sso_account_id")) {
        return PROVIDER_WAIT_TLS;
    }
    if (has_key(profile, "credential_process")) {
        return PROVIDER_WAIT_PROCESS;
    }
    if (has_key(profile, "aws_access_key_id") || has_key(profile, "login_session")) {
        return PROVIDER_WAIT_NONE;
    }
    if (!profile_mistakes_check(&settings->files, settings->profile_name, NULL, &ignored)) {
        return PROVIDER_WAIT_NONE; /* the search ends with an error */
    }
    if (is_set(settings, "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI")
            || is_set(settings, "AWS_CONTAINER_CREDENTIALS_FULL_URI")) {
        return is_container_on_tls(settings) ? PROVIDER_WAIT_TLS : PROVIDER_WAIT_PLAIN;
    }
    return PROVIDER_WAIT_METADATA;
}
