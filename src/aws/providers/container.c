/* SPDX-License-Identifier: MIT */
#include "aws/providers/container.h"

#include <stdio.h>
#include <string.h>

#include "aws/config/setting.h"
#include "aws/providers/document.h"
#include "aws/providers/sts.h"
#include "aws/providers/token_file.h"
#include "aws/service/plain_call.h"
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

/* Only to these by http://: the reply is a secret, and so is the token that is sent. */
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

static bool find_token(const struct provider_context *context,
        const char **ret_variable,
        struct secret *ret_token,
        struct err *reterr)
{
    const struct environment *environment = context->settings->environment;
    CLEANUP(text_clear) struct text path = TEXT_INIT(4096);
    struct setting file = { 0 };
    if (setting_from_variable(environment, TOKEN_FILE, &file)) {
        const struct file_limits limits = { context->clock, context->calls->deadline_ms };
        *ret_variable = TOKEN_FILE;
        if (!setting_expand_path(&file, environment, &path, reterr)) {
            return false;
        }
        const struct token_file token_file = {
            .path = text_string(&path),
            .shown_path = setting_shown_path(&file, &path),
            .setting = TOKEN_FILE,
            .form = TOKEN_LINE,
        };
        return token_file_read(&token_file, &limits, ret_token, reterr);
    }
    const char *token = environment_get(environment, TOKEN);
    *ret_variable = token == NULL ? NULL : TOKEN;
    secret_append_text(ret_token, token == NULL ? "" : token);
    if (strpbrk(secret_expose(ret_token), "\r\n") != NULL) {
        return err_set(reterr, ERR_CREDENTIALS, TOKEN, "holds a line break");
    }
    return secret_check(ret_token, TOKEN, reterr);
}

/* ECS names the role. What is not a role's ARN may be an echo of a secret. */
static void read_role(
        struct json_value root, const struct credentials *credentials, struct text *ret_role)
{
    const struct secret *const secrets[] = { &credentials->secret_access_key,
        &credentials->session_token };
    if (!json_find_text(root, "RoleArn", ret_role) || !sts_is_role_arn(text_string(ret_role))
            || service_error_is_echo(text_string(ret_role), secrets, 2)) {
        text_reset(ret_role);
    }
}

/* Who was asked, and with what. */
struct asked {
    const char *variable;       /* that names the URL */
    const char *token_variable; /* that names the token, or holds it; NULL: none does */
};

static void add_hint(int status, const struct asked *asked, struct err *err)
{
    if ((status == 401 || status == 403) && asked->token_variable == NULL) {
        err_set_hint(err, "no token was sent: neither %s nor %s is set", TOKEN_FILE, TOKEN);
    } else if (status == 401 || status == 403) {
        err_set_hint(err,
                "check the token of %s, and that the role trusts the task or pod (EKS: the Pod Identity "
                "association and the role's trust of pods.eks.amazonaws.com)",
                asked->token_variable);
    } else {
        err_set_hint(err,
                "check that the task or pod has a role, and the agent (ECS, EKS Pod Identity) that %s "
                "names",
                asked->variable);
    }
}

static bool read_reply(const struct plain_call *plain,
        const struct asked *asked,
        struct credentials *ret_credentials,
        struct err *reterr)
{
    CLEANUP(json_document_clear) struct json_document document = { 0 };
    CLEANUP(text_clear) struct text role = TEXT_INIT(ROLE_MAX_BYTES);
    if (plain->status != 200) {
        (void)plain_call_refuse(plain, reterr);
        add_hint(plain->status, asked, reterr);
        return false;
    }
    if (!json_parse(&plain->body, JSON_TOKENS_REPLY, plain->subject, &document, reterr)) {
        plain_call_blame_reply(plain, reterr);
        add_hint(plain->status, asked, reterr);
        return false;
    }
    if (!credentials_document_is_success(json_root(&document), plain->subject, reterr)
            || !credentials_document_read(json_root(&document), &credentials_endpoint_members,
                    plain->subject, ret_credentials, reterr)) {
        plain_call_explain(plain, reterr);
        plain_call_blame_reply(plain, reterr);
        add_hint(plain->status, asked, reterr);
        return false;
    }
    read_role(json_root(&document), ret_credentials, &role);
    (void)snprintf(ret_credentials->origin, sizeof(ret_credentials->origin),
            "container credentials (%.200s, %s%s%.200s)", plain->endpoint->host, asked->variable,
            role.len == 0 ? "" : ", role ", text_string(&role));
    (void)snprintf(ret_credentials->renewal, sizeof(ret_credentials->renewal),
            "the agent at %.200s, named by %s, gives new ones: is it healthy, and is its clock right?",
            plain->endpoint->host, asked->variable);
    return true;
}

/* Nothing answers at the address. */
static void hint_at_silence(const struct uri *uri, const char *variable, struct err *err)
{
    err_set_hint(err,
            "%s names %s: is the agent there (ECS agent, EKS Pod Identity agent), and may this "
            "container reach it (network policy, host network, firewall)?",
            variable, uri->authority);
}

static enum provider_outcome fetch(
        struct provider_context *context, struct credentials *ret_credentials, struct err *reterr)
{
    static const char APPLICATION_JSON[] = "application/json";
    CLEANUP(uri_clear) struct uri uri = { 0 };
    CLEANUP(text_clear) struct text url = TEXT_INIT(4096);
    CLEANUP(secret_clear) struct secret accept = SECRET_INIT(sizeof(APPLICATION_JSON));
    CLEANUP(secret_clear) struct secret token = SECRET_INIT(TOKEN_MAX_BYTES);
    CLEANUP(secret_clear) struct secret path = SECRET_INIT(TOKEN_MAX_BYTES);
    CLEANUP(plain_call_clear) struct plain_call plain = { 0 };
    const struct environment *environment = context->settings->environment;
    struct asked asked = { 0 };
    if (environment_get(environment, RELATIVE) == NULL
            && environment_get(environment, FULL) == NULL) {
        (void)err_set(reterr, ERR_CREDENTIALS, NULL, "%s and %s are not set", RELATIVE, FULL);
        return PROVIDER_ABSENT;
    }
    if (!find_uri(environment, &asked.variable, &uri, &url, reterr)
            || !find_token(context, &asked.token_variable, &token, reterr)) {
        return PROVIDER_FAILED;
    }
    secret_append_text(&accept, APPLICATION_JSON);
    secret_append_text(&path, uri.path); /* on ECS it is all that a client has to know */
    plain = (struct plain_call){
        .method = HTTP_GET,
        .subject = "container credentials",
        .endpoint = &uri,
        .operation = "credentials",
        .url = text_string(&url),
        .headers = { { "accept", &accept, false }, { "authorization", &token, true } },
        .never_proxied = true,
        .secret_path = &path,
    };
    if (secret_is_empty(&token)) {
        plain.headers[1].name = NULL;
    }
    if (!plain_call_run(context->calls, &plain, reterr)) {
        if (!plain.was_answered) {
            hint_at_silence(&uri, asked.variable, reterr);
        } else if (reterr->hint[0] == '\0') {
            add_hint(plain.status, &asked, reterr);
        }
        return PROVIDER_FAILED;
    }
    return read_reply(&plain, &asked, ret_credentials, reterr) ? PROVIDER_FOUND : PROVIDER_FAILED;
}

const struct provider provider_container = { .name = "container credentials", .fetch = fetch };
