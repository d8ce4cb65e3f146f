/*
 * Credentials of the selected profile: its own, or those of the role that it names. Source: AWS
 * SDKs reference guide, "Assume role credential provider".
 */
/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include "aws/config/profile_mistakes.h"
#include "aws/providers/sts.h"
#include "base/ascii.h"
#include "base/shown.h"

/* A profile with a role to assume. */
struct link {
    struct link *older; /* the profile whose source this one is; its role is assumed next */
    const char *profile_name;
    struct sts_role role;
};

/* The path from the selected profile through its sources to the first credentials. */
struct chain {
    struct link *newest;               /* NULL: the selected profile has no role */
    const struct provider *provider;   /* of the first credentials; NULL: there is none */
    struct profile_where source_where; /* where the last source is named */
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
    return err_set(reterr, ERR_CREDENTIALS, profile_where(&property->place).text, "%s", why);
}

/* --- the path to the first credentials --- */

static bool refuse_mfa(const struct provider_context *context, struct err *reterr)
{
    const struct profile_property *mfa = profile_section_find(context->profile, "mfa_serial");
    if (mfa == NULL) {
        return true;
    }
    (void)err_set(reterr, ERR_CREDENTIALS, profile_where(&mfa->place).text,
            "profile \"%s\" requires MFA (mfa_serial), and nobody is prompted for a code",
            context->profile_name);
    err_set_hint(reterr,
            "obtain a session first (aws sts assume-role, or a credential_process) and pass it in "
            "the environment");
    return false;
}

static bool push_role(
        const struct provider_context *context, struct chain *chain, struct err *reterr)
{
    struct link *link = calloc(1, sizeof(*link));
    if (link == NULL) {
        return err_set_no_memory(reterr);
    }
    (void)sts_find_role(context->profile, &link->role);
    (void)setting_from_key(context->profile, "external_id", &link->role.external_id);
    link->profile_name = context->profile_name;
    link->older = chain->newest;
    chain->newest = link;
    return sts_check_role(&link->role, reterr);
}

/* Adds the names from the first profile to the newest, an arrow after each. */
static void add_names(const struct link *newest, struct err *err)
{
    const struct link *printed = NULL;
    while (printed != newest) {
        const struct link *next = newest;
        while (next->older != printed) {
            next = next->older;
        }
        err_add_why(err, "\"%s\" -> ", next->profile_name);
        printed = next;
    }
}

static bool follow_source_profile(struct provider_context *context,
        const struct chain *chain,
        const struct profile_property *naming,
        struct err *reterr)
{
    const char *name = profile_property_text(naming);
    char shown[SHOWN_BYTES];
    const struct profile_section *source = profile_files_find(
            &context->settings->files, PROFILE_SECTION_PROFILE, name);
    if (source == NULL) {
        return err_set(reterr, ERR_CREDENTIALS, profile_where(&naming->place).text,
                "source_profile names a profile that does not exist: \"%s\"",
                shown_word(name, strlen(name), shown));
    }
    for (const struct link *at = chain->newest; at != NULL; at = at->older) {
        /* A profile with static keys may name itself. */
        bool is_itself = at == chain->newest
                && profile_section_find(source, "aws_access_key_id") != NULL;
        if (strcmp(at->profile_name, name) == 0 && !is_itself) {
            (void)fail_at(naming, reterr, "source_profile forms a loop: ");
            add_names(chain->newest, reterr);
            err_add_why(reterr, "\"%s\"", name);
            return false;
        }
    }
    context->profile_name = name;
    context->profile = source;
    return true;
}

static bool follow_credential_source(
        struct chain *chain, const struct profile_property *naming, struct err *reterr)
{
    static const struct {
        const char *name;
        const struct provider *provider;
    } SOURCES[] = {
        { "Environment", &provider_env },
        { "EcsContainer", &provider_container },
        { "Ec2InstanceMetadata", &provider_instance_role },
    };

    for (size_t i = 0; i < sizeof(SOURCES) / sizeof(SOURCES[0]); i++) {
        if (ascii_equals_ignoring_case(profile_property_text(naming), SOURCES[i].name)) {
            chain->provider = SOURCES[i].provider;
            return true;
        }
    }
    return fail_at(naming, reterr,
            "credential_source must be Environment, EcsContainer or Ec2InstanceMetadata");
}

/* Adds the profile of the context to the chain and moves on to its source. */
static bool follow(struct provider_context *context, struct chain *chain, struct err *reterr)
{
    const struct profile_property *profile = profile_section_find(
            context->profile, "source_profile");
    const struct profile_property *other = profile_section_find(
            context->profile, "credential_source");
    if (!refuse_mfa(context, reterr)) {
        return false;
    }
    if ((profile == NULL) == (other == NULL)) {
        return fail_at(profile_section_find(context->profile, "role_arn"), reterr,
                profile == NULL
                        ? "role_arn needs a source_profile or a credential_source"
                        : "both source_profile and credential_source are set: remove one of them");
    }
    chain->source_where = profile_where_key(profile != NULL ? profile : other);
    return push_role(context, chain, reterr)
            && (profile != NULL ? follow_source_profile(context, chain, profile, reterr)
                                : follow_credential_source(chain, other, reterr));
}

