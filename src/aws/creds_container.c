/* SPDX-License-Identifier: MIT */
#include "aws/creds_container.h"

#include <stdio.h>
#include <string.h>

#include "aws/creds_document.h"
#include "aws/plain_call.h"
#include "aws/sts.h"
#include "aws/token_file.h"
#include "aws/uri.h"

static const char RELATIVE[] = "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI";
static const char FULL[] = "AWS_CONTAINER_CREDENTIALS_FULL_URI";
static const char TOKEN_FILE[] = "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE";
static const char TOKEN[] = "AWS_CONTAINER_AUTHORIZATION_TOKEN";
static const char ECS_HOST[] = "http://169.254.170.2";

enum {
    TOKEN_MAX_BYTES = 16 * 1024,
    ROLE_MAX_BYTES = 2048,
};

/* http:// goes to these alone: the answer is a secret, and so is the token that is sent. */
static bool is_link_local(const struct uri *uri)
{
    static const char *const hosts[] = { "169.254.170.2", "169.254.170.23", "[fd00:ec2::23]" };
    for (size_t i = 0; i < sizeof(hosts) / sizeof(hosts[0]); i++) {
        if (strcmp(uri->host, hosts[i]) == 0) {
            return true;
        }
    }
    return false;
}

/* The relative URI wins where both are set. */
static bool find_uri(const struct environment *environment,
        const char **ret_variable,
        struct uri *ret_uri,
        struct text *ret_url,
        struct err *reterr)
{
    const char *relative = environment_get(environment, RELATIVE);
    *ret_variable = relative != NULL ? RELATIVE : FULL;
    if (relative == NULL) {
        text_append_string(ret_url, environment_get(environment, FULL));
    } else if (relative[0] == '/') {
        text_append_format(ret_url, "%s%s", ECS_HOST, relative);
    } else {
        return err_set(reterr, ERR_CREDENTIALS, RELATIVE, "does not begin with a slash");
    }
    if (!text_check(ret_url, *ret_variable, reterr)) {
        return false;
    }
    /* Endpoints have no query; this URL may have one. */
    CLEANUP(text_clear) struct text without_query = TEXT_INIT(4096);
    text_append(&without_query, text_string(ret_url), strcspn(text_string(ret_url), "?"));
    if (!text_check(&without_query, *ret_variable, reterr)
            || !uri_parse(text_string(&without_query), *ret_variable, ret_uri, reterr)) {
        reterr->kind = ERR_CREDENTIALS;
        return false;
    }
    if (!ret_uri->is_https && !ret_uri->is_loopback && !is_link_local(ret_uri)) {
        (void)err_set(reterr, ERR_CREDENTIALS, *ret_variable,
                "http:// to %s is refused: credentials would come unencrypted", ret_uri->host);
        err_set_hint(reterr,
                "http:// is for loopback, 169.254.170.2, 169.254.170.23 and [fd00:ec2::23]; use "
                "https:// for other hosts");
        return false;
    }
    return true;
}

static bool find_token(
        const struct credentials_context *context, struct secret *ret_token, struct err *reterr)
{
    const struct environment *environment = context->settings->environment;
    const char *file = environment_get(environment, TOKEN_FILE);
    const char *token = environment_get(environment, TOKEN);
    if (file != NULL) {
        const struct file_limits limits = { context->clock, context->calls->deadline_ms };
        return token_file_read(file, TOKEN_LINE, TOKEN_FILE, &limits, ret_token, reterr);
    }
    secret_append_text(ret_token, token == NULL ? "" : token);
    if (strpbrk(secret_expose(ret_token), "\r\n") != NULL) {
        return err_set(reterr, ERR_CREDENTIALS, TOKEN, "holds a line break");
    }
    return secret_check(ret_token, TOKEN, reterr);
}

/* ECS says whose credentials these are; anything but an ARN would be an echo. */
static void read_role(struct json_value root, struct text *ret_role)
{
    struct json_value member;
    struct err ignored;
    bool is_read = json_find_typed(root, "RoleArn", JSON_STRING, &member)
            && json_decode_text(member, NULL, ret_role, &ignored);
    const struct sts_role role = { .arn = text_string(ret_role), .where = "" };
    if (!is_read || ret_role->state != TEXT_SOUND || !sts_check_role(&role, &ignored)) {
        text_reset(ret_role);
    }
}

static bool read_reply(const struct plain_call *plain,
        const char *variable,
        struct credentials *ret_credentials,
        struct err *reterr)
{
    CLEANUP(json_document_clear) struct json_document document = { 0 };
    CLEANUP(text_clear) struct text role = TEXT_INIT(ROLE_MAX_BYTES);
    if (plain->status != 200) {
        (void)err_set(reterr, ERR_CREDENTIALS, plain->subject, "%s refused (HTTP status %d)",
                plain->host, plain->status);
        if (plain->status == 401 || plain->status == 403) {
            err_set_hint(reterr, "check %s or %s, and that the role trusts this container",
                    TOKEN_FILE, TOKEN);
        } else {
            err_set_hint(reterr, "check that the task or pod has a role");
        }
        return false;
    }
    if (!json_parse(&plain->body, plain->subject, &document, reterr)
            || !creds_document_read(json_root(&document), &creds_endpoint_members, plain->subject,
                    ret_credentials, reterr)) {
        return false;
    }
    read_role(json_root(&document), &role);
    (void)snprintf(ret_credentials->origin, sizeof(ret_credentials->origin),
            "container credentials (%.200s, %s%s%.200s)", plain->host, variable,
            role.len == 0 ? "" : ", role ", text_string(&role));
    return true;
}

static enum credentials_outcome fetch(struct credentials_context *context,
        struct credentials *ret_credentials,
        struct err *reterr)
{
    static const char APPLICATION_JSON[] = "application/json";
    CLEANUP(uri_clear) struct uri uri = { 0 };
    CLEANUP(text_clear) struct text url = TEXT_INIT(4096);
    CLEANUP(secret_clear) struct secret accept = SECRET_INIT(sizeof(APPLICATION_JSON));
    CLEANUP(secret_clear) struct secret token = SECRET_INIT(TOKEN_MAX_BYTES);
    CLEANUP(plain_call_clear) struct plain_call plain = { 0 };
    const struct environment *environment = context->settings->environment;
    const char *variable = NULL;
    if (environment_get(environment, RELATIVE) == NULL
            && environment_get(environment, FULL) == NULL) {
        (void)err_set(reterr, ERR_CREDENTIALS, NULL, "%s and %s are not set", RELATIVE, FULL);
        return CREDENTIALS_ABSENT;
    }
    if (!find_uri(environment, &variable, &uri, &url, reterr)
            || !find_token(context, &token, reterr)) {
        return CREDENTIALS_FAILED;
    }
    secret_append_text(&accept, APPLICATION_JSON);
    plain = (struct plain_call){
        .method = HTTP_GET,
        .subject = "container credentials",
        .host = uri.host,
        .operation = "credentials",
        .url = text_string(&url),
        .headers = { { "accept", &accept }, { "authorization", &token } },
        .never_proxied = true,
    };
    if (secret_is_empty(&token)) {
        plain.headers[1].name = NULL;
    }
    credentials_will_come(context, &uri);
    if (!plain_call_run(context->calls, &plain, reterr)
            || !read_reply(&plain, variable, ret_credentials, reterr)) {
        return CREDENTIALS_FAILED;
    }
    return CREDENTIALS_FOUND;
}

const struct credentials_provider creds_container = { .name = "container credentials",
    .fetch = fetch };
