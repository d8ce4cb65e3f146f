/*
 * Credentials of IAM Identity Center (SSO), for the token in the cache of "aws sso login". The token
 * is never refreshed, because that would have to write to the cache. Source: AWS SDKs reference guide,
 * "IAM Identity Center credential provider"; SSO Portal API reference, GetRoleCredentials.
 */
/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "aws/providers/document.h"
#include "aws/providers/provider.h"
#include "aws/region.h"
#include "aws/service/plain_call.h"
#include "aws/sign/digest.h"
#include "base/home.h"
#include "base/shown.h"
#include "base/timestamp.h"

enum {
    CACHE_FILE_MAX_BYTES = 64 * 1024,
    PATH_MAX_BYTES = 4096,
};

/* The settings of the profile and its session together. */
struct sso {
    const char *profile_name;
    struct setting start_url;
    struct setting region;
    struct setting account_id;
    struct setting role_name;
    struct setting cache_key; /* the session's name; without a session, the start URL */
};

/* --- the settings --- */

static bool is_configured(const struct profile_section *profile)
{
    return profile_section_find(profile, "sso_account_id") != NULL
            || profile_section_find(profile, "sso_role_name") != NULL;
}

/* A key of the session, which the profile may repeat but not contradict. */
static bool find_shared_key(const struct profile_section *profile,
        const struct profile_section *session,
        const char *key,
        struct setting *ret_setting,
        struct err *reterr)
{
    struct setting own = { 0 };
    bool has_own = setting_from_key(profile, key, &own);
    if (!setting_from_key(session, key, ret_setting)) {
        *ret_setting = own;
    } else if (has_own && strcmp(own.value, ret_setting->value) != 0) {
        return err_set(reterr, ERR_CREDENTIALS, own.where,
                "differs from that of the sso-session, at %s", ret_setting->where);
    }
    return true;
}

static bool check_complete(const struct sso *sso, struct err *reterr)
{
    const struct {
        const char *key;
        const struct setting *setting;
    } REQUIRED[] = { { "sso_start_url", &sso->start_url }, { "sso_region", &sso->region },
        { "sso_account_id", &sso->account_id }, { "sso_role_name", &sso->role_name } };
    const struct setting *there = sso->account_id.value != NULL ? &sso->account_id
                                                                : &sso->role_name;

    bool is_complete = true;
    for (size_t i = 0; i < sizeof(REQUIRED) / sizeof(REQUIRED[0]); i++) {
        if (REQUIRED[i].setting->value == NULL && is_complete) {
            is_complete = err_set(reterr, ERR_CREDENTIALS, there->where,
                    "profile \"%s\" lacks settings for SSO: %s", sso->profile_name,
                    REQUIRED[i].key);
        } else if (REQUIRED[i].setting->value == NULL) {
            err_add_why(reterr, ", %s", REQUIRED[i].key);
        }
    }
    return is_complete;
}

static bool read_profile(
        const struct provider_context *context, struct sso *ret_sso, struct err *reterr)
{
    const struct profile_section *profile = context->profile;
    const struct profile_section *session = NULL;
    *ret_sso = (struct sso){ .profile_name = context->profile_name };
    if (setting_from_key(profile, "sso_session", &ret_sso->cache_key)) {
        const char *name = ret_sso->cache_key.value;
        char shown[SHOWN_BYTES];
        session = profile_files_find(&context->settings->files, PROFILE_SECTION_SSO_SESSION, name);
        if (session == NULL) {
            return err_set(reterr, ERR_CREDENTIALS, ret_sso->cache_key.where,
                    "there is no section [sso-session %s]", shown_word(name, strlen(name), shown));
        }
    }
    (void)setting_from_key(profile, "sso_account_id", &ret_sso->account_id);
    (void)setting_from_key(profile, "sso_role_name", &ret_sso->role_name);
    if (!find_shared_key(profile, session, "sso_start_url", &ret_sso->start_url, reterr)
            || !find_shared_key(profile, session, "sso_region", &ret_sso->region, reterr)
            || !check_complete(ret_sso, reterr)) {
        return false;
    }
    if (session == NULL) {
        ret_sso->cache_key = ret_sso->start_url;
    }
    return region_check(ret_sso->region.value, ret_sso->region.where, reterr);
}

