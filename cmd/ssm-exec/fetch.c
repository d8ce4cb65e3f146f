/* SPDX-License-Identifier: MIT */
#include "fetch.h"

#include <stdlib.h>
#include <string.h>

/* A source under the text by which it is asked for, to find those that ask for the same. */
struct wish {
    const char *text; /* path, or name */
    size_t source;
};

static int compare_wishes(const void *a, const void *b)
{
    const struct wish *left = a;
    const struct wish *right = b;
    int order = strcmp(left->text, right->text);
    if (order != 0) {
        return order;
    }
    return left->source < right->source ? -1 : 1;
}

/* What is worked with while fetching. */
struct plan {
    struct wish *path_wishes;
    size_t path_wish_count;
    struct wish *name_wishes;
    size_t name_wish_count;
};

static void clear_plan(struct plan *plan)
{
    free(plan->path_wishes);
    free(plan->name_wishes);
}

static bool collect_wishes(const struct source_list *sources, struct plan *plan, struct err *reterr)
{
    plan->path_wishes = calloc(sources->len + 1, sizeof(*plan->path_wishes));
    plan->name_wishes = calloc(sources->len + 1, sizeof(*plan->name_wishes));
    if (plan->path_wishes == NULL || plan->name_wishes == NULL) {
        return err_set_no_memory(reterr);
    }
    for (size_t i = 0; i < sources->len; i++) {
        const struct source *source = &sources->items[i];
        if (source->kind == SOURCE_PATH) {
            plan->path_wishes[plan->path_wish_count++] = (struct wish){ source->path, i };
        } else {
            plan->name_wishes[plan->name_wish_count++] = (struct wish){ source->name, i };
        }
    }
    qsort(plan->path_wishes, plan->path_wish_count, sizeof(struct wish), compare_wishes);
    qsort(plan->name_wishes, plan->name_wish_count, sizeof(struct wish), compare_wishes);
    return true;
}

/* Whether wish i asks for the same as the one before it. */
static bool repeats(const struct wish *wishes, size_t i)
{
    return i > 0 && strcmp(wishes[i - 1].text, wishes[i].text) == 0;
}

/* What several sources ask for may be missing only if all of them say so. */
static bool make_queries(const struct source_list *sources,
        const struct fetch_rules *rules,
        const struct plan *plan,
        struct fetched *fetched,
        struct err *reterr)
{
    fetched->paths = calloc(plan->path_wish_count + 1, sizeof(*fetched->paths));
    fetched->names = calloc(plan->name_wish_count + 1, sizeof(*fetched->names));
    fetched->query_of_source = calloc(sources->len + 1, sizeof(*fetched->query_of_source));
    if (fetched->paths == NULL || fetched->names == NULL || fetched->query_of_source == NULL) {
        return err_set_no_memory(reterr);
    }
    for (size_t i = 0; i < plan->path_wish_count; i++) {
        const struct source *source = &sources->items[plan->path_wishes[i].source];
        if (!repeats(plan->path_wishes, i)) {
            fetched->paths[fetched->path_count++] = (struct ssm_path_query){
                .subject = source->text,
                .path = source->path,
                .label = rules->label,
                .recursive = rules->recursive,
                .optional = true,
            };
        }
        fetched->paths[fetched->path_count - 1].optional &= source->optional;
        fetched->query_of_source[plan->path_wishes[i].source] = fetched->path_count - 1;
    }
    for (size_t i = 0; i < plan->name_wish_count; i++) {
        const struct source *source = &sources->items[plan->name_wishes[i].source];
        if (!repeats(plan->name_wishes, i)) {
            fetched->names[fetched->name_count++] = (struct ssm_name_query){
                .subject = source->text,
                .name = source->name,
                .optional = true,
                .found = { .value = SECRET_INIT(PARAMETER_VALUE_MAX_BYTES) },
            };
        }
        fetched->names[fetched->name_count - 1].optional &= source->optional;
        fetched->query_of_source[plan->name_wishes[i].source] = fetched->name_count - 1;
    }
    return true;
}

