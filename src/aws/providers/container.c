/*
 * Credentials of a container's role: Amazon ECS, EKS Pod Identity, and other agents with the same
 * protocol. Source: AWS SDKs reference guide, "Container credential provider".
 */
/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "aws/providers/document.h"
#include "aws/providers/provider.h"
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
    URL_MAX_BYTES = 4096,
    TOKEN_MAX_BYTES = 16 * 1024,
    ROLE_MAX_BYTES = 2048,
};

static enum provider_wait wait(struct provider_context *context)
{
    const struct environment *environment = context->settings->environment;
    const char *relative = environment_get(environment, RELATIVE);
    const char *full = environment_get(environment, FULL);
    if (relative == NULL && full == NULL) {
        return PROVIDER_NOT_CONFIGURED;
    }
    return relative == NULL && strncmp(full, "https:", strlen("https:")) == 0 ? PROVIDER_WAIT_TLS
                                                                              : PROVIDER_WAIT_PLAIN;
}

/* The only addresses other than loopback for http://, because token and credentials are secrets. */
static bool is_link_local(const struct uri *uri)
{
    static const char *const HOSTS[] = { "169.254.170.2", "169.254.170.23", "[fd00:ec2::23]" };
    for (size_t i = 0; i < sizeof(HOSTS) / sizeof(HOSTS[0]); i++) {
        if (strcmp(uri->host, HOSTS[i]) == 0) {
            return true;
        }
    }
    return false;
}

/* What to request, and the variables that say so. */
struct request {
    struct text url;
    struct uri uri; /* without the URL's query, which endpoints do not have */
    struct secret token;
    const char *url_variable;
    const char *token_variable; /* NULL: there is no token */
};

static void clear_request(struct request *request)
{
    text_clear(&request->url);
    uri_clear(&request->uri);
    secret_clear(&request->token);
}

/* The relative URI wins if both are set. */
static bool find_url(
        const struct environment *environment, struct request *request, struct err *reterr)
{
    CLEANUP(text_clear) struct text without_query = TEXT_INIT(URL_MAX_BYTES);
    const char *relative = environment_get(environment, RELATIVE);
    const char *variable = relative != NULL ? RELATIVE : FULL;
    request->url_variable = variable;
    if (relative != NULL && relative[0] != '/') {
        return err_set(reterr, ERR_CREDENTIALS, RELATIVE, "does not begin with a slash");
    }
    text_append_format(&request->url, "%s%s", relative != NULL ? ECS_HOST : "",
            environment_get(environment, variable));
    const char *url = text_string(&request->url);
    text_append(&without_query, url, strcspn(url, "?"));
    if (!text_check(&request->url, variable, reterr)) {
        return false;
    }
    if (!text_check(&without_query, variable, reterr)
            || !uri_parse(text_string(&without_query), variable, &request->uri, reterr)) {
        reterr->kind = ERR_CREDENTIALS;
        return false;
    }
    if (!request->uri.is_https && !request->uri.is_loopback && !is_link_local(&request->uri)) {
        (void)err_set(reterr, ERR_CREDENTIALS, variable,
                "http:// to %s is refused: credentials would be sent unencrypted",
                request->uri.host);
        err_set_hint(reterr,
                "http:// is for loopback, 169.254.170.2, 169.254.170.23 and [fd00:ec2::23]; use "
                "https:// for other hosts");
        return false;
    }
    return true;
}

static bool find_token(
        const struct provider_context *context, struct request *request, struct err *reterr)
{
    CLEANUP(text_clear) struct text path = TEXT_INIT(URL_MAX_BYTES);
    const struct environment *environment = context->settings->environment;
    struct setting file = { 0 };
    if (setting_from_variable(environment, TOKEN_FILE, &file)) {
        request->token_variable = TOKEN_FILE;
        return token_file_read(context, &file, TOKEN_LINE, &request->token, &path, reterr);
    }
    const char *token = environment_get(environment, TOKEN);
    if (token == NULL) {
        return true;
    }
    request->token_variable = TOKEN;
    secret_append_string(&request->token, token);
    if (strpbrk(token, "\r\n") != NULL) {
        return err_set(reterr, ERR_CREDENTIALS, TOKEN, "holds a line break");
    }
    return secret_check(&request->token, TOKEN, reterr);
}