/* The provider of a profile's own credentials, in botocore's order; NULL if it has none. */
static const struct provider *find_own_provider(struct provider_context *context, bool is_source)
{
    static const struct provider *const ORDERS[PROFILE_FILE_COUNT][5] = {
        [PROFILE_FILE_CONFIG] = { &provider_profile_web_identity, &provider_sso, &provider_login,
                &provider_process, &provider_static_keys },
        [PROFILE_FILE_CREDENTIALS] = { &provider_profile_web_identity, &provider_sso,
                &provider_static_keys, &provider_login, &provider_process },
    };
    const struct profile_property *key = profile_section_find(
            context->profile, "aws_access_key_id");
    if (key != NULL && is_source) {
        return &provider_static_keys;
    }
    const struct provider *const *order =
            ORDERS[key == NULL ? PROFILE_FILE_CONFIG : key->place.file];
    size_t i = 0;
    while (i < 5 && order[i]->wait(context) == PROVIDER_NOT_CONFIGURED) {
        i++;
    }
    return i < 5 ? order[i] : NULL;
}

/* Whether the context's profile has a role to assume with the credentials of another profile. */
static bool has_role(const struct provider_context *context, bool is_source)
{
    return profile_section_find(context->profile, "role_arn") != NULL
            && profile_section_find(context->profile, "web_identity_token_file") == NULL
            && !(is_source && profile_section_find(context->profile, "aws_access_key_id") != NULL);
}

static bool find_chain(struct provider_context *context, struct chain *chain, struct err *reterr)
{
    context->profile_name = context->settings->profile_name;
    context->profile = context->settings->profile;
    while (chain->provider == NULL && has_role(context, chain->newest != NULL)) {
        if (!follow(context, chain, reterr)) {
            return false;
        }
    }
    if (chain->provider == NULL) {
        chain->provider = find_own_provider(context, chain->newest != NULL);
    }
    return true;
}

static enum provider_wait wait(struct provider_context *context)
{
    CLEANUP(clear_chain) struct chain chain = { 0 };
    struct err ignored;
    if (!find_chain(context, &chain, &ignored)) {
        return PROVIDER_WAIT_NONE;
    }
    enum provider_wait wait = chain.provider == NULL ? PROVIDER_NOT_CONFIGURED
                                                     : chain.provider->wait(context);
    if (chain.newest != NULL) {
        return wait == PROVIDER_NOT_CONFIGURED ? PROVIDER_WAIT_NONE : PROVIDER_WAIT_TLS;
    }
    return wait == PROVIDER_NOT_CONFIGURED
                    && !profile_mistakes_check(&context->settings->files, context->profile_name,
                            /* events= */ NULL, &ignored)
            ? PROVIDER_WAIT_NONE
            : wait;
}

/* --- the credentials --- */

/* PROVIDER_FAILED if something in the files is meant to give the profile credentials. */
static enum provider_outcome fail_or_absent(
        const struct provider_context *context, struct err *reterr)
{
    if (!profile_mistakes_check(
                &context->settings->files, context->profile_name, context->calls->events, reterr)) {
        err_set_hint(reterr,
                "correct or remove it: with it ignored, the credentials would be taken from elsewhere");
        return PROVIDER_FAILED;
    }
    return context->profile == NULL
            ? provider_absent(reterr, "there is no profile \"%s\"", context->profile_name)
            : provider_absent(reterr, "profile \"%s\" has no credentials", context->profile_name);
}

static enum provider_outcome fetch_first(struct provider_context *context,
        const struct chain *chain,
        struct credentials *ret_credentials,
        struct err *reterr)
{
    enum provider_outcome outcome = chain->provider == NULL
            ? fail_or_absent(context, reterr)
            : chain->provider->fetch(context, ret_credentials, reterr);
    if (outcome != PROVIDER_ABSENT || chain->newest == NULL) {
        return outcome;
    }
    /* The profile says where its credentials are: do not look elsewhere. */
    const struct err absent = *reterr;
    (void)err_set(reterr, ERR_CREDENTIALS, chain->source_where.text, "%s%s%s",
            chain->provider == NULL ? "" : chain->provider->name,
            chain->provider == NULL ? "" : ": ", absent.why);
    err_set_hint(reterr, "%s", absent.hint);
    err_set_code(reterr, absent.code);
    return PROVIDER_FAILED;
}

static bool assume_roles(struct provider_context *context,
        const struct chain *chain,
        struct credentials *credentials,
        struct err *reterr)
{
    for (const struct link *link = chain->newest; link != NULL; link = link->older) {
        CLEANUP(credentials_clear) struct credentials assumed = CREDENTIALS_INIT;
        const struct sts_caller caller = { .credentials = credentials };
        if (!provider_check(context, credentials, reterr)
                || !sts_assume_role(context, &link->role, &caller, &assumed, reterr)) {
            return false;
        }
        credentials_set_origin(&assumed, "role %.200s (profile \"%.64s\", by %.160s)",
                link->role.arn.value, link->profile_name, credentials->origin);
        credentials_move(credentials, &assumed);
    }
    return true;
}

static enum provider_outcome fetch(
        struct provider_context *context, struct credentials *ret_credentials, struct err *reterr)
{
    CLEANUP(clear_chain) struct chain chain = { 0 };
    if (!find_chain(context, &chain, reterr)) {
        return PROVIDER_FAILED;
    }
    enum provider_outcome outcome = fetch_first(context, &chain, ret_credentials, reterr);
    return outcome == PROVIDER_FOUND && !assume_roles(context, &chain, ret_credentials, reterr)
            ? PROVIDER_FAILED
            : outcome;
}

const struct provider provider_profile = { .name = "shared files", .wait = wait, .fetch = fetch };
