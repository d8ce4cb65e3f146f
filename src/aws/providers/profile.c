/* SPDX-License-Identifier: MIT */
#include "aws/providers/profile.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "aws/config/profile_mistakes.h"
#include "aws/providers/container.h"
#include "aws/providers/env.h"
#include "aws/providers/instance_role.h"
#include "aws/providers/login.h"
#include "aws/providers/process.h"
#include "aws/providers/sso.h"
#include "aws/providers/sts.h"
#include "aws/providers/web_identity.h"
#include "base/ascii.h"
#include "base/shown.h"

/* A profile with a role to assume; the newest link's role is assumed first. */
struct link {
    struct link *older;
    const char *profile_name;
    struct sts_role role;
};

/* Where the roles' chain has led to: the profile, or another provider, that has the first keys. */
struct chain {
    struct link *newest;
    const char *profile_name;
    const struct profile_section *profile;
    const struct provider *provider;        /* credential_source; NULL: the profile's own */
    char source_where[PROFILE_WHERE_BYTES]; /* who named it, unless it is the first one */
    bool has_static_keys;                   /* which a source profile's other keys yield to */
};

static void clear_chain(struct chain *chain)
{
    while (chain->newest != NULL) {
        struct link *link = chain->newest;
        chain->newest = link->older;
        free(link);
    }
}

static bool fail_at(const struct profile_property *property, struct err *reterr, const char *why)
{
    char where[PROFILE_WHERE_BYTES];
    profile_property_where(property, where);
    return err_set(reterr, ERR_CREDENTIALS, where, "%s", why);
}

/* --- following role_arn to its source --- */

static bool is_role(const struct profile_section *profile)
{
    return profile_section_find(profile, "role_arn") != NULL
            && profile_section_find(profile, "web_identity_token_file") == NULL;
}

static bool has_static_keys(const struct profile_section *profile)
{
    return profile_section_find(profile, "aws_access_key_id") != NULL;
}

static bool refuse_mfa(const struct chain *chain, struct err *reterr)
{
    const struct profile_property *mfa = profile_section_find(chain->profile, "mfa_serial");
    if (mfa == NULL) {
        return true;
    }
    char where[PROFILE_WHERE_BYTES];
    profile_property_where(mfa, where);
    (void)err_set(reterr, ERR_CREDENTIALS, where,
            "profile \"%s\" requires MFA (mfa_serial), and ssm-exec does not prompt",
            chain->profile_name);
    err_set_hint(reterr,
            "obtain a session first (aws sts assume-role, or a credential_process) and pass it in "
            "the environment");
    return false;
}

/* What both kinds of roles have; false without a role_arn. */
static bool find_role(const struct profile_section *profile, struct sts_role *ret_role)
{
    (void)setting_from_key(profile, "role_session_name", &ret_role->session_name);
    (void)setting_from_key(profile, "duration_seconds", &ret_role->duration_s);
    return setting_from_key(profile, "role_arn", &ret_role->arn);
}

static bool push_role(struct chain *chain, struct err *reterr)
{
    struct link *link = calloc(1, sizeof(*link));
    if (link == NULL) {
        return err_set_no_memory(reterr);
    }
    const struct profile_section *profile = chain->profile;
    link->profile_name = chain->profile_name;
    (void)find_role(profile, &link->role);
    (void)setting_from_key(profile, "external_id", &link->role.external_id);
    link->older = chain->newest;
    chain->newest = link;
    return sts_check_role(&link->role, reterr);
}

/* The names from the first profile on, for the error about a loop. */
static void append_names(const struct link *link, struct err *reterr)
{
    size_t count = 0;
    for (const struct link *at = link; at != NULL; at = at->older) {
        count++;
    }
    for (size_t left = count; left > 0; left--) {
        const struct link *at = link;
        for (size_t i = 1; i < left; i++) {
            at = at->older;
        }
        /* at is the left-th from the newest: walk from the oldest to the newest */
        err_add_why(reterr, "%s\"%s\"", left == count ? "" : " -> ", at->profile_name);
    }
}

static bool follow_source_profile(const struct provider_context *context,
        struct chain *chain,
        const struct profile_property *naming,
        struct err *reterr)
{
    const char *name = profile_property_text(naming);
    const struct profile_section *source = profile_files_find(
            &context->settings->files, PROFILE_SECTION_PROFILE, name);
    if (source == NULL) {
        (void)fail_at(naming, reterr, "source_profile names a profile that does not exist: ");
        char shown[SHOWN_BYTES];
        err_add_why(reterr, "\"%s\"", shown_word(name, strlen(name), shown));
        return false;
    }
    chain->has_static_keys = has_static_keys(source);
    for (const struct link *at = chain->newest; at != NULL; at = at->older) {
        bool is_itself = at == chain->newest && chain->has_static_keys;
        if (strcmp(at->profile_name, name) == 0 && !is_itself) {
            (void)fail_at(naming, reterr, "source_profile leads in a circle: ");
            append_names(chain->newest, reterr);
            err_add_why(reterr, " -> \"%s\"", name);
            return false;
        }
    }
    chain->profile_name = name;
    chain->profile = source;
    return true;
}

