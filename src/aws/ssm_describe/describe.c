/* SPDX-License-Identifier: MIT */
#include "aws/ssm_describe/describe.h"

#include <stdlib.h>
#include <string.h>

#include "aws/service/client.h"
#include "base/text.h"
#include "json/json.h"
#include "json/json_write.h"

enum {
    REQUEST_MAX_BYTES = 256 * 1024, /* fifty names of 1,011 characters */
    REPLY_MAX_BYTES = 4 * 1024 * 1024,
    MEMBER_MAX_BYTES = 2048,
    TOKEN_MAX_BYTES = 16 * 1024,
    PAGES_MAX = 100, /* a page may be short of results, or empty */
};

static const char SUBJECT[] = "tiers and keys of parameters";

/* The pages of one answer. */
struct describe_call {
    struct call call; /* first: calls_run hands it back */
    const struct ssm *ssm;
    const struct ssm_described *described;
    struct client_attempt attempt;
    char *next_token; /* NULL: the first page */
    size_t page;      /* that is being asked for, from 0 on */
};

static void describe_call_clear(struct describe_call *call)
{
    client_attempt_clear(&call->attempt);
    free(call->next_token);
}

static void write_body(const struct describe_call *call, struct text *out)
{
    text_append_string(
            out, "{\"ParameterFilters\":[{\"Key\":\"Name\",\"Option\":\"Equals\",\"Values\":[");
    for (size_t i = 0; i < call->described->count; i++) {
        text_append_string(out, i == 0 ? "" : ",");
        json_write_string(out, call->described->queries[i].name);
    }
    text_append_format(out, "]}],\"MaxResults\":%d", SSM_DESCRIBED_MAX);
    if (call->next_token != NULL) {
        text_append_string(out, ",\"NextToken\":");
        json_write_string(out, call->next_token);
    }
    text_append_string(out, "}");
}

static bool prepare(struct call *base, struct http_request *ret_request, struct err *reterr)
{
    struct describe_call *call = (struct describe_call *)base;
    CLEANUP(text_clear) struct text body = TEXT_INIT(REQUEST_MAX_BYTES);
    ssm_begin_request(call->ssm, base, ret_request);
    ret_request->reply_max_bytes = REPLY_MAX_BYTES;
    write_body(call, &body);
    secret_append_text(&ret_request->body, &body);
    return secret_check(&ret_request->body, SUBJECT, reterr)
            && client_sign(call->ssm->client, &call->attempt, "AmazonSSM.DescribeParameters",
                    ret_request, reterr);
}

static struct ssm_description *find(const struct ssm_described *described, const char *name)
{
    for (size_t i = 0; i < described->count; i++) {
        if (strcmp(described->queries[i].name, name) == 0) {
            return &described->descriptions[i];
        }
    }
    return NULL;
}

/* A copy of a short string that may be missing: then it is "". */
static bool copy_member(
        struct json_value item, const char *name, char **ret_copy, struct err *reterr)
{
    CLEANUP(text_clear) struct text text = TEXT_INIT(MEMBER_MAX_BYTES);
    struct json_value member;
    if (json_find(item, name, &member) && !json_find_text(item, name, &text)) {
        return err_set(reterr, ERR_PROTOCOL, SUBJECT, "the reply's %s is not a short string", name);
    }
    free(*ret_copy);
    *ret_copy = strdup(text_string(&text));
    return *ret_copy != NULL || err_set_no_memory(reterr);
}

static bool read_item(const struct describe_call *call, struct json_value item, struct err *reterr)
{
    CLEANUP(text_clear) struct text name = TEXT_INIT(MEMBER_MAX_BYTES);
    CLEANUP(ssm_description_clear) struct ssm_description unasked = { 0 };
    if (!json_find_text(item, "Name", &name)) {
        return err_set(reterr, ERR_PROTOCOL, SUBJECT, "the reply has a parameter without a name");
    }
    struct ssm_description *description = find(call->described, text_string(&name));
    if (description == NULL) {
        description = &unasked; /* which changes nothing, but has to make sense */
    }
    description->is_found = copy_member(item, "Tier", &description->tier, reterr)
            && copy_member(item, "KeyId", &description->key_id, reterr);
    return description->is_found;
}

/* The token of the next page; NULL after the last one. */
static bool read_token(struct describe_call *call, struct json_value root, struct err *reterr)
{
    CLEANUP(text_clear) struct text token = TEXT_INIT(TOKEN_MAX_BYTES);
    struct json_value member;
    free(call->next_token);
    call->next_token = NULL;
    if (!json_find(root, "NextToken", &member)) {
        return true;
    }
    if (!json_find_text(root, "NextToken", &token)) {
        return err_set(reterr, ERR_PROTOCOL, SUBJECT, "the reply's NextToken is not usable");
    }
    if (token.len > 0) {
        call->next_token = text_detach(&token);
        return call->next_token != NULL || err_set_no_memory(reterr);
    }
    return true;
}

static bool read_page(struct describe_call *call, const struct secret *body, struct err *reterr)
{
    CLEANUP(json_document_clear) struct json_document document = { 0 };
    struct json_value list;
    struct json_value item;
    size_t cursor = 0;
    if (!json_parse(body, JSON_TOKENS_REPLY, SUBJECT, &document, reterr)) {
        return false;
    }
    if (!json_find_typed(json_root(&document), "Parameters", JSON_ARRAY, &list)) {
        return err_set(reterr, ERR_PROTOCOL, SUBJECT, "the reply has no Parameters");
    }
    while (json_next_item(list, &cursor, &item)) {
        if (!read_item(call, item, reterr)) {
            return false;
        }
    }
    return read_token(call, json_root(&document), reterr);
}

static enum call_verdict judge(struct call *base,
        struct http_reply *reply,
        enum retry_cause *ret_cause,
        struct err *reterr)
{
    struct describe_call *call = (struct describe_call *)base;
    if (reply->status != 200) {
        return client_judge_refusal(
                call->ssm->client, &call->attempt, SUBJECT, reply, ret_cause, reterr);
    }
    if (!read_page(call, &reply->body, reterr)) {
        client_add_reply_details(call->ssm->client, &call->attempt, reply, reterr);
        return CALL_FAILED;
    }
    if (call->next_token == NULL) {
        return CALL_DONE;
    }
    if (++call->page == PAGES_MAX) {
        (void)err_set(reterr, ERR_PROTOCOL, SUBJECT, "more than %d pages came", PAGES_MAX);
        return CALL_FAILED;
    }
    return CALL_CONTINUES;
}

bool ssm_describe(const struct ssm *ssm,
        const struct call_settings *settings,
        const struct ssm_described *described,
        struct err *reterr)
{
    static const struct call_type type = { .prepare = prepare, .judge = judge };
    CLEANUP(describe_call_clear)
    struct describe_call call = {
        .call = { .type = &type, .subject = SUBJECT, .operation = "DescribeParameters" },
        .ssm = ssm,
        .described = described,
    };
    return calls_run_one(settings, &call.call, reterr);
}

void ssm_description_clear(struct ssm_description *description)
{
    free(description->tier);
    free(description->key_id);
    *description = (struct ssm_description){ 0 };
}
