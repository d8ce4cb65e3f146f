/* SPDX-License-Identifier: MIT */
#include "aws/providers/chain.h"

#include <stddef.h>

#include "aws/providers/sts.h"

static const struct provider *const CHAIN[] = { &provider_env, &provider_web_identity,
    &provider_profile, &provider_container, &provider_instance_role };

enum {
    CHAIN_LEN = sizeof(CHAIN) / sizeof(CHAIN[0])
};

static bool is_skipped(const struct provider *provider, const struct settings *settings)
{
    struct setting profile = { 0 };
    return provider->is_skipped_with_profile
            && setting_from_option(&settings->options.profile, &profile);
}

/* --- the search --- */

/* PROVIDER_ABSENT if none has any: *reterr lists what each of them lacks. */
static enum provider_outcome search(
        struct provider_context *context, struct credentials *ret_credentials, struct err *reterr)
{
    struct err tried;
    (void)err_set(&tried, ERR_CREDENTIALS, NULL, "no AWS credentials were found; tried");
    for (size_t i = 0; i < CHAIN_LEN; i++) {
        struct err err;
        enum provider_outcome outcome = is_skipped(CHAIN[i], context->settings)
                ? provider_absent(
                        &err, "skipped: %s was given", context->settings->options.profile.name)
                : CHAIN[i]->fetch(context, ret_credentials, &err);
        if (outcome == PROVIDER_FAILED) {
            *reterr = err;
        }
        if (outcome != PROVIDER_ABSENT) {
            return outcome;
        }
        err_add_why(&tried, "%s %s (%s)", i == 0 ? "" : ",", CHAIN[i]->name, err.why);
    }
    *reterr = tried;
    err_set_hint(reterr,
            "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, name a profile with AWS_PROFILE or "
            "--profile, or give this machine or container a role");
    return PROVIDER_ABSENT;
}

/* The role of --role-arn. False if it is not given. */
static bool find_role(const struct settings *settings, struct sts_role *ret_role)
{
    (void)setting_from_variable(
            settings->environment, "AWS_ROLE_SESSION_NAME", &ret_role->session_name);
    return setting_from_option(&settings->options.role_arn, &ret_role->arn);
}

static bool assume_role(struct provider_context *context,
        const struct sts_role *role,
        struct credentials *credentials,
        struct err *reterr)
{
    CLEANUP(credentials_clear) struct credentials assumed = CREDENTIALS_INIT;
    const struct sts_caller caller = { .credentials = credentials };
    if (!sts_assume_role(context, role, &caller, &assumed, reterr)) {
        return false;
    }
    credentials_set_origin(&assumed, "role %.200s (%s, by %.250s)", role->arn.value,
            context->settings->options.role_arn.name, credentials->origin);
    credentials_move(credentials, &assumed);
    return provider_check(context, credentials, reterr);
}

bool provider_chain_find(
        struct provider_context *context, struct credentials *ret_credentials, struct err *reterr)
{
    CLEANUP(credentials_clear) struct credentials found = CREDENTIALS_INIT;
    struct sts_role role = { 0 };
    bool has_role = find_role(context->settings, &role);
    if ((has_role && !sts_check_role(&role, reterr))
            || search(context, &found, reterr) != PROVIDER_FOUND
            || !provider_check(context, &found, reterr)
            || (has_role && !assume_role(context, &role, &found, reterr))) {
        return false;
    }
    credentials_move(ret_credentials, &found);
    return true;
}

/* --- what the search will wait for --- */

enum provider_wait provider_chain_wait(struct provider_context *context)
{
    enum provider_wait wait = PROVIDER_NOT_CONFIGURED;
    struct sts_role role = { 0 };
    struct err ignored;
    if (find_role(context->settings, &role)) {
        return sts_check_role(&role, &ignored) ? PROVIDER_WAIT_TLS : PROVIDER_WAIT_NONE;
    }
    for (size_t i = 0; i < CHAIN_LEN && wait == PROVIDER_NOT_CONFIGURED; i++) {
        wait = is_skipped(CHAIN[i], context->settings) ? wait : CHAIN[i]->wait(context);
    }
    return wait;
}