static bool follow_credential_source(
        struct chain *chain, const struct profile_property *naming, struct err *reterr)
{
    static const struct {
        const char *name;
        const struct provider *provider;
    } sources[] = {
        { "Environment", &provider_env },
        { "EcsContainer", &provider_container },
        { "Ec2InstanceMetadata", &provider_instance_role },
    };

    for (size_t i = 0; i < sizeof(sources) / sizeof(sources[0]); i++) {
        if (ascii_equals_ignoring_case(profile_property_text(naming), sources[i].name)) {
            chain->provider = sources[i].provider;
            return true;
        }
    }
    return fail_at(naming, reterr,
            "credential_source must be Environment, EcsContainer or Ec2InstanceMetadata");
}

static bool follow(const struct provider_context *context, struct chain *chain, struct err *reterr)
{
    while (chain->provider == NULL && is_role(chain->profile) && !chain->has_static_keys) {
        const struct profile_property *role = profile_section_find(chain->profile, "role_arn");
        const struct profile_property *source_profile = profile_section_find(
                chain->profile, "source_profile");
        const struct profile_property *credential_source = profile_section_find(
                chain->profile, "credential_source");
        if (!refuse_mfa(chain, reterr)) {
            return false;
        }
        if ((source_profile == NULL) == (credential_source == NULL)) {
            return fail_at(role, reterr,
                    source_profile == NULL
                            ? "role_arn needs a source_profile or a credential_source"
                            : "both source_profile and credential_source are set: one is too many");
        }
        if (!push_role(chain, reterr)) {
            return false;
        }
        profile_property_where_key(
                source_profile != NULL ? source_profile : credential_source, chain->source_where);
        bool followed = source_profile != NULL
                ? follow_source_profile(context, chain, source_profile, reterr)
                : follow_credential_source(chain, credential_source, reterr);
        if (!followed) {
            return false;
        }
    }
    return true;
}

/* --- the first keys --- */

/* ABSENT, but where the files hold something that was meant to give credentials: FAILED. */
static enum provider_outcome unless_dropped(
        const struct provider_context *context, const struct chain *chain, struct err *reterr)
{
    struct err dropped;
    if (profile_mistakes_check(
                &context->settings->files, chain->profile_name, context->calls->events, &dropped)) {
        return PROVIDER_ABSENT;
    }
    *reterr = dropped;
    err_set_hint(reterr,
            "it would be passed over in silence, and credentials looked for elsewhere: correct it or "
            "take it out");
    return PROVIDER_FAILED;
}

/* The value of a property that may be absent, checked under its file and line. */
static bool take_field(enum credentials_field field,
        const struct profile_property *property,
        struct secret *ret_value,
        struct err *reterr)
{
    char where[PROFILE_WHERE_BYTES];
    if (property == NULL) {
        return true;
    }
    profile_property_where(property, where);
    secret_append_secret(ret_value, &property->value);
    return credentials_check_field(field, ret_value, where, reterr);
}

static enum provider_outcome take_static_keys(
        const struct chain *chain, struct credentials *ret_credentials, struct err *reterr)
{
    const struct profile_property *access_key_id = profile_section_find(
            chain->profile, "aws_access_key_id");
    const struct profile_property *secret_access_key = profile_section_find(
            chain->profile, "aws_secret_access_key");
    const struct profile_property *token = profile_section_find(
            chain->profile, "aws_session_token");
    char where[PROFILE_WHERE_BYTES];
    profile_property_where(access_key_id, where);
    if (token == NULL) {
        token = profile_section_find(chain->profile, "aws_security_token"); /* its older name */
    }
    if (secret_access_key == NULL) {
        (void)err_set(reterr, ERR_CREDENTIALS, where,
                "profile \"%s\" has aws_access_key_id and no aws_secret_access_key",
                chain->profile_name);
        return PROVIDER_FAILED;
    }
    if (!take_field(
                CREDENTIALS_ACCESS_KEY_ID, access_key_id, &ret_credentials->access_key_id, reterr)
            || !take_field(CREDENTIALS_SECRET_ACCESS_KEY, secret_access_key,
                    &ret_credentials->secret_access_key, reterr)
            || !take_field(
                    CREDENTIALS_SESSION_TOKEN, token, &ret_credentials->session_token, reterr)) {
        return PROVIDER_FAILED;
    }
    (void)snprintf(ret_credentials->origin, sizeof(ret_credentials->origin),
            "profile \"%.64s\" (%.400s)", chain->profile_name, where);
    (void)snprintf(ret_credentials->renewal, sizeof(ret_credentials->renewal),
            "put new ones into profile \"%.64s\", whose keys begin at %s", chain->profile_name,
            where);
    return PROVIDER_FOUND;
}

