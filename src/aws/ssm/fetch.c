/* SPDX-License-Identifier: MIT */
#include "aws/ssm/fetch.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "aws/config/endpoint.h"
#include "aws/region.h"
#include "aws/ssm/diagnosis.h"
#include "aws/ssm/reply.h"
#include "aws/ssm/request.h"
#include "base/ascii.h"

/* The endpoint may have become known since the call was made. */
static void begin_request(
        const struct ssm *ssm, struct call *call, struct http_request *ret_request)
{
    const struct uri *endpoint = ssm->client->endpoint;
    call->host = endpoint->authority;
    call->unresolved_hint = endpoint_unresolved_hint(endpoint->host);
    http_request_init(ret_request, HTTP_POST, SSM_REQUEST_MAX_BYTES);
    client_address(ssm->client, ret_request);
    ret_request->budget = ssm->budget;
}

enum {
    BOOKKEEPING_BYTES = 640, /* of one parameter: its structures, and those of its variable */
    NAME_COPIES = 4, /* the variable's name and the parameter's, once more where they are shown */
};

/* Counts what a parameter takes until the end of the run. */
static bool keep(const struct ssm *ssm,
        const struct parameter *parameter,
        const char *where,
        struct err *reterr)
{
    size_t value_bytes = secret_len(&parameter->value);
    size_t rounding_bytes = value_bytes / 4; /* by the locked allocator, at most */
    size_t bytes = BOOKKEEPING_BYTES + value_bytes + rounding_bytes
            + NAME_COPIES * strlen(parameter->name) + strlen(parameter->arn)
            + strlen(parameter->type) + strlen(parameter->selector);
    return budget_keep(ssm->budget, bytes, where, reterr);
}

/* --- one path: pages in a row, and what a failure asks for --- */

enum path_step {
    PATH_LISTING,
    PATH_NAMING_SECRETS, /* a page could not be decrypted: the same pages again, undecrypted */
    PATH_ASKING_ITSELF,  /* nothing is below the path: is it a parameter itself? */
};

struct path_call {
    struct call call; /* first: calls_run hands it back */
    const struct ssm *ssm;
    struct ssm_path_query *query;
    struct client_attempt attempt;
    enum path_step step;
    char *next_token; /* NULL: the first page */
    size_t page;      /* that is being asked for, from 0 on */
    size_t failed_page;
    struct err *failure; /* known already, while more is asked to explain it */
};

static void clear_path_call(struct path_call *call)
{
    client_attempt_clear(&call->attempt);
    free(call->next_token);
    free(call->failure);
}

static bool prepare_path(struct call *base, struct http_request *ret_request, struct err *reterr)
{
    struct path_call *call = (struct path_call *)base;
    const struct ssm_path_query *query = call->query;
    (void)reterr; /* calls_run checks what was added */
    begin_request(call->ssm, base, ret_request);
    if (call->step == PATH_ASKING_ITSELF) {
        ret_request->reply_max_bytes = SSM_NAMES_REPLY_MAX_BYTES;
        ssm_request_names(&query->path, 1, /* with_decryption= */ false, &ret_request->body);
        return true;
    }
    const struct ssm_path_request request = {
        .path = query->path,
        .label = query->label,
        .next_token = call->next_token,
        .recursive = query->recursive,
        .with_decryption = call->step == PATH_LISTING,
        .page_items = SSM_PAGE_ITEMS,
    };
    ret_request->reply_max_bytes = SSM_PATH_REPLY_MAX_BYTES;
    ssm_request_path(&request, &ret_request->body);
    return true;
}

static bool authorize_path(struct call *base, struct http_request *request, struct err *reterr)
{
    struct path_call *call = (struct path_call *)base;
    const char *target = call->step == PATH_ASKING_ITSELF ? SSM_GET_PARAMETERS
                                                          : SSM_GET_PARAMETERS_BY_PATH;
    return client_authorize(call->ssm->client, &call->attempt, target, request, reterr);
}

/* Whether a name is below the path at a depth that was asked for. */
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
                    "the reply holds %s, which was not asked for", parameter->name);
        }
        if (!keep(call->ssm, parameter, call->query->subject, reterr)
                || !parameter_list_add_take(&call->query->found, parameter, reterr)) {
            return false;
        }
    }
    return true;
}

/* Moves on to the page that the reply names. */
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
    call->failure = malloc(sizeof(*call->failure));
    if (call->failure != NULL) {
        ssm_diagnosis_empty_path(
                call->ssm->client, call->query, /* is_parameter= */ false, call->failure);
    }
    call->call.known_failure = call->failure;
    call->step = PATH_ASKING_ITSELF;
    call->call.operation = "GetParameters (is the path itself a parameter?)";
    return CALL_CONTINUES;
}