static bool assign(const struct parameter *parameter,
        const char *shown_as,
        size_t source,
        char *variable_taken,
        struct assignment_list *assignments,
        struct err *reterr)
{
    const struct assignment assignment = {
        .variable = variable_taken,
        .source = source,
        .parameter = shown_as,
        .type = parameter->type,
        .version = parameter->version,
        .modified_s = parameter->modified_s,
        .value = &parameter->value,
    };
    return assignment_list_add(assignments, &assignment, reterr);
}

static bool assign_path(const struct source *source,
        size_t index,
        const struct ssm_path_query *query,
        const struct var_name_rules *rules,
        struct assignment_list *assignments,
        struct err_list *problems)
{
    bool ok = true;
    for (size_t i = 0; i < query->found.len; i++) {
        const struct parameter *parameter = &query->found.items[i];
        char *variable = NULL;
        struct err err;
        if (!var_name_make(parameter->name, source->path, source->prefix, rules, &variable, &err)
                || !assign(parameter, parameter->name, index, variable, assignments, &err)) {
            err_list_add(problems, &err);
            ok = false;
        }
    }
    return ok;
}

static bool assign_name(const struct source *source,
        size_t index,
        const struct ssm_name_query *query,
        struct assignment_list *assignments,
        struct err_list *problems)
{
    if (!query->is_found) {
        return true;
    }
    struct err err;
    bool by_arn = strncmp(source->name, "arn:", 4) == 0 && query->found.arn[0] != '\0';
    char *variable = strdup(source->variable);
    bool ok = variable != NULL ? true : err_set_no_memory(&err);
    ok = ok
            && assign(&query->found, by_arn ? query->found.arn : query->found.name, index, variable,
                    assignments, &err);
    if (!ok) {
        err_list_add(problems, &err);
    }
    return ok;
}

bool fetch_map(const struct source_list *sources,
        const struct fetched *fetched,
        const struct var_name_rules *rules,
        struct assignment_list *assignments,
        struct err_list *problems)
{
    bool ok = true;
    for (size_t i = 0; i < sources->len; i++) {
        const struct source *source = &sources->items[i];
        size_t query = fetched->query_of_source[i];
        bool mapped = source->kind == SOURCE_PATH
                ? assign_path(source, i, &fetched->paths[query], rules, assignments, problems)
                : assign_name(source, i, &fetched->names[query], assignments, problems);
        ok = ok && mapped;
    }
    return ok;
}

bool fetch_check_regions(
        const struct source_list *sources, const char *region, struct err_list *problems)
{
    bool ok = true;
    for (size_t i = 0; i < sources->len; i++) {
        const struct source *source = &sources->items[i];
        if (source->kind != SOURCE_NAME || strncmp(source->name, "arn:", 4) != 0) {
            continue;
        }
        /* arn:PARTITION:ssm:REGION:..., as source_parse has seen. */
        const char *at = source->name;
        for (int colons = 0; colons < 3; colons++) {
            at = strchr(at, ':') + 1;
        }
        size_t len = strcspn(at, ":");
        if (len != strlen(region) || strncmp(at, region, len) != 0) {
            struct err err;
            (void)err_set(&err, ERR_USAGE, source->text,
                    "the ARN is of the region %.*s, but this run asks %s", (int)len, at, region);
            err_set_hint(&err, "one run reads from one region: set --region or AWS_REGION");
            err_list_add(problems, &err);
            ok = false;
        }
    }
    return ok;
}

bool fetch_sources(const struct ssm *ssm,
        const struct source_list *sources,
        const struct fetch_rules *rules,
        struct fetched *ret_fetched,
        struct err_list *problems)
{
    CLEANUP(clear_plan) struct plan plan = { 0 };
    struct err err;
    if (!collect_wishes(sources, &plan, &err)
            || !make_queries(sources, rules, &plan, ret_fetched, &err)) {
        err_list_add(problems, &err);
        return false;
    }
    return ssm_fetch(ssm, ret_fetched->paths, ret_fetched->path_count, ret_fetched->names,
            ret_fetched->name_count, problems);
}

void fetched_clear(struct fetched *fetched)
{
    for (size_t i = 0; i < fetched->path_count; i++) {
        parameter_list_clear(&fetched->paths[i].found);
    }
    for (size_t i = 0; i < fetched->name_count; i++) {
        parameter_clear(&fetched->names[i].found);
    }
    free(fetched->paths);
    free(fetched->names);
    free(fetched->query_of_source);
    *fetched = (struct fetched){ 0 };
}
