/* SPDX-License-Identifier: MIT */
#include "aws/credentials.h"

#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "aws/creds_container.h"
#include "aws/creds_env.h"
#include "aws/creds_imds.h"
#include "aws/creds_profile.h"
#include "aws/creds_web_identity.h"
#include "aws/imds.h"
#include "aws/sts.h"
#include "base/ascii.h"
#include "base/timestamp.h"

static const struct credentials_provider *const chain[] = {
    &creds_env,
    &creds_web_identity,
    &creds_profile,
    &creds_container,
    &creds_imds,
};

void credentials_clear(struct credentials *credentials)
{
    secret_clear(&credentials->access_key_id);
    secret_clear(&credentials->secret_access_key);
    secret_clear(&credentials->session_token);
    credentials->expires_s = 0;
    credentials->may_be_past_expiry = false;
    credentials->origin[0] = '\0';
    credentials->renewal[0] = '\0';
}

static bool is_quotation_mark(char c)
{
    return c == '"' || c == '\'';
}

/* What a field cannot hold; NULL: there is nothing of it. */
static const char *find_foreign(enum credentials_field field, const struct secret *value)
{
    const char *bytes = secret_expose(value);
    size_t len = secret_len(value);
    for (size_t i = 0; i < len; i++) {
        bool is_at_end = i == 0 || i + 1 == len;
        if (ascii_is_control(bytes[i])) {
            return "holds a line break or another control character";
        }
        if (is_quotation_mark(bytes[i])) {
            return is_at_end ? "begins or ends with a quotation mark" : "holds a quotation mark";
        }
        if (ascii_is_blank(bytes[i])) {
            return is_at_end ? "begins or ends with a blank" : "holds a blank";
        }
        if ((unsigned char)bytes[i] >= 0x80) {
            return "holds a character that is not ASCII";
        }
        /* These end the field where it stands in the Authorization header. */
        if (field == CREDENTIALS_ACCESS_KEY_ID && strchr("/,=", bytes[i]) != NULL) {
            return "holds a '/', ',' or '='";
        }
    }
    return NULL;
}

bool credentials_check_field(enum credentials_field field,
        const struct secret *value,
        const char *where,
        struct err *reterr)
{
    static const char *const names[] = { [CREDENTIALS_ACCESS_KEY_ID] = "access key id",
        [CREDENTIALS_SECRET_ACCESS_KEY] = "secret access key",
        [CREDENTIALS_SESSION_TOKEN] = "session token" };
    if (!secret_check(value, where, reterr)) {
        reterr->kind = ERR_CREDENTIALS;
        return false;
    }
    if (secret_is_empty(value)) {
        return field == CREDENTIALS_SESSION_TOKEN
                || err_set(reterr, ERR_CREDENTIALS, where, "the %s is empty", names[field]);
    }
    const char *foreign = find_foreign(field, value);
    if (foreign == NULL) {
        return true;
    }
    (void)err_set(reterr, ERR_CREDENTIALS, where, "the %s %s", names[field], foreign);
    err_set_hint(reterr,
            strstr(foreign, "quotation") != NULL
                    ? "take the quotation marks out: only a shell removes them"
                    : "AWS issues none like it: was it pasted, or read from a file with a line end?");
    return false;
}

static bool check_expiry(const struct credentials_context *context,
        const struct credentials *credentials,
        struct err *reterr)
{
    int64_t now_s = clock_realtime_s(context->clock) + context->skew_s;
    if (credentials->expires_s == 0 || credentials->expires_s > now_s + CREDENTIALS_MARGIN_S) {
        return true;
    }
    bool is_past = credentials->expires_s <= now_s;
    char time[TIMESTAMP_ISO8601_BYTES];
    timestamp_format_iso8601(credentials->expires_s, time);
    if (credentials->may_be_past_expiry) {
        event_emit(context->calls->events, EVENT_WARNING, credentials->origin,
                "these credentials %s at %s; used all the same, since EC2 extends them",
                is_past ? "expired" : "expire", time);
        return true;
    }
    (void)err_set(reterr, ERR_CREDENTIALS, credentials->origin, "these credentials %s at %s",
            is_past ? "expired" : "expire in less than a minute,", time);
    err_set_hint(reterr, "%s; and check this machine's clock", credentials->renewal);
    return false;
}