static enum call_verdict judge_page(
        struct path_call *call, const struct http_reply *reply, struct err *reterr)
{
    CLEANUP(ssm_reply_clear) struct ssm_reply page = { 0 };
    if (!ssm_diagnosis_read(
                call->ssm->client, &call->attempt, call->query->subject, reply, &page, reterr)
            || !keep_parameters(call, &page.parameters, reterr)) {
        return CALL_FAILED;
    }
    if (page.next_token == NULL) {
        return end_listing(call);
    }
    return turn_page(call, &page, reterr) ? CALL_CONTINUES : CALL_FAILED;
}

/* The failure waits until the page's SecureStrings are known. */
static enum call_verdict start_naming_secrets(struct path_call *call, const struct err *failure)
{
    call->failure = malloc(sizeof(*call->failure));
    if (call->failure == NULL) {
        return CALL_FAILED;
    }
    *call->failure = *failure;
    call->call.known_failure = call->failure;
    call->step = PATH_NAMING_SECRETS;
    call->call.operation = "GetParametersByPath without decryption (which parameter is it?)";
    call->failed_page = call->page;
    call->page = 0;
    free(call->next_token);
    call->next_token = NULL;
    return CALL_CONTINUES;
}

/* A token belongs to the flags it was made with: so the pages before the failed one come again too. */
static enum call_verdict judge_undecrypted_page(
        struct path_call *call, const struct http_reply *reply, struct err *reterr)
{
    CLEANUP(ssm_reply_clear) struct ssm_reply page = { 0 };
    struct err ignored;
    bool is_read = reply->status == 200
            && ssm_diagnosis_read(call->ssm->client, &call->attempt, call->query->subject, reply,
                    &page, &ignored);
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

static enum call_verdict judge_itself(
        const struct path_call *call, const struct http_reply *reply, struct err *reterr)
{
    CLEANUP(ssm_reply_clear) struct ssm_reply answer = { 0 };
    struct err ignored;
    bool is_parameter = reply->status == 200
            && ssm_reply_read(&reply->body, call->query->subject, &answer, &ignored)
            && answer.parameters.len == 1;
    ssm_diagnosis_empty_path(call->ssm->client, call->query, is_parameter, reterr);
    return CALL_FAILED;
}

static enum call_verdict judge_path(struct call *base,
        struct http_reply *reply,
        enum retry_cause *ret_cause,
        struct err *reterr)
{
    struct path_call *call = (struct path_call *)base;
    struct client *client = call->ssm->client;
    if (call->step == PATH_ASKING_ITSELF) {
        return judge_itself(call, reply, reterr);
    }
    if (call->step == PATH_NAMING_SECRETS) {
        return judge_undecrypted_page(call, reply, reterr);
    }
    if (reply->status == 200) {
        return judge_page(call, reply, reterr);
    }
    enum call_verdict verdict = client_judge_refusal(
            client, &call->attempt, call->query->subject, reply, ret_cause, reterr);
    ssm_diagnosis_add_hint(client, "GetParametersByPath", call->query->path, reterr);
    if (verdict == CALL_FAILED && ssm_diagnosis_is_decryption(reterr)) {
        return start_naming_secrets(call, reterr);
    }
    return verdict;
}

/* --- ten names --- */

struct names_call {
    struct call call; /* first: calls_run hands it back */
    const struct ssm *ssm;
    struct ssm_name_query *queries;
    size_t count;
    struct client_attempt attempt;
    struct err *failure; /* not NULL: the SecureStrings among the names are being looked for */
};

static bool prepare_names(struct call *base, struct http_request *ret_request, struct err *reterr)
{
    struct names_call *call = (struct names_call *)base;
    const char *names[SSM_NAMES_PER_CALL] = { NULL };
    for (size_t i = 0; i < call->count; i++) {
        names[i] = call->queries[i].name;
    }
    (void)reterr; /* calls_run checks what was added */
    begin_request(call->ssm, base, ret_request);
    ret_request->reply_max_bytes = SSM_NAMES_REPLY_MAX_BYTES;
    ssm_request_names(names, call->count, call->failure == NULL, &ret_request->body);
    return true;
}

static bool authorize_names(struct call *base, struct http_request *request, struct err *reterr)
{
    struct names_call *call = (struct names_call *)base;
    return client_authorize(call->ssm->client, &call->attempt, SSM_GET_PARAMETERS, request, reterr);
}

/* "a" + "b" equals whole */
static bool joined_equals(const char *a, const char *b, const char *whole)
{
    size_t len = strlen(a);
    return strncmp(whole, a, len) == 0 && strcmp(whole + len, b) == 0;
}

/* Asked for by ARN. A reply's Name may be the plain name, which another account's parameter has too. */
static bool answers_by_arn(const struct parameter *parameter, const char *asked)
{
    return joined_equals(parameter->arn, parameter->selector, asked);
}

static bool answers_by_name(const struct parameter *parameter, const char *asked)
{
    return joined_equals(parameter->name, parameter->selector, asked);
}

/* "/x" and "x" are the same parameter; a name may stand whole, with its selector told twice. */
static bool answers_loosely(const struct parameter *parameter, const char *asked)
{
    const char *relative = asked[0] == '/' ? asked + 1 : asked;
    return strcmp(parameter->name, asked) == 0
            || (strchr(parameter->name, '/') == NULL
                    && joined_equals(parameter->name, parameter->selector, relative));
}

static struct ssm_name_query *find_asked(const struct names_call *call,
        const struct parameter *parameter,
        bool (*is_answer)(const struct parameter *parameter, const char *asked))
{
    for (size_t i = 0; i < call->count; i++) {
        if (!call->queries[i].is_found && is_answer(parameter, call->queries[i].name)) {
            return &call->queries[i];
        }
    }
    return NULL;
}

/* The most telling form first; NULL if it answers nothing that was asked for. */
static struct ssm_name_query *find_query(
        const struct names_call *call, const struct parameter *parameter)
{
    struct ssm_name_query *query = find_asked(call, parameter, answers_by_arn);
    if (query == NULL) {
        query = find_asked(call, parameter, answers_by_name);
    }
    return query != NULL ? query : find_asked(call, parameter, answers_loosely);
}

static bool keep_named(struct names_call *call, struct parameter *parameter, struct err *reterr)
{
    struct ssm_name_query *query = find_query(call, parameter);
    if (query == NULL) {
        return err_set(reterr, ERR_PROTOCOL, call->call.subject,
                "the reply holds %s, which was not asked for", parameter->name);
    }
    if (!keep(call->ssm, parameter, query->subject, reterr)) {
        return false;
    }
    query->found = *parameter;
    query->is_found = true;
    *parameter = (struct parameter){ .value = SECRET_INIT(PARAMETER_VALUE_MAX_BYTES) };
    return true;
}

static bool is_listed(char *const *names, const char *wanted)
{
    for (; names != NULL && *names != NULL; names++) {
        if (strcmp(*names, wanted) == 0) {
            return true;
        }
    }
    return false;
}

static enum call_verdict judge_answer(
        struct names_call *call, const struct http_reply *reply, struct err *reterr)
{
    CLEANUP(ssm_reply_clear) struct ssm_reply answer = { 0 };
    if (!ssm_diagnosis_read(
                call->ssm->client, &call->attempt, call->call.subject, reply, &answer, reterr)) {
        return CALL_FAILED;
    }
    for (size_t i = 0; i < answer.parameters.len; i++) {
        if (!keep_named(call, &answer.parameters.items[i], reterr)) {
            return CALL_FAILED;
        }
    }
    for (size_t i = 0; i < call->count; i++) {
        struct ssm_name_query *query = &call->queries[i];
        if (!query->is_found && !is_listed(answer.invalid_names, query->name)) {
            (void)err_set(reterr, ERR_PROTOCOL, query->subject, "the reply says nothing about %s",
                    query->name);
            return CALL_FAILED;
        }
        query->was_answered = true;
    }
    return CALL_DONE;
}

/* The failure is that of the sources whose SecureStrings it may be. */
static void blame_secrets(
        const struct names_call *call, struct parameter_list *answered, struct err *err)
{
    CLEANUP(text_clear) struct text subjects = TEXT_INIT(sizeof(err->where) - 1);
    for (size_t i = 0; i < answered->len; i++) {
        const struct parameter *parameter = &answered->items[i];
        const struct ssm_name_query *query = find_query(call, parameter);
        if (strcmp(parameter->type, "SecureString") == 0 && query != NULL) {
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
            && ssm_diagnosis_read(call->ssm->client, &call->attempt, call->call.subject, reply,
                    &answer, &ignored)) {
        ssm_diagnosis_name_secrets(&answer.parameters, reterr);
        blame_secrets(call, &answer.parameters, reterr);
    }
    return CALL_FAILED;
}

/* Whether the text holds the name, or a name's last part of an ARN, and no longer name. */
static bool mentions(const char *text, const char *name)
{
    size_t len = strcspn(name, ":");
    if (strncmp(name, "arn:", 4) == 0) {
        name = strstr(name, ":parameter/");
        name = name == NULL ? "" : name + strlen(":parameter");
        len = strcspn(name, ":");
    }
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

/* One refusal for ten names: AWS's text tells which one it is about. NULL if it does not. */
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

static enum call_verdict judge_names(struct call *base,
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
        ssm_diagnosis_add_hint(call->ssm->client, "GetParameters", refused->name, reterr);
    } else {
        CLEANUP(text_clear) struct text subjects = TEXT_INIT(sizeof(reterr->where) - 1);
        for (size_t i = 0; i < call->count; i++) {
            text_append_format(&subjects, "%s%s", i == 0 ? "" : ", ", call->queries[i].subject);
        }
        err_set_where(reterr, text_string(&subjects));
        ssm_diagnosis_add_hint(call->ssm->client, "GetParameters", "/*", reterr);
    }
    if (verdict == CALL_FAILED && ssm_diagnosis_is_decryption(reterr)) {
        call->failure = malloc(sizeof(*call->failure));
        if (call->failure != NULL) {
            *call->failure = *reterr;
            base->known_failure = call->failure;
            return CALL_CONTINUES;
        }
    }
    return verdict;
}

/* --- everything at once --- */

static const struct call_type path_type = {
    .prepare = prepare_path, .authorize = authorize_path, .judge = judge_path
};
static const struct call_type names_type = {
    .prepare = prepare_names, .authorize = authorize_names, .judge = judge_names
};

struct fetch {
    struct path_call *paths;
    size_t path_count;
    struct names_call *names;
    size_t names_count;
    struct call **calls; /* all of them */
};

static void clear_fetch(struct fetch *fetch)
{
    for (size_t i = 0; fetch->paths != NULL && i < fetch->path_count; i++) {
        clear_path_call(&fetch->paths[i]);
    }
    for (size_t i = 0; fetch->names != NULL && i < fetch->names_count; i++) {
        client_attempt_clear(&fetch->names[i].attempt);
        free(fetch->names[i].failure);
    }
    free(fetch->paths);
    free(fetch->names);
    free((void *)fetch->calls);
}

static bool allocate_fetch(struct fetch *fetch, struct err *reterr)
{
    fetch->paths = calloc(fetch->path_count + 1, sizeof(*fetch->paths));
    fetch->names = calloc(fetch->names_count + 1, sizeof(*fetch->names));
    fetch->calls = calloc(fetch->path_count + fetch->names_count + 1, sizeof(*fetch->calls));
    return fetch->paths != NULL && fetch->names != NULL && fetch->calls != NULL
            ? true
            : err_set_no_memory(reterr);
}

static void set_up_paths(const struct ssm *ssm, struct fetch *fetch, struct ssm_path_query *queries)
{
    for (size_t i = 0; i < fetch->path_count; i++) {
        fetch->paths[i] = (struct path_call){
            .call = { .type = &path_type,
                    .subject = queries[i].subject,
                    .operation = "GetParametersByPath" },
            .ssm = ssm,
            .query = &queries[i],
        };
        fetch->calls[i] = &fetch->paths[i].call;
    }
}

static void set_up_names(const struct ssm *ssm,
        struct fetch *fetch,
        struct ssm_name_query *queries,
        size_t query_count)
{
    for (size_t i = 0; i < fetch->names_count; i++) {
        size_t first = i * SSM_NAMES_PER_CALL;
        size_t left = query_count - first;
        fetch->names[i] = (struct names_call){
            .call = { .type = &names_type,
                    .subject = queries[first].subject,
                    .operation = "GetParameters" },
            .ssm = ssm,
            .queries = &queries[first],
            .count = left < SSM_NAMES_PER_CALL ? left : SSM_NAMES_PER_CALL,
        };
        fetch->calls[fetch->path_count + i] = &fetch->names[i].call;
    }
}

/* Names that do not exist are no failure of a call: they are told one by one afterwards. */
static bool report_missing(const struct ssm *ssm,
        const struct ssm_name_query *names,
        size_t count,
        struct err_list *problems)
{
    bool ok = true;
    for (size_t i = 0; i < count; i++) {
        if (names[i].was_answered && !names[i].is_found && !names[i].optional) {
            struct err err;
            ssm_diagnosis_missing_name(ssm->client, &names[i], &err);
            err_list_add(problems, &err);
            ok = false;
        }
    }
    return ok;
}

bool ssm_fetch(const struct ssm *ssm,
        struct ssm_path_query *paths,
        size_t path_count,
        struct ssm_name_query *names,
        size_t name_count,
        struct err_list *problems)
{
    CLEANUP(clear_fetch)
    struct fetch fetch = {
        .path_count = path_count,
        .names_count = (name_count + SSM_NAMES_PER_CALL - 1) / SSM_NAMES_PER_CALL,
    };
    struct err err;
    if (!allocate_fetch(&fetch, &err)) {
        err_list_add(problems, &err);
        return false;
    }
    set_up_paths(ssm, &fetch, paths);
    set_up_names(ssm, &fetch, names, name_count);
    bool ran = calls_run(ssm->calls, fetch.calls, fetch.path_count + fetch.names_count, problems);
    bool complete = report_missing(ssm, names, name_count, problems);
    return ran && complete;
}
