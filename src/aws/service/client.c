/* SPDX-License-Identifier: MIT */
#include "aws/service/client.h"

#include <stdlib.h>
#include <string.h>

#include "aws/region.h"
#include "aws/service/service_error.h"
#include "aws/sign/sigv4.h"
#include "base/timestamp.h"

static const char *const content_types[] = {
    [CLIENT_JSON_1_1] = "application/x-amz-json-1.1",
    [CLIENT_QUERY] = "application/x-www-form-urlencoded; charset=utf-8",
};

/* AWS accepts five minutes: with a smaller difference, the clock is not the reason for a refusal. */
enum {
    CLOCK_TOLERANCE_S = 4 * 60
};

/* How much of a reply that is not from AWS is read and shown. */
enum {
    EXCERPT_MAX_BYTES = 120,
    EXCERPT_READ_BYTES = 4096 /* nothing after this can get into the part that is shown */
};

static bool sign(const struct client *client,
        struct client_attempt *attempt,
        const char *date,
        const struct sigv4_request *request,
        struct secret *ret_authorization,
        struct err *reterr)
{
    const struct credentials *credentials = client->credentials;
    const struct sigv4_scope scope = { date, client->region, client->service };
    const struct sigv4_keys keys = { &credentials->access_key_id, &credentials->secret_access_key };
    return sigv4_sign(request, &scope, &keys, ret_authorization, attempt->signature, reterr);
}

/* Adds the headers that are signed, and the signature. */
static bool add_signed_headers(const struct client *client,
        struct client_attempt *attempt,
        const char *target,
        struct http_request *request,
        struct err *reterr)
{
    const struct secret *token = &client->credentials->session_token;
    const char *content_type = content_types[client->protocol];
    char date[TIMESTAMP_BASIC_BYTES];
    timestamp_format_basic(clock_realtime_s(client->clock) + client->skew_s, date);
    attempt->skew_s = client->skew_s;
    struct sigv4_header headers[5] = { { "content-type", content_type },
        { "host", client->endpoint->authority }, { "x-amz-date", date } };
    size_t header_count = 3;
    if (target != NULL) {
        headers[header_count++] = (struct sigv4_header){ "x-amz-target", target };
    }
    if (!secret_is_empty(token)) {
        headers[header_count++] = (struct sigv4_header){ "x-amz-security-token",
            secret_expose(token) };
    }
    const struct sigv4_request signed_request = {
        .method = "POST",
        .path = client->endpoint->path,
        .query = "",
        .headers = headers,
        .header_count = header_count,
        .body = secret_expose(&request->body),
        .body_len = secret_len(&request->body),
    };
    CLEANUP(secret_clear) struct secret authorization = SECRET_INIT(HTTP_HEADER_MAX_BYTES);
    if (!sign(client, attempt, date, &signed_request, &authorization, reterr)) {
        return false;
    }
    for (size_t i = 0; i < header_count; i++) {
        http_request_add_header(request, headers[i].name, headers[i].value);
    }
    http_request_add_secret_header(request, "authorization", &authorization);
    return true;
}

void client_attempt_clear(struct client_attempt *attempt)
{
    explicit_bzero(attempt, sizeof(*attempt));
}

void client_set_host_rules(struct http_request *request, const char *host)
{
    bool is_aws = region_is_aws_host(host);
    request->builtin_roots_first = is_aws;
    request->absolute_name_first = is_aws;
}

void client_address(const struct client *client, struct http_request *request)
{
    const struct uri *endpoint = client->endpoint;
    text_append_format(&request->url, "%s://%s%s", endpoint->is_https ? "https" : "http",
            endpoint->authority, endpoint->path);
    request->never_proxied = endpoint->is_loopback;
    client_set_host_rules(request, endpoint->host);
}

bool client_sign(const struct client *client,
        struct client_attempt *attempt,
        const char *target,
        struct http_request *request,
        struct err *reterr)
{
    http_request_add_header(request, "accept-encoding", "identity");
    if (client->credentials == NULL) {
        http_request_add_header(request, "content-type", content_types[client->protocol]);
        return true;
    }
    return add_signed_headers(client, attempt, target, request, reterr);
}

/* --- refusals --- */

/* Cuts out of AWS's text what it echoes: the canonical request, our token, keys and signature. */
static void clean_message(
        const struct client *client, const struct client_attempt *attempt, struct secret *message)
{
    const char *quote = strstr(secret_expose(message), "The Canonical String");
    if (quote != NULL) {
        secret_shorten(message, (size_t)(quote - secret_expose(message)));
    }
    secret_trim_end(message);
    if (client->token_in_body != NULL) {
        service_error_cut_out(message, client->token_in_body);
    }
    if (client->credentials == NULL) {
        return;
    }
    CLEANUP(secret_clear) struct secret signature = SECRET_INIT(DIGEST_SHA256_HEX_BYTES);
    secret_append_string(&signature, attempt->signature);
    service_error_cut_out(message, &client->credentials->session_token);
    service_error_cut_out(message, &client->credentials->secret_access_key);
    service_error_cut_out(message, &client->credentials->access_key_id);
    service_error_cut_out(message, &signature);
}

