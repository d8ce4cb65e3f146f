/* SPDX-License-Identifier: MIT */
#include "aws/ssm_write/write_call.h"

#include <stdlib.h>
#include <string.h>

#include "aws/service/service_error.h"
#include "aws/ssm_write/write_hint.h"

enum {
    REPLY_MAX_BYTES = 1024 * 1024,
};

static bool prepare(struct call *base, struct http_request *ret_request, struct err *reterr)
{
    struct write_call *call = (struct write_call *)base;
    call->was_prepared = true;
    ssm_begin_request(call->ssm, base, ret_request);
    ret_request->reply_max_bytes = REPLY_MAX_BYTES;
    call->type->write_body(call, &ret_request->body);
    return secret_check(&ret_request->body, call->name, reterr)
            && client_sign(
                    call->ssm->client, &call->attempt, call->type->target, ret_request, reterr);
}

static enum call_verdict judge_answer(
        struct write_call *call, const struct http_reply *reply, struct err *reterr)
{
    CLEANUP(json_document_clear) struct json_document document = { 0 };
    bool is_empty = secret_is_empty(&reply->body); /* operations without output */
    if (!is_empty && !json_parse(&reply->body, JSON_TOKENS_REPLY, call->name, &document, reterr)) {
        client_add_reply_details(call->ssm->client, &call->attempt, reply, reterr);
        return CALL_FAILED;
    }
    if (call->type->read == NULL) {
        return CALL_DONE;
    }
    bool is_read = is_empty ? err_set(reterr, ERR_PROTOCOL, call->name, "the reply is empty")
                            : call->type->read(call, json_root(&document), reterr);
    if (!is_read) {
        client_add_reply_details(call->ssm->client, &call->attempt, reply, reterr);
    }
    return is_read ? CALL_DONE : CALL_FAILED;
}

static int64_t read_retry_after(const struct http_reply *reply)
{
    char value[16];
    return http_reply_header(reply, "x-amz-retry-after", value, sizeof(value))
                    && value[strspn(value, "0123456789")] == '\0'
            ? strtoll(value, NULL, 10)
            : -1;
}

/* What AWS's text repeats of the value. Long pieces are cut out by the client; short values are looked for here. */
static void drop_value(const struct write_call *call, struct err *err)
{
    enum {
        CHANCE_BYTES = 3 /* shorter texts are found in any sentence */
    };

    size_t len = call->value == NULL ? 0 : secret_len(call->value);
    if (len >= CHANCE_BYTES
            && memmem(err->why, strlen(err->why), secret_expose(call->value), len) != NULL) {
        (void)err_set(
                err, err->kind, err->where, "AWS's text is left out, because it repeats the value");
    } else if (len > 0 && len < CHANCE_BYTES && strpbrk(err->why, "'\"") != NULL) {
        (void)err_set(err, err->kind, err->where,
                "AWS's text is left out, because it may repeat the value");
    }
}

static enum call_verdict judge_refusal(
        struct write_call *call, const struct http_reply *reply, struct err *reterr)
{
    enum call_verdict verdict = client_judge_refusal(
            call->ssm->client, &call->attempt, call->name, reply, &call->cause, reterr);
    const struct err whole = *reterr;
    drop_value(call, reterr);
    err_set_code(reterr, whole.code);
    err_set_request_id(reterr, whole.request_id);
    err_set_replier(reterr, whole.replier);
    err_set_hint(reterr, "%s", whole.hint);
    if (strcmp(reterr->code, "TooManyUpdates") == 0) { /* others write the same parameter */
        call->cause = RETRY_THROTTLED;
        verdict = CALL_RETRIES;
    }
    write_hint_add(call->ssm, call->type->action, call->name, reterr);
    return verdict;
}

