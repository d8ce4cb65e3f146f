/* SPDX-License-Identifier: MIT */
#include "aws/providers/login.h"

#include <stdio.h>
#include <string.h>

#include "aws/providers/document.h"
#include "aws/sign/digest.h"
#include "base/home.h"
#include "base/shown.h"

enum {
    CACHE_FILE_MAX_BYTES = 64 * 1024,
    PATH_MAX_BYTES = 4096,
};

static bool find_cache_file(const struct provider_context *context,
        const char *login_session,
        struct text *ret_path,
        struct text *ret_shown,
        struct err *reterr)
{
    char hash[DIGEST_SHA256_HEX_BYTES];
    const char *directory = environment_get(
            context->settings->environment, "AWS_LOGIN_CACHE_DIRECTORY");
    if (!digest_sha256_hex(login_session, strlen(login_session), hash, reterr)) {
        return false;
    }
    const char *written = directory == NULL ? "~/.aws/login/cache" : directory;
    const char *where = directory == NULL ? written : "AWS_LOGIN_CACHE_DIRECTORY";
    if (!home_expand(context->settings->environment, written, ret_path)) {
        return err_set(reterr, ERR_CREDENTIALS, where, HOME_UNKNOWN);
    }
    char shown[SHOWN_BYTES];
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
    static const struct credentials_members members = {
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
    return credentials_document_read(token, &members, where, ret_credentials, reterr);
}

enum provider_outcome provider_login_fetch(const struct provider_context *context,
        const char *profile_name,
        const struct profile_property *login_session,
        struct credentials *ret_credentials,
        struct err *reterr)
{
    CLEANUP(text_clear) struct text path = TEXT_INIT(PATH_MAX_BYTES);
    CLEANUP(text_clear) struct text shown = TEXT_INIT(PATH_MAX_BYTES);
    CLEANUP(secret_clear) struct secret contents = SECRET_INIT(CACHE_FILE_MAX_BYTES);
    const struct file_limits limits = { context->clock, context->calls->deadline_ms };
    enum file_presence presence = FILE_ABSENT;
    char where[PROFILE_WHERE_BYTES];
    profile_property_where_key(login_session, where);
    (void)snprintf(ret_credentials->renewal, sizeof(ret_credentials->renewal),
            "run: aws login --profile %s", profile_name);
    bool is_read = false;
    if (find_cache_file(context, profile_property_text(login_session), &path, &shown, reterr)) {
        is_read = file_read(text_string(&path), &limits, &contents, &presence, reterr);
        if (!is_read) {
            err_set_where(reterr, text_string(&shown));
        }
    }
    if (is_read && presence == FILE_ABSENT) {
        is_read = err_set(reterr, ERR_CREDENTIALS, where,
                "profile \"%s\" has a login_session, and nobody has signed in here: there is no %s",
                profile_name, text_string(&shown));
    }
    if (!is_read || !read_cache(&contents, text_string(&shown), ret_credentials, reterr)) {
        err_set_hint(reterr, "%s", ret_credentials->renewal);
        return PROVIDER_FAILED;
    }
    (void)snprintf(ret_credentials->origin, sizeof(ret_credentials->origin),
            "aws login (profile \"%s\")", profile_name);
    return PROVIDER_FOUND;
}
