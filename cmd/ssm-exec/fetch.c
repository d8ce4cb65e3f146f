/* SPDX-License-Identifier: MIT */
#include "fetch.h"

#include <stdlib.h>
#include <string.h>

#include "base/arn.h"
#include "base/text.h"
#include "vars/member.h"

enum {
    SHOWN_MAX_BYTES = 16 * 1024
};

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

/* What to do about a missing parameter that is not a SOURCE of the command line. */
static const char *hint_if_missing(const struct source *source)
{
    if (source->is_locked) {
        return "AWS keeps 100 versions of a parameter, and none of a deleted one: write the lock "
               "file again with --dry-run --json";
    }
    if (source->layer == LAYER_INHERITED) {
        return "check the spelling and the region, or take the variable out of the environment "
               "(--unset)";
    }
    if (source->layer == LAYER_ENV_FILE) {
        return "check the spelling and the region, or take the line out of the env file";
    }
    if (source->as_file) {
        return "check the spelling (names are case-sensitive), the version or label, and the region";
    }
    return NULL;
}

/* What several sources ask for may be missing only if all of them say so. */
static bool make_queries(const struct source_list *sources,
        const struct fetch_rules *rules,
        const struct plan *plan,
        struct fetched *fetched,
        struct err *reterr)
{
    struct ssm_queries *queries = &fetched->queries;
    queries->paths = calloc(plan->path_wish_count + 1, sizeof(*queries->paths));
    queries->names = calloc(plan->name_wish_count + 1, sizeof(*queries->names));
    fetched->query_of_source = calloc(sources->len + 1, sizeof(*fetched->query_of_source));
    if (queries->paths == NULL || queries->names == NULL || fetched->query_of_source == NULL) {
        return err_set_no_memory(reterr);
    }
    for (size_t i = 0; i < plan->path_wish_count; i++) {
        const struct source *source = &sources->items[plan->path_wishes[i].source];
        if (!repeats(plan->path_wishes, i)) {
            queries->paths[queries->path_count++] = (struct ssm_path_query){
                .subject = source->shown,
                .path = source->path,
                .label = rules->label,
                .recursive = rules->recursive,
                .optional = true,
            };
        }
        queries->paths[queries->path_count - 1].optional &= source->optional;
        fetched->query_of_source[plan->path_wishes[i].source] = queries->path_count - 1;
    }
    for (size_t i = 0; i < plan->name_wish_count; i++) {
        const struct source *source = &sources->items[plan->name_wishes[i].source];
        if (!repeats(plan->name_wishes, i)) {
            queries->names[queries->name_count++] = (struct ssm_name_query){
                .subject = source->shown,
                .name = source->name,
                .optional = true,
                .missing_hint = hint_if_missing(source),
                .found = PARAMETER_INIT,
            };
        }
        queries->names[queries->name_count - 1].optional &= source->optional;
        fetched->query_of_source[plan->name_wishes[i].source] = queries->name_count - 1;
    }
    return true;
}

/* What an assignment of a source has whatever the variable; its texts are still to be set. */
static struct assignment begin_assignment(
        const struct source *source, const struct parameter *parameter)
{
    return (struct assignment){
        .layer = source->layer,
        .order = source->order,
        .origin = source->text,
        .type = parameter->type,
        .version = parameter->version,
        .modified_s = parameter->modified_s,
        .as_file = source->as_file,
        .value = &parameter->value,
    };
}

/* Takes over the assignment's texts, which are NULL where there was no memory. */
static bool add_assignment(struct assignment_list *assignments,
        const struct assignment *assignment,
        struct err *reterr)
{
    if (assignment->variable == NULL || assignment->parameter == NULL) {
        free(assignment->variable);
        free(assignment->parameter);
        return err_set_no_memory(reterr);
    }
    return assignment_list_add(assignments, assignment, reterr);
}