static enum provider_wait wait(struct provider_context *context)
{
    struct sso sso;
    struct err ignored;
    return !is_configured(context->profile)         ? PROVIDER_NOT_CONFIGURED
            : read_profile(context, &sso, &ignored) ? PROVIDER_WAIT_TLS
                                                    : PROVIDER_WAIT_NONE;
}

/* --- the cached token --- */

static bool needs_login(const struct sso *sso, struct err *reterr, const char *what)
{
    (void)err_set(reterr, ERR_CREDENTIALS, sso->cache_key.where,
            "the SSO session of profile \"%s\" %s", sso->profile_name, what);
    err_set_hint(reterr, "run: aws sso login --profile %s", sso->profile_name);
    return false;
}

static bool find_cache_file(const struct provider_context *context,
        const struct sso *sso,
        struct text *ret_path,
        struct err *reterr)
{
    char hash[DIGEST_SHA1_HEX_BYTES];
    if (!digest_sha1_hex(sso->cache_key.value, hash, reterr)) {
        return false;
    }
    if (!home_expand(context->settings->environment, "~/.aws/sso/cache/", ret_path)) {
        return needs_login(sso, reterr, "is unknown: HOME is not set");
    }
    text_append_format(ret_path, "%s.json", hash);
    return text_check(ret_path, "~/.aws/sso/cache", reterr);
}

static bool check_token_expiry(const struct provider_context *context,
        const struct sso *sso,
        struct json_value root,
        struct err *reterr)
{
    CLEANUP(text_clear) struct text expires = TEXT_INIT(64);
    int64_t expires_s = 0;
    if (!json_find_text(root, "expiresAt", &expires)
            || !timestamp_parse_iso8601(text_string(&expires), &expires_s)) {
        return needs_login(sso, reterr, "has an unusable cache file (no expiresAt)");
    }
    if (expires_s <= clock_realtime_s(context->clock)) {
        char time[TIMESTAMP_ISO8601_BYTES];
        timestamp_format_iso8601(expires_s, time);
        (void)needs_login(sso, reterr, "expired at ");
        err_add_why(reterr, "%s", time);
        return false;
    }
    return true;
}

static bool read_token(const struct provider_context *context,
        const struct sso *sso,
        struct secret *ret_token,
        struct err *reterr)
{
    CLEANUP(text_clear) struct text path = TEXT_INIT(PATH_MAX_BYTES);
    CLEANUP(secret_clear) struct secret contents = SECRET_INIT(CACHE_FILE_MAX_BYTES);
    CLEANUP(json_document_clear) struct json_document document = { 0 };
    const struct file_limits limits = { context->clock, context->calls->deadline_ms };
    enum file_presence presence = FILE_ABSENT;
    struct json_value token;
    struct err ignored;
    if (!find_cache_file(context, sso, &path, reterr)
            || !file_read(text_string(&path), &limits, &contents, &presence, reterr)) {
        return false;
    }
    if (presence == FILE_ABSENT) {
        (void)needs_login(sso, reterr, "is missing: nobody has signed in here");
        err_add_why(reterr, " (there is no %s)", text_string(&path));
        return false;
    }
    if (!json_parse(&contents, JSON_TOKENS_REPLY, NULL, &document, &ignored)
            || !json_find_typed(json_root(&document), "accessToken", JSON_STRING, &token)
            || !json_decode_secret(token, NULL, ret_token, &ignored) || secret_is_empty(ret_token)
            || strpbrk(secret_expose(ret_token), "\r\n") != NULL) {
        return needs_login(sso, reterr, "has an unusable cache file (no accessToken)");
    }
    return check_token_expiry(context, sso, json_root(&document), reterr)
            && secret_check(ret_token, text_string(&path), reterr);
}

/* --- the portal --- */

static bool read_refusal(const struct sso *sso, const struct plain_call *plain, struct err *reterr)
{
    if (plain->status == 401) {
        (void)needs_login(sso, reterr, "is no longer valid");
        service_error_report(&plain->refusal, reterr);
        return false;
    }
    (void)plain_call_refuse(plain, reterr);
    err_set_hint(reterr,
            "is the permission set %s (%s) in account %s assigned to whoever signed in, and is %s the "
            "region of IAM Identity Center (%s)?",
            sso->role_name.value, sso->role_name.where, sso->account_id.value, sso->region.value,
            sso->region.where);
    return false;
}

