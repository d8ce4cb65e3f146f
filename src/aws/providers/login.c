/*
 * Credentials in the cache of "aws login": login_session of a profile. They are used until they
 * expire and never refreshed. Source: AWS SDKs reference guide, "Login credential provider".
 */
/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "aws/providers/document.h"
#include "aws/providers/provider.h"
#include "aws/sign/digest.h"
#include "base/home.h"
#include "base/shown.h"

enum {
    CACHE_FILE_MAX_BYTES = 64 * 1024,
    PATH_MAX_BYTES = 4096,
};

static enum provider_wait wait(struct provider_context *context)
{
    return profile_section_find(context->profile, "login_session") == NULL ? PROVIDER_NOT_CONFIGURED
                                                                           : PROVIDER_WAIT_NONE;
}

static bool find_cache_file(const struct provider_context *context,
        const struct setting *session,
        struct text *ret_path,
        struct text *ret_shown,
        struct err *reterr)
{
    char hash[DIGEST_SHA256_HEX_BYTES];
    char shown[SHOWN_BYTES];
    const char *directory = environment_get(
            context->settings->environment, "AWS_LOGIN_CACHE_DIRECTORY");
    const char *written = directory == NULL ? "~/.aws/login/cache" : directory;
    const char *where = directory == NULL ? written : "AWS_LOGIN_CACHE_DIRECTORY";
    if (!digest_sha256_hex(session->value, strlen(session->value), hash, reterr)) {
        return false;
    }
    if (!home_expand(context->settings->environment, written, ret_path)) {
        return err_set(reterr, ERR_CREDENTIALS, where, HOME_UNKNOWN);
    }
    const char *shown_directory = home_shown(written, text_string(ret_path));
    text_append_format(ret_shown, "%s/%s.json",
            shown_word(shown_directory, strlen(shown_directory), shown), hash);
    text_append_format(ret_path, "/%s.json", hash);
    return text_check(ret_path, where, reterr) && text_check(ret_shown, where, reterr);
}

static bool read_cache(const struct secret *contents,
        const char *where,
        struct credentials *ret_credentials,
        struct err *reterr)
{
    static const struct document_members members = {
        .access_key_id = "accessKeyId",
        .secret_access_key = "secretAccessKey",
        .session_token = "sessionToken",
        .expiration = "expiresAt",
        .expiration_is_required = true,
    };
    CLEANUP(json_document_clear) struct json_document document = { 0 };
    struct json_value token;
    if (!json_parse(contents, JSON_TOKENS_REPLY, where, &document, reterr)) {
        return false;
    }
    if (!json_find_typed(json_root(&document), "accessToken", JSON_OBJECT, &token)) {
        return err_set(reterr, ERR_CREDENTIALS, where, "the cache file has no accessToken");
    }
    return document_read(token, &members, where, ret_credentials, reterr);
}

static bool read_credentials(const struct provider_context *context,
        const struct setting *session,
        struct credentials *ret_credentials,
        struct err *reterr)
{
    CLEANUP(text_clear) struct text path = TEXT_INIT(PATH_MAX_BYTES);
    CLEANUP(text_clear) struct text shown = TEXT_INIT(PATH_MAX_BYTES);
    CLEANUP(secret_clear) struct secret contents = SECRET_INIT(CACHE_FILE_MAX_BYTES);
    const struct file_limits limits = { context->clock, context->calls->deadline_ms };
    enum file_presence presence = FILE_ABSENT;
    if (!find_cache_file(context, session, &path, &shown, reterr)) {
        return false;
    }
    if (!file_read(text_string(&path), &limits, &contents, &presence, reterr)) {
        err_set_where(reterr, text_string(&shown));
        return false;
    }
    if (presence == FILE_ABSENT) {
        return err_set(reterr, ERR_CREDENTIALS, session->where,
                "profile \"%s\" has a login_session, but nobody has signed in here: there is no %s",
                context->profile_name, text_string(&shown));
    }
    return read_cache(&contents, text_string(&shown), ret_credentials, reterr);
}

static enum provider_outcome fetch(
        struct provider_context *context, struct credentials *ret_credentials, struct err *reterr)
{
    struct setting session = { 0 };
    if (!setting_from_key(context->profile, "login_session", &session)) {
        return provider_absent(
                reterr, "profile \"%s\" has no login_session", context->profile_name);
    }
    credentials_set_origin(ret_credentials, "aws login (profile \"%s\")", context->profile_name);
    credentials_set_renewal(ret_credentials, "run: aws login --profile %s", context->profile_name);
    if (!read_credentials(context, &session, ret_credentials, reterr)) {
        err_set_hint(reterr, "%s", ret_credentials->renewal);
        return PROVIDER_FAILED;
    }
    return PROVIDER_FOUND;
}

const struct provider provider_login = { .name = "aws login", .wait = wait, .fetch = fetch };
