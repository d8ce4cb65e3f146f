/* SPDX-License-Identifier: MIT */
#include "aws/ssm/path_call.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "aws/ssm/diagnosis.h"
#include "aws/ssm/reply.h"
#include "aws/ssm/request.h"

void path_call_clear(struct path_call *call)
{
    client_attempt_clear(&call->attempt);
    free(call->next_token);
    free(call->failure);
}

static bool prepare(struct call *base, struct http_request *ret_request, struct err *reterr)
{
    struct path_call *call = (struct path_call *)base;
    const struct ssm_path_query *query = call->query;
    const struct ssm_path_request request = {
        .path = query->path,
        .label = query->label,
        .next_token = call->next_token,
        .recursive = query->recursive,
        .with_decryption = call->ssm->decryption == PARAMETER_DECRYPTED
                && call->step == PATH_LISTING,
        .page_items = SSM_PAGE_ITEMS,
    };
    bool is_listing = call->step != PATH_CHECKING_ITSELF;
    ssm_begin_request(call->ssm, base, ret_request);
    if (is_listing) {
        ret_request->reply_max_bytes = SSM_PATH_REPLY_MAX_BYTES;
        ssm_request_path(&request, &ret_request->body);
    } else {
        ret_request->reply_max_bytes = SSM_NAMES_REPLY_MAX_BYTES;
        ssm_request_names(&query->path, 1, /* with_decryption= */ false, &ret_request->body);
    }
    return client_sign(call->ssm->client, &call->attempt,
            is_listing ? SSM_GET_PARAMETERS_BY_PATH : SSM_GET_PARAMETERS, ret_request, reterr);
}

/* Whether a name is below the path, and directly below if the query is not recursive. */
static bool is_below(const struct ssm_path_query *query, const char *name)
{
    size_t len = strcmp(query->path, "/") == 0 ? 0 : strlen(query->path);
    const char *rest = name;
    if (len > 0 || name[0] == '/') {
        if (strncmp(name, query->path, len) != 0 || name[len] != '/') {
            return false;
        }
        rest = name + len + 1;
    }
    return rest[0] != '\0' && (query->recursive || strchr(rest, '/') == NULL);
}

static bool keep_parameters(struct path_call *call, struct parameter_list *page, struct err *reterr)
{
    for (size_t i = 0; i < page->len; i++) {
        struct parameter *parameter = &page->items[i];
        if (!is_below(call->query, parameter->name)) {
            return err_set(reterr, ERR_PROTOCOL, call->query->subject,
                    "the reply contains %s, which was not requested", parameter->name);
        }
        if (!ssm_keep(call->ssm, parameter, call->query->subject, reterr)
                || !parameter_list_add_owned(&call->query->found, parameter, reterr)) {
            return false;
        }
    }
    return true;
}

/* Moves on to the page that NextToken refers to. */
static bool turn_page(struct path_call *call, struct ssm_reply *reply, struct err *reterr)
{
    if (call->next_token != NULL && strcmp(call->next_token, reply->next_token) == 0) {
        return err_set(reterr, ERR_PROTOCOL, call->query->subject,
                "the same NextToken came back twice: the listing would never end");
    }
    call->page++;
    (void)snprintf(call->call.read_so_far, sizeof(call->call.read_so_far),
            "%zu parameters so far, now page %zu", call->query->found.len, call->page + 1);
    if (call->page == SSM_PAGES_MAX) {
        return err_set(reterr, ERR_PROTOCOL, call->query->subject,
                "the listing has more than %d pages", SSM_PAGES_MAX);
    }
    free(call->next_token);
    call->next_token = reply->next_token;
    reply->next_token = NULL;
    return true;
}

static enum call_verdict end_listing(struct path_call *call)
{
    if (call->query->found.len > 0 || call->query->optional) {
        return CALL_DONE;
    }
    struct err failure;
    ssm_diagnosis_empty_path(call->ssm->client, call->query, /* is_parameter= */ false, &failure);
    (void)ssm_keep_failure(&call->call, &failure, &call->failure);
    call->step = PATH_CHECKING_ITSELF;
    call->call.operation = "GetParameters (is the path itself a parameter?)";
    return CALL_CONTINUES;
}

