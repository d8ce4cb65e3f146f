/* SPDX-License-Identifier: MIT */
#include "aws/providers/chain.h"

#include <stddef.h>
#include <stdio.h>

#include "aws/providers/container.h"
#include "aws/providers/env.h"
#include "aws/providers/instance_role.h"
#include "aws/providers/profile.h"
#include "aws/providers/sts.h"
#include "aws/providers/web_identity.h"
#include "aws/service/imds.h"

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
    const struct option_value *profile = &context->settings->wish.profile;
    bool has_wish = profile->value != NULL && profile->value[0] != '\0';
    (void)err_set(&tried, ERR_CREDENTIALS, NULL, "no AWS credentials were found; tried");
    for (size_t i = 0; i < sizeof(chain) / sizeof(chain[0]); i++) {
        struct err err = { .kind = ERR_NONE };
        enum provider_outcome outcome = has_wish && chain[i]->is_skipped_with_profile
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
static bool find_wished_role(const struct settings *settings, struct sts_role *ret_role)
{
    (void)setting_from_variable(
            settings->environment, "AWS_ROLE_SESSION_NAME", &ret_role->session_name);
    return setting_from_option(&settings->wish.role_arn, &ret_role->arn);
}

static bool assume_wished_role(struct provider_context *context,
        const struct sts_role *role,
        struct credentials *credentials,
        struct err *reterr)
{
    CLEANUP(credentials_clear) struct credentials assumed = CREDENTIALS_INIT;
    if (!sts_assume_role(context, role, credentials, &assumed, reterr)) {
        return false;
    }
    (void)snprintf(assumed.origin, sizeof(assumed.origin), "role %.200s (%s, by %.250s)",
            role->arn.value, context->settings->wish.role_arn.name, credentials->origin);
    credentials_move(credentials, &assumed);
    return provider_check(context, credentials, reterr);
}

bool provider_chain_find(
        struct provider_context *context, struct credentials *ret_credentials, struct err *reterr)
{
    CLEANUP(credentials_clear) struct credentials found = CREDENTIALS_INIT;
    struct sts_role role = { 0 };
    bool has_role = find_wished_role(context->settings, &role);
    /* Before anything is asked for. */
    if (has_role && !sts_check_role(&role, reterr)) {
        return false;
    }
    if (search(context, &found, reterr) != PROVIDER_FOUND
            || !provider_check(context, &found, reterr)
            || (has_role && !assume_wished_role(context, &role, &found, reterr))) {
        return false;
    }
    credentials_move(ret_credentials, &found);
    return true;
}

/* --- the region --- */

/* Asks the metadata service, once. */
static bool find_region(struct provider_context *context, struct err *reterr)
{
    CLEANUP(secret_clear) struct secret body = SECRET_INIT(IMDS_REPLY_MAX_BYTES);
    struct err imds_err;
    if (imds_get(context->imds, "meta-data/placement/region", &body, &imds_err) == IMDS_GOOD) {
        if (settings_set_region(context->settings, secret_expose(&body),
                    "the region of EC2 instance metadata", reterr)) {
            return true;
        }
        err_set_replier(reterr, imds_address(context->imds));
        return false;
    }
    if (imds_err.kind == ERR_INPUT) {
        *reterr = imds_err; /* a setting that cannot be used */
        return false;
    }
    (void)err_set(reterr, ERR_INPUT, NULL,
            "no region: it is not known where to ask (EC2 instance metadata: %s)", imds_err.why);
    err_set_hint(reterr, "set AWS_REGION, give --region, or put region = ... into profile \"%s\"",
            context->settings->profile_name);
    return false;
}

bool provider_chain_need_region(struct provider_context *context, struct err *reterr)
{
    bool is_known = context->settings->region != NULL
            || (context->no_region.kind == ERR_NONE && find_region(context, &context->no_region));
    if (!is_known) {
        *reterr = context->no_region;
    }
    return is_known;
}
