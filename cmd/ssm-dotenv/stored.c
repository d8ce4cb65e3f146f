/* SPDX-License-Identifier: MIT */
#include "stored.h"

#include <stdlib.h>
#include <string.h>

#include "aws_session.h"

void stored_clear(struct stored *stored)
{
    for (size_t i = 0; i < stored->query_count; i++) {
        parameter_clear(&stored->queries[i].found);
        free(stored->denials[i]);
        ssm_description_clear(&stored->descriptions[i]);
    }
    free(stored->queries);
    free((void *)stored->denials);
    free(stored->descriptions);
    free(stored->lines);
    free(stored->extras);
    parameter_list_clear(&stored->below);
    *stored = (struct stored){ 0 };
}

static bool add_no_memory(struct err_list *problems)
{
    struct err err;
    (void)err_set_no_memory(&err);
    return err_list_add(problems, &err);
}

static bool make_queries(const struct map *map, struct stored *stored, struct err_list *problems)
{
    stored->queries = calloc(map->len + 1, sizeof(*stored->queries));
    stored->denials = calloc(map->len + 1, sizeof(char *));
    stored->descriptions = calloc(map->len + 1, sizeof(*stored->descriptions));
    stored->lines = calloc(map->len + 1, sizeof(*stored->lines));
    if (stored->queries == NULL || stored->denials == NULL || stored->descriptions == NULL
            || stored->lines == NULL) {
        return add_no_memory(problems);
    }
    for (size_t i = 0; i < map->len; i++) {
        const struct map_line *line = &map->lines[i];
        if (line->kind == MAP_PARAMETER) {
            stored->queries[stored->query_count++] = (struct ssm_name_query){
                .subject = line->parameter,
                .name = line->parameter,
                .optional = true,
                .found = PARAMETER_INIT,
            };
        }
    }
    return true;
}

/* --- asking --- */

/* A refusal that may be about one parameter only. */
static bool is_refusal(const struct err *err)
{
    return strcmp(err->code, "AccessDeniedException") == 0
            || strcmp(err->code, "InvalidKeyId") == 0;
}

static bool are_refusals(const struct err_list *problems)
{
    for (size_t i = 0; i < problems->len; i++) {
        if (!is_refusal(&problems->items[i])) {
            return false;
        }
    }
    return problems->len > 0 && problems->unlisted == 0;
}

static void add_problems(struct err_list *problems, const struct err_list *others)
{
    for (size_t i = 0; i < others->len; i++) {
        (void)err_list_add(problems, &others->items[i]);
    }
    problems->unlisted += others->unlisted;
}

/* What the row says: what is needed, where that is known. */
static char *describe_denial(const struct err *err)
{
    return strdup(err->hint[0] != '\0' ? err->hint : err->code);
}

/* Ten names are refused together for one of them: so each that has no answer is asked for by itself. */
static bool fetch_one_by_one(
        struct aws_session *session, struct stored *stored, struct err_list *problems)
{
    for (size_t i = 0; i < stored->query_count; i++) {
        CLEANUP(err_list_clear) struct err_list own = { 0 };
        const struct ssm_queries queries = { .names = &stored->queries[i], .name_count = 1 };
        if (stored->queries[i].was_answered || aws_session_fetch(session, &queries, &own)) {
            continue;
        }
        if (!are_refusals(&own)) {
            add_problems(problems, &own);
            return false;
        }
        stored->denials[i] = describe_denial(&own.items[0]);
        if (stored->denials[i] == NULL) {
            return add_no_memory(problems);
        }
    }
    return true;
}

static bool fetch_names(
        struct aws_session *session, struct stored *stored, struct err_list *problems)
{
    CLEANUP(err_list_clear) struct err_list together = { 0 };
    const struct ssm_queries queries = {
        .names = stored->queries,
        .name_count = stored->query_count,
    };
    if (stored->query_count == 0 || aws_session_fetch(session, &queries, &together)) {
        return true;
    }
    if (!are_refusals(&together)) {
        add_problems(problems, &together);
        return false;
    }
    return fetch_one_by_one(session, stored, problems);
}