static enum call_verdict judge_page(
        struct path_call *call, const struct http_reply *reply, struct err *reterr)
{
    CLEANUP(ssm_reply_clear) struct ssm_reply page = { 0 };
    if (!ssm_diagnosis_read(call->ssm, &call->attempt, call->query->subject, reply, &page, reterr)
            || !keep_parameters(call, &page.parameters, reterr)) {
        return CALL_FAILED;
    }
    if (page.next_token == NULL) {
        return end_listing(call);
    }
    return turn_page(call, &page, reterr) ? CALL_CONTINUES : CALL_FAILED;
}

/* Postpones the failure until the page's SecureStrings are known. */
static enum call_verdict start_naming_secrets(struct path_call *call, const struct err *failure)
{
    if (!ssm_keep_failure(&call->call, failure, &call->failure)) {
        return CALL_FAILED;
    }
    call->step = PATH_NAMING_SECRETS;
    call->call.operation = "GetParametersByPath without decryption (which parameter is it?)";
    call->failed_page = call->page;
    call->page = 0;
    free(call->next_token);
    call->next_token = NULL;
    return CALL_CONTINUES;
}

/* A NextToken is valid for the same flags only: the earlier pages are read again too. */
static enum call_verdict judge_undecrypted_page(
        struct path_call *call, const struct http_reply *reply, struct err *reterr)
{
    CLEANUP(ssm_reply_clear) struct ssm_reply page = { 0 };
    struct err ignored;
    bool is_read = reply->status == 200
            && ssm_diagnosis_read(
                    call->ssm, &call->attempt, call->query->subject, reply, &page, &ignored);
    if (is_read && call->page < call->failed_page && page.next_token != NULL
            && turn_page(call, &page, &ignored)) {
        return CALL_CONTINUES;
    }
    *reterr = *call->failure;
    if (is_read && call->page == call->failed_page) {
        ssm_diagnosis_name_secrets(&page.parameters, reterr);
    }
    return CALL_FAILED;
}

static enum call_verdict judge_path_itself(
        const struct path_call *call, const struct http_reply *reply, struct err *reterr)
{
    CLEANUP(ssm_reply_clear) struct ssm_reply answer = { 0 };
    struct err ignored;
    bool is_parameter = reply->status == 200
            && ssm_reply_read(
                    &reply->body, PARAMETER_UNDECRYPTED, call->query->subject, &answer, &ignored)
            && answer.parameters.len == 1;
    ssm_diagnosis_empty_path(call->ssm->client, call->query, is_parameter, reterr);
    return CALL_FAILED;
}

static enum call_verdict judge(struct call *base,
        struct http_reply *reply,
        enum retry_cause *ret_cause,
        struct err *reterr)
{
    struct path_call *call = (struct path_call *)base;
    struct client *client = call->ssm->client;
    if (call->step == PATH_CHECKING_ITSELF) {
        return judge_path_itself(call, reply, reterr);
    }
    if (call->step == PATH_NAMING_SECRETS) {
        return judge_undecrypted_page(call, reply, reterr);
    }
    if (reply->status == 200) {
        return judge_page(call, reply, reterr);
    }
    enum call_verdict verdict = client_judge_refusal(
            client, &call->attempt, call->query->subject, reply, ret_cause, reterr);
    ssm_diagnosis_add_hint(call->ssm, "GetParametersByPath", call->query->path, reterr);
    if (verdict == CALL_FAILED && call->ssm->decryption == PARAMETER_DECRYPTED
            && ssm_diagnosis_is_decryption(reterr)) {
        return start_naming_secrets(call, reterr);
    }
    return verdict;
}

void path_call_init(struct path_call *ret_call, const struct ssm *ssm, struct ssm_path_query *query)
{
    static const struct call_type type = { .prepare = prepare, .judge = judge };
    *ret_call = (struct path_call){
        .call = { .type = &type, .subject = query->subject, .operation = "GetParametersByPath" },
        .ssm = ssm,
        .query = query,
    };
}
