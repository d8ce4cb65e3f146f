/* SPDX-License-Identifier: MIT */
#include "aws/ssm/fetch.h"

#include <stdlib.h>

#include "aws/ssm/diagnosis.h"
#include "aws/ssm/names_call.h"
#include "aws/ssm/path_call.h"

static size_t min_size(size_t a, size_t b)
{
    return a < b ? a : b;
}

bool ssm_fetch_plan(const struct ssm *ssm,
        const struct ssm_queries *queries,
        struct ssm_fetch *ret_fetch,
        struct err *reterr)
{
    size_t names_count = (queries->name_count + SSM_NAMES_PER_CALL - 1) / SSM_NAMES_PER_CALL;
    struct ssm_fetch *fetch = ret_fetch;
    *fetch = (struct ssm_fetch){
        .ssm = ssm,
        .queries = *queries,
        .call_count = queries->path_count + names_count,
        .paths = calloc(queries->path_count + 1, sizeof(*fetch->paths)),
        .names = calloc(names_count + 1, sizeof(*fetch->names)),
    };
    fetch->calls = calloc(fetch->call_count + 1, sizeof(struct call *));
    if (fetch->paths == NULL || fetch->names == NULL || fetch->calls == NULL) {
        return err_set_no_memory(reterr);
    }
    for (size_t i = 0; i < queries->path_count; i++) {
        path_call_init(&fetch->paths[i], ssm, &queries->paths[i]);
        fetch->calls[i] = &fetch->paths[i].call;
    }
    for (size_t i = 0; i < names_count; i++) {
        size_t first = i * SSM_NAMES_PER_CALL;
        names_call_init(&fetch->names[i], ssm, &queries->names[first],
                min_size(queries->name_count - first, SSM_NAMES_PER_CALL));
        fetch->calls[queries->path_count + i] = &fetch->names[i].call;
    }
    return true;
}

/* Names that do not exist are not a failure of a call: they are reported one by one afterwards. */
static bool report_missing(const struct ssm_fetch *fetch, struct err_list *problems)
{
    const struct ssm_name_query *names = fetch->queries.names;
    bool ok = true;
    for (size_t i = 0; i < fetch->queries.name_count; i++) {
        if (names[i].was_answered && !names[i].is_found && !names[i].optional) {
            struct err err;
            ssm_diagnosis_missing_name(fetch->ssm->client, &names[i], &err);
            ok = err_list_add(problems, &err);
        }
    }
    return ok;
}

bool ssm_fetch_run(
        struct ssm_fetch *fetch, const struct call_settings *settings, struct err_list *problems)
{
    bool ran = calls_run(settings, fetch->calls, fetch->call_count, problems);
    bool complete = report_missing(fetch, problems);
    return ran && complete;
}

void ssm_fetch_clear(struct ssm_fetch *fetch)
{
    size_t path_count = fetch->paths == NULL ? 0 : fetch->queries.path_count;
    size_t names_count = fetch->names == NULL ? 0 : fetch->call_count - fetch->queries.path_count;
    for (size_t i = 0; i < path_count; i++) {
        path_call_clear(&fetch->paths[i]);
    }
    for (size_t i = 0; i < names_count; i++) {
        names_call_clear(&fetch->names[i]);
    }
    free(fetch->paths);
    free(fetch->names);
    free((void *)fetch->calls);
    *fetch = (struct ssm_fetch){ 0 };
}