bool credentials_check(const struct credentials_context *context,
        const struct credentials *credentials,
        struct err *reterr)
{
    const char *origin = credentials->origin;
    return credentials_check_field(
                   CREDENTIALS_ACCESS_KEY_ID, &credentials->access_key_id, origin, reterr)
            && credentials_check_field(
                    CREDENTIALS_SECRET_ACCESS_KEY, &credentials->secret_access_key, origin, reterr)
            && credentials_check_field(
                    CREDENTIALS_SESSION_TOKEN, &credentials->session_token, origin, reterr)
            && check_expiry(context, credentials, reterr);
}

void credentials_move(struct credentials *to, struct credentials *from)
{
    credentials_clear(to);
    *to = *from;
    *from = CREDENTIALS_INIT;
}

enum credentials_outcome credentials_absent(struct err *reterr, const char *why)
{
    (void)err_set(reterr, ERR_CREDENTIALS, NULL, "%s", why);
    return CREDENTIALS_ABSENT;
}

/* Asks the metadata service, once. */
static bool find_region(struct credentials_context *context, struct err *reterr)
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

bool credentials_need_region(struct credentials_context *context, struct err *reterr)
{
    bool is_known = context->settings->region != NULL
            || (context->no_region.kind == ERR_NONE && find_region(context, &context->no_region));
    if (!is_known) {
        *reterr = context->no_region;
    }
    return is_known;
}

void credentials_will_come(const struct credentials_context *context, const struct uri *asked)
{
    const struct settings *settings = context->settings;
    if (context->meanwhile == NULL || settings->region == NULL) {
        return;
    }
    bool is_same_server = asked != NULL
            && strcmp(asked->authority, settings->ssm_endpoint.authority) == 0;
    bool is_dear = asked != NULL && asked->is_https && context->meanwhile_costs_trust;
    if (!is_same_server && !is_dear) {
        context->meanwhile->begin(context->meanwhile);
    }
}

/* --- the chain --- */

static enum credentials_outcome not_asked(const char *option, struct err *reterr)
{
    (void)err_set(reterr, ERR_CREDENTIALS, NULL, "not asked: %s was given", option);
    return CREDENTIALS_ABSENT;
}

/* CREDENTIALS_ABSENT when nobody has any: *reterr lists what each said. */
static enum credentials_outcome search(struct credentials_context *context,
        struct credentials *ret_credentials,
        struct err *reterr)
{
    struct err tried;
    const struct option_value *profile = &context->settings->wish.profile;
    bool has_wish = profile->value != NULL && profile->value[0] != '\0';
    (void)err_set(&tried, ERR_CREDENTIALS, NULL, "no AWS credentials were found; tried");
    for (size_t i = 0; i < sizeof(chain) / sizeof(chain[0]); i++) {
        struct err err = { .kind = ERR_NONE };
        enum credentials_outcome outcome = has_wish && chain[i]->is_skipped_with_profile
                ? not_asked(profile->name, &err)
                : chain[i]->fetch(context, ret_credentials, &err);
        if (outcome != CREDENTIALS_ABSENT) {
            *reterr = err;
            return outcome;
        }
        err_add_why(&tried, "%s %s (%s)", i == 0 ? "" : ",", chain[i]->name, err.why);
    }
    *reterr = tried;
    err_set_hint(reterr,
            "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, name a profile with AWS_PROFILE or "
            "--profile, or give this machine or container a role");
    return CREDENTIALS_ABSENT;
}

/* False where there is none. */
static bool find_wished_role(const struct settings *settings, struct sts_role *ret_role)
{
    (void)setting_from_variable(
            settings->environment, "AWS_ROLE_SESSION_NAME", &ret_role->session_name);
    return setting_from_option(&settings->wish.role_arn, &ret_role->arn);
}

static bool assume_wished_role(struct credentials_context *context,
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
    return credentials_check(context, credentials, reterr);
}

bool credentials_find(struct credentials_context *context,
        struct credentials *ret_credentials,
        struct err *reterr)
{
    CLEANUP(credentials_clear) struct credentials found = CREDENTIALS_INIT;
    struct sts_role role = { 0 };
    bool has_role = find_wished_role(context->settings, &role);
    /* Before anything is asked for. */
    if (has_role && !sts_check_role(&role, reterr)) {
        return false;
    }
    if (search(context, &found, reterr) != CREDENTIALS_FOUND
            || !credentials_check(context, &found, reterr)
            || (has_role && !assume_wished_role(context, &role, &found, reterr))) {
        return false;
    }
    credentials_move(ret_credentials, &found);
    return true;
}