/* Clears a code or request id that echoes part of one of our secrets. */
static void drop_echo(const struct client *client, const struct client_attempt *attempt, char *word)
{
    CLEANUP(secret_clear) struct secret cleaned = SECRET_INIT(SERVICE_ERROR_MESSAGE_MAX_BYTES);
    secret_append_string(&cleaned, word);
    clean_message(client, attempt, &cleaned);
    if (strcmp(secret_expose(&cleaned), word) != 0) {
        word[0] = '\0';
    }
}

static bool reply_skew(
        const struct client *client, const struct http_reply *reply, int64_t *ret_skew_s)
{
    char date[64];
    int64_t aws_time_s = 0;
    if (!http_reply_header(reply, "Date", date, sizeof(date))
            || !timestamp_parse_http(date, &aws_time_s)) {
        return false;
    }
    *ret_skew_s = aws_time_s - clock_realtime_s(client->clock);
    return true;
}

/* Only a server with a verified certificate may correct our clock. */
static bool correct_clock(
        struct client *client, struct client_attempt *attempt, const struct http_reply *reply)
{
    int64_t skew_s = 0;
    if (attempt->clock_was_corrected || !reply->tls_verified || !reply_skew(client, reply, &skew_s)
            || llabs(skew_s - attempt->skew_s) <= CLOCK_TOLERANCE_S) {
        return false;
    }
    attempt->clock_was_corrected = true;
    if (client->skew_s != skew_s) {
        client->skew_s = skew_s;
        event_emit(client->events, EVENT_WARNING, client->endpoint->authority,
                "this machine's clock is off by %lld s compared with AWS's; corrected for this run",
                (long long)-skew_s);
    }
    return true;
}

static void hint_at_clock(
        const struct client *client, const struct http_reply *reply, struct err *reterr)
{
    int64_t skew_s = 0;
    if (!reply_skew(client, reply, &skew_s) || llabs(skew_s) <= CLOCK_TOLERANCE_S) {
        return;
    }
    err_set_hint(reterr,
            "this machine's clock is %lld s %s AWS's, and AWS accepts at most 300 s: set it (NTP)",
            llabs(skew_s), skew_s > 0 ? "behind" : "ahead of");
}

static const char UNKNOWN_KEY[] = "the access key id is unknown to AWS in this partition, or the "
                                  "session token does not belong to it";
static const char WRONG_SECRET[] = "the secret access key does not belong to the access key id";

static void add_hint(
        const struct client *client, const struct http_reply *reply, struct err *reterr)
{
    static const struct {
        const char *code;
        const char *hint;
        bool concerns_keys;
    } hints[] = {
        { "ExpiredTokenException", "the session credentials have expired", true },
        { "ExpiredToken", "the session credentials have expired", true },
        { "RequestExpired", "the session credentials have expired", true },
        { "UnrecognizedClientException", UNKNOWN_KEY, true },
        { "InvalidClientTokenId", UNKNOWN_KEY, true },
        { "SignatureDoesNotMatch", WRONG_SECRET, true },
        { "InvalidSignatureException", WRONG_SECRET, true },
        { "MissingAuthenticationTokenException",
                "something between here and AWS removes the Authorization header: a proxy?",
                false },
        { "IncompleteSignatureException",
                "something between here and AWS changes the Authorization header: a proxy?",
                false },
        { "OptInRequired", "the account is not enabled for this service or region", false },
    };

    for (size_t i = 0; i < sizeof(hints) / sizeof(hints[0]); i++) {
        if (strcmp(reterr->code, hints[i].code) == 0) {
            const struct credentials *credentials = client->credentials;
            bool names_keys = hints[i].concerns_keys && credentials != NULL;
            err_set_hint(reterr, "%s%s%s%s%s%s", hints[i].hint, names_keys ? ": " : "",
                    names_keys ? credentials->renewal : "",
                    credentials == NULL ? "" : " (credentials from: ",
                    credentials == NULL ? "" : credentials->origin, credentials == NULL ? "" : ")");
        }
    }
    if (strcmp(reterr->code, "InvalidSignatureException") == 0
            && strstr(reterr->why, "Credential should be scoped") != NULL) {
        err_set_hint(reterr,
                "the endpoint %s belongs to a region other than %s: check --region, AWS_REGION and "
                "the endpoint URL",
                client->endpoint->authority, client->region);
    }
    if (service_error_may_be_clock(reterr->code)) {
        hint_at_clock(client, reply, reterr);
    }
}