/* Without decryption: nothing but names, types and versions is needed. */
static bool fetch_below(struct aws_session *session,
        const char *path,
        struct stored *stored,
        struct err_list *problems)
{
    struct ssm_path_query query = {
        .subject = path,
        .path = path,
        .recursive = true,
        .optional = true,
    };
    const struct ssm_queries queries = { .paths = &query, .path_count = 1 };
    session->ssm.decryption = PARAMETER_UNDECRYPTED;
    bool ok = path == NULL || aws_session_fetch(session, &queries, problems);
    stored->below = query.found;
    return ok;
}

/* Many roles may not describe: then the keys are not compared, which a person is told who asks for more. */
static bool fetch_keys(const struct stored_request *request,
        const struct aws_session *session,
        struct stored *stored,
        struct err_list *problems)
{
    struct err err;
    for (size_t i = 0; request->with_keys && i < stored->query_count; i += SSM_DESCRIBED_MAX) {
        size_t left = stored->query_count - i;
        size_t count = left < SSM_DESCRIBED_MAX ? left : SSM_DESCRIBED_MAX;
        const struct ssm_described described = {
            .queries = &stored->queries[i],
            .descriptions = &stored->descriptions[i],
            .count = count,
        };
        if (ssm_describe(&session->ssm, &session->session.calls, &described, &err)) {
            continue;
        }
        if (!is_refusal(&err)) {
            return err_list_add(problems, &err);
        }
        event_emit(&request->run->report->sink, EVENT_PROGRESS, NULL,
                "keys are not compared: the role has no ssm:DescribeParameters");
        return true;
    }
    return true;
}

/* --- what the comparison wants --- */

static const char *key_of(const struct ssm_description *description)
{
    return description->is_found && description->key_id[0] != '\0' ? description->key_id : NULL;
}

static void fill_lines(const struct stored_request *request, struct stored *stored)
{
    size_t at = 0;
    for (size_t i = 0; i < request->map->len; i++) {
        if (request->map->lines[i].kind != MAP_PARAMETER) {
            continue;
        }
        const struct parameter *found = &stored->queries[at].found;
        stored->lines[i] = (struct compare_stored){
            .is_found = stored->queries[at].is_found,
            .type = found->type,
            .version = found->version,
            .value = request->is_names_only ? NULL : &found->value,
            .key_id = key_of(&stored->descriptions[at]),
            .denied = stored->denials[at],
        };
        at++;
    }
}

static bool fill_extras(struct stored *stored, struct err_list *problems)
{
    stored->extras = calloc(stored->below.len + 1, sizeof(*stored->extras));
    if (stored->extras == NULL) {
        return add_no_memory(problems);
    }
    for (size_t i = 0; i < stored->below.len; i++) {
        const struct parameter *parameter = &stored->below.items[i];
        stored->extras[i] = (struct compare_extra){
            .parameter = parameter->name,
            .type = parameter->type,
            .version = parameter->version,
        };
    }
    return true;
}

bool stored_fetch(
        const struct stored_request *request, struct stored *ret_stored, struct err_list *problems)
{
    CLEANUP(aws_session_close) struct aws_session session = { 0 };
    struct stored *stored = ret_stored;
    if (!make_queries(request->map, stored, problems)
            || !aws_session_open(&session, request->run, request->aws, problems)) {
        return false;
    }
    session.ssm.decryption = request->is_names_only ? PARAMETER_UNDECRYPTED : PARAMETER_DECRYPTED;
    bool ok = fetch_names(&session, stored, problems)
            && fetch_keys(request, &session, stored, problems)
            && fetch_below(&session, request->path, stored, problems)
            && fill_extras(stored, problems);
    fill_lines(request, stored);
    return ok;
}
