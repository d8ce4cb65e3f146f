/* SPDX-License-Identifier: MIT */
#include "aws/plain_call.h"

#include "aws/client.h"
#include "aws/service_error.h"

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
    client_set_host_rules(ret_request, plain->host);
    ret_request->reply_max_bytes = PLAIN_CALL_REPLY_MAX_BYTES;
    (void)reterr; /* calls_run checks what was added */
    return true;
}

static enum call_verdict judge(struct call *call,
        struct http_reply *reply,
        enum retry_cause *ret_cause,
        struct err *reterr)
{
    struct plain_call *plain = (struct plain_call *)call;
    CLEANUP(service_error_clear) struct service_error error = SERVICE_ERROR_INIT;
    plain->was_answered = true;
    if (reply->status != 200) {
        service_error_read(reply, &error);
        *ret_cause = service_error_retry_cause(reply->status, error.code);
    }
    if (*ret_cause != RETRY_NEVER) {
        /* Whatever else the reply says may echo the token that was sent. */
        (void)err_set(reterr, ERR_NETWORK, plain->subject, "%s: HTTP status %d", plain->host,
                reply->status);
        return CALL_RETRIES;
    }
    plain->status = reply->status;
    secret_move(&plain->body, &reply->body);
    return CALL_DONE;
}

bool plain_call_run(
        const struct call_settings *settings, struct plain_call *plain, struct err *reterr)
{
    static const struct call_type type = { .prepare = prepare, .judge = judge };
    CLEANUP(err_list_clear) struct err_list problems = { 0 };
    struct call *const calls[] = { &plain->call };
    plain->call = (struct call){
        .type = &type,
        .subject = plain->subject,
        .host = plain->host,
        .operation = plain->operation,
    };
    plain->body = SECRET_INIT(PLAIN_CALL_REPLY_MAX_BYTES);
    if (calls_run(settings, calls, 1, &problems)) {
        return true;
    }
    if (problems.len == 0) {
        return err_set_no_memory(reterr);
    }
    *reterr = problems.items[0];
    return false;
}

void plain_call_clear(struct plain_call *plain)
{
    secret_clear(&plain->body);
}