static bool assign_path(const struct source *source,
        const struct ssm_path_query *query,
        const struct var_name_rules *rules,
        struct assignment_list *assignments,
        struct err_list *problems)
{
    bool ok = true;
    for (size_t i = 0; i < query->found.len; i++) {
        const struct parameter *parameter = &query->found.items[i];
        struct assignment assignment = begin_assignment(source, parameter);
        struct err err;
        bool added = var_name_make(
                parameter->name, source->path, source->prefix, rules, &assignment.variable, &err);
        if (added) {
            assignment.parameter = strdup(parameter->name);
            added = add_assignment(assignments, &assignment, &err);
        }
        if (!added) {
            err_list_add(problems, &err);
            ok = false;
        }
    }
    return ok;
}

/*
 * The name, or the ARN where the source is one, and the member. A Secrets Manager value has no version
 * that could pin it: its stage stays with the name.
 */
static char *show_parameter(const struct source *source, const struct parameter *parameter)
{
    CLEANUP(text_clear) struct text shown = TEXT_INIT(SHOWN_MAX_BYTES);
    bool by_arn = arn_has_prefix(source->name) && parameter->arn[0] != '\0';
    text_append_string(&shown, by_arn ? parameter->arn : parameter->name);
    if (parameter->version == 0) {
        text_append_string(&shown, parameter->selector);
    }
    if (source->member != NULL) {
        text_append_format(&shown, "#%s", source->member);
    }
    return text_take(&shown);
}

static bool take_member(
        const struct source *source, struct assignment *assignment, struct err *reterr)
{
    struct secret *value = malloc(sizeof(*value));
    if (value == NULL) {
        return err_set_no_memory(reterr);
    }
    *value = SECRET_INIT(PARAMETER_VALUE_MAX_BYTES);
    if (!member_extract(assignment->value, source->member, source->text, value, reterr)) {
        secret_clear(value);
        free(value);
        return false;
    }
    assignment->owned_value = value;
    assignment->value = value;
    return true;
}

static bool assign_name(const struct source *source,
        const struct ssm_name_query *query,
        struct assignment_list *assignments,
        struct err_list *problems)
{
    if (!query->is_found) {
        return true;
    }
    struct err err;
    struct assignment assignment = begin_assignment(source, &query->found);
    if (source->member != NULL && !take_member(source, &assignment, &err)) {
        err_list_add(problems, &err);
        return false;
    }
    assignment.variable = strdup(source->variable);
    assignment.parameter = show_parameter(source, &query->found);
    if (!add_assignment(assignments, &assignment, &err)) {
        err_list_add(problems, &err);
        return false;
    }
    return true;
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
                ? assign_path(source, &fetched->queries.paths[query], rules, assignments, problems)
                : assign_name(source, &fetched->queries.names[query], assignments, problems);
        ok = ok && mapped;
    }
    return ok;
}

bool fetch_check_regions(const struct source_list *sources,
        const struct settings *settings,
        struct err_list *problems)
{
    bool ok = true;
    const char *region = settings->region;
    for (size_t i = 0; i < sources->len; i++) {
        const struct source *source = &sources->items[i];
        struct arn arn;
        if (source->kind == SOURCE_NAME && arn_parse(source->name, &arn)
                && !span_is(arn.region, region)) {
            struct err err;
            (void)err_set(&err, ERR_USAGE, source->shown,
                    "the ARN's region is %.*s, but this run reads from %s", (int)arn.region.len,
                    arn.region.bytes, region);
            err_set_hint(&err,
                    "one run reads from one region: set --region or AWS_REGION (%s comes from %s)",
                    region, settings->region_where);
            err_list_add(problems, &err);
            ok = false;
        }
    }
    return ok;
}

bool fetch_plan(const struct source_list *sources,
        const struct fetch_rules *rules,
        struct fetched *ret_fetched,
        struct err *reterr)
{
    CLEANUP(clear_plan) struct plan plan = { 0 };
    return collect_wishes(sources, &plan, reterr)
            && make_queries(sources, rules, &plan, ret_fetched, reterr);
}

void fetched_clear(struct fetched *fetched)
{
    for (size_t i = 0; i < fetched->queries.path_count; i++) {
        parameter_list_clear(&fetched->queries.paths[i].found);
    }
    for (size_t i = 0; i < fetched->queries.name_count; i++) {
        parameter_clear(&fetched->queries.names[i].found);
    }
    free(fetched->queries.paths);
    free(fetched->queries.names);
    free(fetched->query_of_source);
    *fetched = (struct fetched){ 0 };
}
