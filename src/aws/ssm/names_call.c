/* SPDX-License-Identifier: MIT */
#include "aws/ssm/names_call.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "aws/ssm/diagnosis.h"
#include "aws/ssm/reply.h"
#include "aws/ssm/request.h"
#include "base/arn.h"
#include "base/ascii.h"

static bool prepare(struct call *base, struct http_request *ret_request, struct err *reterr)
{
    struct names_call *call = (struct names_call *)base;
    const char *names[SSM_NAMES_PER_CALL] = { NULL };
    for (size_t i = 0; i < call->count; i++) {
        names[i] = call->queries[i].name;
    }
    bool with_decryption = call->ssm->decryption == PARAMETER_DECRYPTED && call->failure == NULL;
    ssm_begin_request(call->ssm, base, ret_request);
    ret_request->reply_max_bytes = SSM_NAMES_REPLY_MAX_BYTES;
    ssm_request_names(names, call->count, with_decryption, &ret_request->body);
    return client_sign(call->ssm->client, &call->attempt, SSM_GET_PARAMETERS, ret_request, reterr);
}

/* "a" + "b" equals whole */
static bool joined_equals(const char *a, const char *b, const char *whole)
{
    size_t len = strlen(a);
    return strncmp(whole, a, len) == 0 && strcmp(whole + len, b) == 0;
}

/* For an ARN. The reply's Name may be the plain name, which is not unique across accounts. */
static bool matches_arn(const struct parameter *parameter, const char *requested)
{
    return joined_equals(parameter->arn, parameter->selector, requested);
}

static bool matches_name(const struct parameter *parameter, const char *requested)
{
    return joined_equals(parameter->name, parameter->selector, requested);
}

/* "/x" and "x" are the same parameter. The reply may give the selector in the name as well. */
static bool matches_loosely(const struct parameter *parameter, const char *requested)
{
    const char *relative = requested[0] == '/' ? requested + 1 : requested;
    return strcmp(parameter->name, requested) == 0
            || (strchr(parameter->name, '/') == NULL
                    && joined_equals(parameter->name, parameter->selector, relative));
}

static struct ssm_name_query *find_matching(const struct names_call *call,
        const struct parameter *parameter,
        bool (*matches)(const struct parameter *parameter, const char *requested))
{
    for (size_t i = 0; i < call->count; i++) {
        if (!call->queries[i].is_found && matches(parameter, call->queries[i].name)) {
            return &call->queries[i];
        }
    }
    return NULL;
}

/* Tries the most specific form first; NULL if the parameter does not answer any query. */
static struct ssm_name_query *find_query(
        const struct names_call *call, const struct parameter *parameter)
{
    struct ssm_name_query *query = find_matching(call, parameter, matches_arn);
    if (query == NULL) {
        query = find_matching(call, parameter, matches_name);
    }
    return query != NULL ? query : find_matching(call, parameter, matches_loosely);
}

static bool keep_named(struct names_call *call, struct parameter *parameter, struct err *reterr)
{
    struct ssm_name_query *query = find_query(call, parameter);
    if (query == NULL) {
        return err_set(reterr, ERR_PROTOCOL, call->call.subject,
                "the reply contains %s, which was not requested", parameter->name);
    }
    if (!ssm_keep(call->ssm, parameter, query->subject, reterr)) {
        return false;
    }
    query->found = *parameter;
    query->is_found = true;
    *parameter = PARAMETER_INIT;
    return true;
}

static enum call_verdict judge_answer(
        struct names_call *call, const struct http_reply *reply, struct err *reterr)
{
    CLEANUP(ssm_reply_clear) struct ssm_reply answer = { 0 };
    if (!ssm_diagnosis_read(
                call->ssm, &call->attempt, call->call.subject, reply, &answer, reterr)) {
        return CALL_FAILED;
    }
    for (size_t i = 0; i < answer.parameters.len; i++) {
        if (!keep_named(call, &answer.parameters.items[i], reterr)) {
            return CALL_FAILED;
        }
    }
    for (size_t i = 0; i < call->count; i++) {
        struct ssm_name_query *query = &call->queries[i];
        if (!query->is_found && !string_list_contains(&answer.invalid_names, query->name)) {
            (void)err_set(reterr, ERR_PROTOCOL, query->subject, "the reply does not mention %s",
                    query->name);
            return CALL_FAILED;
        }
        query->was_answered = true;
    }
    return CALL_DONE;
}

