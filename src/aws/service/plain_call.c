/* SPDX-License-Identifier: MIT */
#include "aws/service/plain_call.h"

#include "aws/config/endpoint.h"
#include "aws/service/client.h"

static bool prepare(struct call *call, struct http_request *ret_request, struct err *reterr)
{
    const struct plain_call *plain = (const struct plain_call *)call;
    http_request_init(ret_request, plain->method, 1);
    text_append_string(&ret_request->url, plain->url);
    for (size_t i = 0; i < PLAIN_CALL_HEADERS_MAX && plain->headers[i].name != NULL; i++) {
        http_request_add_secret_header(
                ret_request, plain->headers[i].name, plain->headers[i].value);
    }
    ret_request->never_proxied = plain->never_proxied;
    client_set_host_rules(ret_request, plain->endpoint->host);
    ret_request->reply_max_bytes = PLAIN_CALL_REPLY_MAX_BYTES;
    (void)reterr; /* calls_run checks the request */
    return true;
}

/* Removes secrets of the request that the reply echoes. */
static void clean(const struct plain_call *plain, struct service_error *error)
{
    const struct secret *secrets[PLAIN_CALL_HEADERS_MAX + 1];
    size_t count = 0;
    for (size_t i = 0; i < PLAIN_CALL_HEADERS_MAX && plain->headers[i].name != NULL; i++) {
        if (plain->headers[i].is_secret) {
            secrets[count] = plain->headers[i].value;
            count++;
        }
    }
    if (plain->secret_path != NULL) {
        secrets[count] = plain->secret_path;
        count++;
    }
    service_error_clean(error, secrets, count);
}

static enum call_verdict judge(struct call *call,
        struct http_reply *reply,
        enum retry_cause *ret_cause,
        struct err *reterr)
{
    struct plain_call *plain = (struct plain_call *)call;
    plain->was_answered = true;
    plain->status = reply->status;
    if (reply->status != 200) {
        service_error_clear(&plain->refusal);
        service_error_read(reply, &plain->refusal);
        *ret_cause = service_error_retry_cause(reply->status, plain->refusal.code);
        service_error_read_sentence(reply, &plain->refusal);
        clean(plain, &plain->refusal);
    }
    if (*ret_cause != RETRY_NEVER) {
        (void)err_set(reterr, ERR_NETWORK, plain->subject, "%s: HTTP status %d",
                plain->endpoint->authority, reply->status);
        service_error_report(&plain->refusal, reterr);
        return CALL_RETRIES;
    }
    secret_move(&plain->body, &reply->body);
    return CALL_DONE;
}

bool plain_call_refuse(const struct plain_call *plain, struct err *reterr)
{
    (void)err_set(reterr, ERR_CREDENTIALS, plain->subject, "%s refused (HTTP status %d)",
            plain->endpoint->authority, plain->status);
    service_error_report(&plain->refusal, reterr);
    return false;
}

void plain_call_explain(const struct plain_call *plain, struct err *err)
{
    CLEANUP(service_error_clear) struct service_error reason = SERVICE_ERROR_INIT;
    service_error_read_document(&plain->body, &reason);
    clean(plain, &reason);
    if (reason.code[0] != '\0' || !secret_is_empty(&reason.message)) {
        service_error_report(&reason, err);
    }
}

bool plain_call_run(
        const struct call_settings *settings, struct plain_call *plain, struct err *reterr)
{
    static const struct call_type type = { .prepare = prepare, .judge = judge };
    plain->call = (struct call){
        .type = &type,
        .subject = plain->subject,
        .host = plain->endpoint->authority,
        .operation = plain->operation,
        .unresolved_hint = endpoint_unresolved_hint(plain->endpoint->host),
    };
    plain->body = SECRET_INIT(PLAIN_CALL_REPLY_MAX_BYTES);
    plain->refusal = SERVICE_ERROR_INIT;
    return calls_run_one(settings, &plain->call, reterr);
}

void plain_call_set_replier(const struct plain_call *plain, struct err *err)
{
    err_set_replier(err, plain->endpoint->authority);
}

void plain_call_clear(struct plain_call *plain)
{
    secret_clear(&plain->body);
    service_error_clear(&plain->refusal);
}