/*
 * Reads what may be shown of a page: nothing of a success or of JSON, which may contain values. It is
 * cleaned before it is truncated, so that no part of our own secrets is left at its end.
 */
static void read_excerpt(const struct client *client,
        const struct client_attempt *attempt,
        const struct http_reply *reply,
        struct secret *excerpt)
{
    const char *body = secret_expose(&reply->body);
    size_t len = secret_len(&reply->body);
    size_t blanks = strspn(body, " \t\r\n");
    bool may_hold_values = reply->status < 300 || body[blanks] == '{' || body[blanks] == '[';
    if (!may_hold_values) {
        secret_append(excerpt, body, len < EXCERPT_READ_BYTES ? len : EXCERPT_READ_BYTES);
        clean_message(client, attempt, excerpt);
        len = secret_len(excerpt);
        secret_shorten(excerpt, len < EXCERPT_MAX_BYTES ? len : EXCERPT_MAX_BYTES);
    }
}

/* For the page of a proxy or a load balancer, or anything else that is not from AWS. */
static void describe_unknown_reply(const struct client *client,
        const struct client_attempt *attempt,
        const char *subject,
        const struct http_reply *reply,
        struct err *reterr)
{
    CLEANUP(secret_clear) struct secret excerpt = SECRET_INIT(EXCERPT_READ_BYTES);
    read_excerpt(client, attempt, reply, &excerpt);
    (void)err_set(reterr, ERR_PROTOCOL, subject, "%s: HTTP status %d%s%s%s",
            client->endpoint->authority, reply->status,
            secret_is_empty(&excerpt) ? "" : ", not a reply from AWS: \"", secret_expose(&excerpt),
            secret_is_empty(&excerpt) ? "" : "\"");
    if (reply->status >= 300 && reply->status < 400) {
        err_set_hint(reterr, "redirects are not followed: check the endpoint URL");
    } else if (reply->via.variable != NULL && !client->endpoint->is_https) {
        err_set_hint(reterr,
                "is this a reply of the proxy that %s names, and is %s the right endpoint?",
                reply->via.variable, client->endpoint->authority);
    } else {
        err_set_hint(reterr, "is %s the right endpoint, and is a proxy in between?",
                client->endpoint->authority);
    }
}

enum call_verdict client_judge_refusal(struct client *client,
        struct client_attempt *attempt,
        const char *subject,
        const struct http_reply *reply,
        enum retry_cause *ret_cause,
        struct err *reterr)
{
    CLEANUP(service_error_clear) struct service_error error = SERVICE_ERROR_INIT;
    service_error_read(reply, &error);
    drop_echo(client, attempt, error.code);
    drop_echo(client, attempt, error.request_id);
    *ret_cause = service_error_retry_cause(reply->status, error.code);
    if (error.code[0] == '\0') {
        describe_unknown_reply(client, attempt, subject, reply, reterr);
        err_set_request_id(reterr, error.request_id);
        return *ret_cause == RETRY_NEVER ? CALL_FAILED : CALL_RETRIES;
    }
    clean_message(client, attempt, &error.message);
    (void)err_set(reterr, ERR_SERVICE, subject, "%s", secret_expose(&error.message));
    err_set_code(reterr, error.code);
    err_set_request_id(reterr, error.request_id);
    if (!region_is_aws_host(client->endpoint->host)) {
        err_set_replier(
                reterr, client->endpoint->authority); /* emulators of AWS have the same codes */
    }
    add_hint(client, reply, reterr);
    if (*ret_cause != RETRY_NEVER) {
        return CALL_RETRIES;
    }
    if (service_error_may_be_clock(error.code) && correct_clock(client, attempt, reply)) {
        return CALL_REPEATS;
    }
    return CALL_FAILED;
}

void client_add_reply_details(const struct client *client,
        const struct client_attempt *attempt,
        const struct http_reply *reply,
        struct err *err)
{
    char request_id[sizeof(err->request_id)];
    if (http_reply_header(reply, "x-amzn-RequestId", request_id, sizeof(request_id))) {
        drop_echo(client, attempt, request_id);
        err_set_request_id(err, request_id);
    }
    err_set_replier(err, client->endpoint->authority);
    if (err->kind == ERR_PROTOCOL && err->hint[0] == '\0' && request_id[0] == '\0') {
        err_set_hint(err, "is %s the right endpoint, and is a proxy in between?",
                client->endpoint->authority);
    }
}