/* Sets err->where to the sources with SecureStrings. */
static void set_where_to_secrets(
        const struct names_call *call, struct parameter_list *answered, struct err *err)
{
    CLEANUP(text_clear) struct text subjects = TEXT_INIT(sizeof(err->where) - 1);
    for (size_t i = 0; i < answered->len; i++) {
        const struct parameter *parameter = &answered->items[i];
        const struct ssm_name_query *query = find_query(call, parameter);
        if (strcmp(parameter->type, PARAMETER_SECURE_STRING) == 0 && query != NULL) {
            text_append_format(&subjects, "%s%s", subjects.len == 0 ? "" : ", ", query->subject);
        }
    }
    if (subjects.len > 0) {
        err_set_where(err, text_string(&subjects));
    }
}

static enum call_verdict judge_undecrypted_answer(
        struct names_call *call, const struct http_reply *reply, struct err *reterr)
{
    CLEANUP(ssm_reply_clear) struct ssm_reply answer = { 0 };
    struct err ignored;
    *reterr = *call->failure;
    if (reply->status == 200
            && ssm_diagnosis_read(
                    call->ssm, &call->attempt, call->call.subject, reply, &answer, &ignored)) {
        ssm_diagnosis_name_secrets(&answer.parameters, reterr);
        set_where_to_secrets(call, &answer.parameters, reterr);
    }
    return CALL_FAILED;
}

/* Whether the text contains the name of the parameter, and not as part of a longer name. */
static bool mentions(const char *text, const char *requested)
{
    const char *name = arn_parameter_name(requested);
    size_t len = name == NULL ? 0 : strcspn(name, ":");
    const char *at = text;
    while (len > 0 && (at = memmem(at, strlen(at), name, len)) != NULL) {
        at += len;
        if (!ascii_is_alnum(*at)
                && (*at == '\0' || strchr("_-/.", *at) == NULL
                        || (*at == '.' && !ascii_is_alnum(at[1])))) {
            return true;
        }
    }
    return false;
}

/* The query that was refused, if there is only one or AWS's text names it; otherwise NULL. */
static const struct ssm_name_query *find_refused(
        const struct names_call *call, const struct err *err)
{
    for (size_t i = 0; i < call->count; i++) {
        if (call->count == 1 || mentions(err->why, call->queries[i].name)) {
            return &call->queries[i];
        }
    }
    return NULL;
}

static enum call_verdict judge(struct call *base,
        struct http_reply *reply,
        enum retry_cause *ret_cause,
        struct err *reterr)
{
    struct names_call *call = (struct names_call *)base;
    if (call->failure != NULL) {
        return judge_undecrypted_answer(call, reply, reterr);
    }
    if (reply->status == 200) {
        return judge_answer(call, reply, reterr);
    }
    enum call_verdict verdict = client_judge_refusal(
            call->ssm->client, &call->attempt, call->call.subject, reply, ret_cause, reterr);
    assert(call->queries != NULL);
    const struct ssm_name_query *refused = find_refused(call, reterr);
    if (refused != NULL) {
        err_set_where(reterr, refused->subject);
        ssm_diagnosis_add_hint(call->ssm, "GetParameters", refused->name, reterr);
    } else {
        CLEANUP(text_clear) struct text subjects = TEXT_INIT(sizeof(reterr->where) - 1);
        for (size_t i = 0; i < call->count; i++) {
            text_append_format(&subjects, "%s%s", i == 0 ? "" : ", ", call->queries[i].subject);
        }
        err_set_where(reterr, text_string(&subjects));
        ssm_diagnosis_add_hint(call->ssm, "GetParameters", "/*", reterr);
    }
    return verdict == CALL_FAILED && call->ssm->decryption == PARAMETER_DECRYPTED
                    && ssm_diagnosis_is_decryption(reterr)
                    && ssm_keep_failure(base, reterr, &call->failure)
            ? CALL_CONTINUES
            : verdict;
}

void names_call_init(struct names_call *ret_call,
        const struct ssm *ssm,
        struct ssm_name_query *queries,
        size_t count)
{
    static const struct call_type type = { .prepare = prepare, .judge = judge };
    *ret_call = (struct names_call){
        .call = { .type = &type, .subject = queries[0].subject, .operation = "GetParameters" },
        .ssm = ssm,
        .queries = queries,
        .count = count,
    };
}

void names_call_clear(struct names_call *call)
{
    client_attempt_clear(&call->attempt);
    free(call->failure);
}