/* ECS names the role. Anything other than a role's ARN may be an echo of a secret. */
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

static void add_hint(const struct plain_call *plain, const struct request *request, struct err *err)
{
    bool is_refused = plain->status == 401 || plain->status == 403;
    if (!plain->was_answered) {
        err_set_hint(err,
                "%s names %s: is the agent there (ECS agent, EKS Pod Identity agent), and may this "
                "container reach it (network policy, host network, firewall)?",
                request->url_variable, request->uri.authority);
    } else if (is_refused && request->token_variable == NULL) {
        err_set_hint(err, "no token was sent: neither %s nor %s is set", TOKEN_FILE, TOKEN);
    } else if (is_refused) {
        err_set_hint(err,
                "check the token of %s, and that the role trusts the task or pod (EKS: the Pod Identity "
                "association and the role's trust of pods.eks.amazonaws.com)",
                request->token_variable);
    } else {
        err_set_hint(err,
                "check that the task or pod has a role, and the agent (ECS, EKS Pod Identity) that %s "
                "names",
                request->url_variable);
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
        return plain_call_refuse(plain, reterr);
    }
    if (!json_parse(&plain->body, JSON_TOKENS_REPLY, plain->subject, &document, reterr)) {
        plain_call_set_replier(plain, reterr);
        return false;
    }
    if (!document_is_success(json_root(&document), plain->subject, reterr)
            || !document_read(json_root(&document), &document_endpoint_members, plain->subject,
                    ret_credentials, reterr)) {
        plain_call_explain(plain, reterr);
        plain_call_set_replier(plain, reterr);
        return false;
    }
    read_role(json_root(&document), ret_credentials, &role);
    credentials_set_origin(ret_credentials, "container credentials (%.200s, %s%s%.200s)",
            plain->endpoint->host, variable, role.len == 0 ? "" : ", role ", text_string(&role));
    credentials_set_renewal(ret_credentials,
            "the agent at %.200s, named by %s, gives new ones: is it healthy, and is its clock right?",
            plain->endpoint->host, variable);
    return true;
}

static bool request_credentials(const struct provider_context *context,
        const struct request *request,
        struct credentials *ret_credentials,
        struct err *reterr)
{
    static const char APPLICATION_JSON[] = "application/json";
    CLEANUP(secret_clear) struct secret accept = SECRET_INIT(sizeof(APPLICATION_JSON));
    CLEANUP(secret_clear) struct secret path = SECRET_INIT(URL_MAX_BYTES);
    CLEANUP(plain_call_clear) struct plain_call plain = { 0 };
    secret_append_string(&accept, APPLICATION_JSON);
    secret_append_string(&path, request->uri.path); /* on ECS, knowing it is enough to get them */
    plain = (struct plain_call){
        .method = HTTP_GET,
        .subject = "container credentials",
        .endpoint = &request->uri,
        .operation = "credentials",
        .url = text_string(&request->url),
        .headers = { { "accept", &accept, false },
                { secret_is_empty(&request->token) ? NULL : "authorization", &request->token,
                        true } },
        .never_proxied = true,
        .secret_path = &path,
    };
    bool is_answered = plain_call_run(context->calls, &plain, reterr);
    if (is_answered && read_reply(&plain, request->url_variable, ret_credentials, reterr)) {
        return true;
    }
    if (is_answered || !plain.was_answered || reterr->hint[0] == '\0') {
        add_hint(&plain, request, reterr);
    }
    return false;
}

static enum provider_outcome fetch(
        struct provider_context *context, struct credentials *ret_credentials, struct err *reterr)
{
    CLEANUP(clear_request)
    struct request request = { .url = TEXT_INIT(URL_MAX_BYTES),
        .token = SECRET_INIT(TOKEN_MAX_BYTES) };
    if (wait(context) == PROVIDER_NOT_CONFIGURED) {
        return provider_absent(reterr, "%s and %s are not set", RELATIVE, FULL);
    }
    return find_url(context->settings->environment, &request, reterr)
                    && find_token(context, &request, reterr)
                    && request_credentials(context, &request, ret_credentials, reterr)
            ? PROVIDER_FOUND
            : PROVIDER_FAILED;
}

const struct provider provider_container = {
    .name = "container credentials", .wait = wait, .fetch = fetch
};