static enum call_verdict judge(struct call *base,
        struct http_reply *reply,
        enum retry_cause *ret_cause,
        struct err *reterr)
{
    struct write_call *call = (struct write_call *)base;
    struct client *client = call->ssm->client;
    const struct secret *token_in_body = client->token_in_body;
    client->token_in_body = call->value;
    call->was_answered = true;
    call->retry_after_ms = read_retry_after(reply);
    call->verdict = reply->status == 200 ? judge_answer(call, reply, reterr)
                                         : judge_refusal(call, reply, reterr);
    client->token_in_body = token_in_body;
    *ret_cause = call->cause;
    if (reply->status == 200 && call->verdict == CALL_FAILED) {
        call->cause = RETRY_TRANSIENT; /* it was carried out, but the answer does not say how */
    }
    return call->verdict;
}

void write_call_init(struct write_call *ret_call,
        const struct write_type *type,
        const struct ssm_writer *writer,
        const char *name)
{
    static const struct call_type calls_type = { .prepare = prepare, .judge = judge };
    *ret_call = (struct write_call){
        .call = { .type = &calls_type,
                .subject = name,
                .operation = type->action,
                .outcome = HTTP_TIMED_OUT },
        .type = type,
        .ssm = writer->ssm,
        .name = name,
        .retry_after_ms = -1,
    };
}

/* Of a request that got no answer: whether it was sent as a whole, perhaps. */
static bool was_sent(enum http_outcome outcome)
{
    switch (outcome) {
    case HTTP_REPLIED:
    case HTTP_TIMED_OUT:
    case HTTP_DROPPED:
    case HTTP_TOO_LARGE:
    case HTTP_MALFORMED:
        return true;
    case HTTP_NOT_RESOLVED:
    case HTTP_NOT_CONNECTED:
    case HTTP_UNTRUSTED:
    case HTTP_TLS_FAILED:
    case HTTP_PROXY_FAILED:
    case HTTP_PROXY_BUSY:
    case HTTP_PROXY_NOT_RESOLVED:
    case HTTP_PROXY_NOT_CONNECTED:
    case HTTP_NO_SOCKET:
    case HTTP_IMPOSSIBLE:
        break;
    }
    return false;
}

static enum write_outcome outcome_without_answer(struct write_call *call)
{
    if (was_sent(call->call.outcome)) {
        call->cause = RETRY_TRANSIENT;
        return WRITE_UNSETTLED;
    }
    call->cause = retry_cause_of_outcome(call->call.outcome);
    return call->cause == RETRY_NEVER ? WRITE_REFUSED : WRITE_PUT_OFF;
}

/* A server error may come after the write, and so may the error of a proxy or a load balancer in between. */
static enum write_outcome outcome_of_answer(const struct write_call *call, const struct err *err)
{
    if (call->cause == RETRY_THROTTLED && err->code[0] != '\0') {
        return WRITE_PUT_OFF;
    }
    return call->cause == RETRY_NEVER && err->kind == ERR_SERVICE ? WRITE_REFUSED : WRITE_UNSETTLED;
}

void write_call_run_once(
        struct write_call *call, const struct ssm_writer *writer, struct write_result *ret_result)
{
    struct write_result result = { .outcome = WRITE_DONE, .err = { .kind = ERR_NONE } };
    struct call_settings once = *writer->calls;
    once.attempts_max = 1;
    if (!calls_run_one(&once, &call->call, &result.err)) {
        if (!call->was_prepared) {
            result.outcome = WRITE_REFUSED; /* the time was over before */
        } else if (call->was_answered && call->verdict != CALL_REPEATS) {
            result.outcome = outcome_of_answer(call, &result.err);
        } else {
            result.outcome = outcome_without_answer(call);
        }
    }
    result.cause = call->cause;
    result.retry_after_ms = call->retry_after_ms;
    client_attempt_clear(&call->attempt);
    *ret_result = result;
}

bool write_call_run(struct write_call *call, const struct ssm_writer *writer, struct err *reterr)
{
    bool ok = calls_run_one(writer->calls, &call->call, reterr);
    client_attempt_clear(&call->attempt);
    return ok;
}