static enum provider_outcome take_web_identity(struct provider_context *context,
        const struct chain *chain,
        const struct profile_property *token_file,
        struct credentials *ret_credentials,
        struct err *reterr)
{
    struct setting file = { 0 };
    struct sts_role role = { 0 };
    if (!find_role(chain->profile, &role)) {
        (void)fail_at(token_file, reterr, "web_identity_token_file is set, and role_arn is not");
        return PROVIDER_FAILED;
    }
    (void)setting_from_property(token_file, &file);
    return provider_web_identity_fetch(context, &role, &file, ret_credentials, reterr);
}

/* In botocore's order: where the static keys stand decides about their rank. */
static enum provider_outcome take_own_keys(struct provider_context *context,
        const struct chain *chain,
        struct credentials *ret_credentials,
        struct err *reterr)
{
    const struct profile_section *profile = chain->profile;
    const struct profile_property *key = profile_section_find(profile, "aws_access_key_id");
    const struct profile_property *token_file = profile_section_find(
            profile, "web_identity_token_file");
    const struct profile_property *login = profile_section_find(profile, "login_session");
    const struct profile_property *process = profile_section_find(profile, "credential_process");
    if (token_file != NULL && !chain->has_static_keys) {
        return take_web_identity(context, chain, token_file, ret_credentials, reterr);
    }
    if (provider_sso_is_configured(profile) && !chain->has_static_keys) {
        return provider_sso_fetch(context, chain->profile_name, profile, ret_credentials, reterr);
    }
    bool is_key_first = key != NULL
            && (chain->has_static_keys || key->file == PROFILE_FILE_CREDENTIALS);
    if (login != NULL && !is_key_first) {
        return provider_login_fetch(context, chain->profile_name, login, ret_credentials, reterr);
    }
    if (process != NULL && !is_key_first) {
        return provider_process_fetch(context, process, ret_credentials, reterr);
    }
    if (key != NULL) {
        return take_static_keys(chain, ret_credentials, reterr);
    }
    (void)err_set(reterr, ERR_CREDENTIALS, NULL, "profile \"%s\" has no credentials",
            chain->profile_name);
    return unless_dropped(context, chain, reterr);
}

static enum provider_outcome take_first_keys(struct provider_context *context,
        const struct chain *chain,
        struct credentials *ret_credentials,
        struct err *reterr)
{
    enum provider_outcome outcome = chain->provider != NULL
            ? chain->provider->fetch(context, ret_credentials, reterr)
            : take_own_keys(context, chain, ret_credentials, reterr);
    if (outcome != PROVIDER_ABSENT || chain->newest == NULL) {
        return outcome;
    }
    /* The profile said where its credentials are: not finding them there ends the search. */
    const struct err absent = *reterr;
    (void)err_set(reterr, ERR_CREDENTIALS, chain->source_where, "%s%s%s",
            chain->provider == NULL ? "" : chain->provider->name,
            chain->provider == NULL ? "" : ": ", absent.why);
    err_set_hint(reterr, "%s", absent.hint);
    err_set_code(reterr, absent.code);
    return PROVIDER_FAILED;
}

/* --- the roles --- */

static bool assume_roles(struct provider_context *context,
        const struct chain *chain,
        struct credentials *credentials,
        struct err *reterr)
{
    for (const struct link *link = chain->newest; link != NULL; link = link->older) {
        CLEANUP(credentials_clear) struct credentials assumed = CREDENTIALS_INIT;
        if (!provider_check(context, credentials, reterr)
                || !sts_assume_role(context, &link->role, credentials, &assumed, reterr)) {
            return false;
        }
        (void)snprintf(assumed.origin, sizeof(assumed.origin),
                "role %.200s (profile \"%.64s\", by %.160s)", link->role.arn.value,
                link->profile_name, credentials->origin);
        credentials_move(credentials, &assumed);
    }
    return true;
}

static enum provider_outcome fetch(
        struct provider_context *context, struct credentials *ret_credentials, struct err *reterr)
{
    CLEANUP(clear_chain)
    struct chain chain = { .profile_name = context->settings->profile_name,
        .profile = context->settings->profile };
    if (chain.profile == NULL) {
        (void)err_set(
                reterr, ERR_CREDENTIALS, NULL, "there is no profile \"%s\"", chain.profile_name);
        return unless_dropped(context, &chain, reterr);
    }
    if (!follow(context, &chain, reterr)) {
        return PROVIDER_FAILED;
    }
    enum provider_outcome outcome = take_first_keys(context, &chain, ret_credentials, reterr);
    if (outcome == PROVIDER_FOUND && !assume_roles(context, &chain, ret_credentials, reterr)) {
        return PROVIDER_FAILED;
    }
    return outcome;
}

const struct provider provider_profile = { .name = "shared files", .fetch = fetch };