static bool read_reply(
        const struct plain_call *plain, struct credentials *ret_credentials, struct err *reterr)
{
    static const struct document_members members = {
        .access_key_id = "accessKeyId",
        .secret_access_key = "secretAccessKey",
        .session_token = "sessionToken",
        .expiration_ms = "expiration",
    };
    CLEANUP(json_document_clear) struct json_document document = { 0 };
    struct json_value role;
    bool is_json = json_parse(&plain->body, JSON_TOKENS_REPLY, plain->subject, &document, reterr);
    if (is_json && !json_find_typed(json_root(&document), "roleCredentials", JSON_OBJECT, &role)) {
        is_json = err_set(
                reterr, ERR_PROTOCOL, plain->subject, "the answer has no roleCredentials");
        plain_call_explain(plain, reterr);
    }
    if (is_json && document_read(role, &members, plain->subject, ret_credentials, reterr)) {
        return true;
    }
    plain_call_set_replier(plain, reterr);
    err_set_hint(reterr, "is %s the portal of IAM Identity Center, and is a proxy in between?",
            plain->endpoint->host);
    return false;
}

static bool make_url(
        const struct uri *endpoint, const struct sso *sso, struct text *url, struct err *reterr)
{
    text_append_format(url,
            "%s://%s%sfederation/credentials?role_name=", endpoint->is_https ? "https" : "http",
            endpoint->authority, endpoint->path);
    uri_encode(url, sso->role_name.value, strlen(sso->role_name.value));
    text_append_string(url, "&account_id=");
    uri_encode(url, sso->account_id.value, strlen(sso->account_id.value));
    return text_check(url, "SSO", reterr);
}

static bool request_credentials(const struct provider_context *context,
        const struct sso *sso,
        const struct secret *token,
        struct credentials *ret_credentials,
        struct err *reterr)
{
    CLEANUP(uri_clear) struct uri endpoint = { 0 };
    CLEANUP(text_clear) struct text url = TEXT_INIT(PATH_MAX_BYTES);
    CLEANUP(plain_call_clear) struct plain_call plain = { 0 };
    if (!endpoint_find(context->settings, ENDPOINT_SSO, sso->region.value, &endpoint, reterr)
            || !make_url(&endpoint, sso, &url, reterr)) {
        return false;
    }
    plain = (struct plain_call){
        .method = HTTP_GET,
        .subject = "SSO",
        .endpoint = &endpoint,
        .operation = "GetRoleCredentials",
        .url = text_string(&url),
        .headers = { { "x-amz-sso_bearer_token", token, true } },
        .never_proxied = endpoint.is_loopback,
    };
    if (!plain_call_run(context->calls, &plain, reterr)) {
        return false;
    }
    return plain.status == 200 ? read_reply(&plain, ret_credentials, reterr)
                               : read_refusal(sso, &plain, reterr);
}

static enum provider_outcome fetch(
        struct provider_context *context, struct credentials *ret_credentials, struct err *reterr)
{
    CLEANUP(secret_clear) struct secret token = SECRET_INIT(CREDENTIALS_FIELD_MAX_BYTES);
    struct sso sso;
    if (!is_configured(context->profile)) {
        return provider_absent(
                reterr, "profile \"%s\" has no sso_account_id", context->profile_name);
    }
    if (!read_profile(context, &sso, reterr) || !read_token(context, &sso, &token, reterr)
            || !request_credentials(context, &sso, &token, ret_credentials, reterr)) {
        return PROVIDER_FAILED;
    }
    credentials_set_origin(ret_credentials, "SSO (profile \"%s\", role %s in account %s)",
            sso.profile_name, sso.role_name.value, sso.account_id.value);
    credentials_set_renewal(ret_credentials, "run: aws sso login --profile %s", sso.profile_name);
    return PROVIDER_FOUND;
}

const struct provider provider_sso = { .name = "SSO", .wait = wait, .fetch = fetch };
