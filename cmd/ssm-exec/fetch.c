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

/* For sorting, to find sources that need the same query. */
struct sorted_source {
    const struct source *source;
    const char *text; /* a path, or a name */
    size_t index;     /* of the source */
};

/* Paths first; equal texts next to each other, in the order of their sources. */
static int compare_sorted(const void *a, const void *b)
{
    const struct sorted_source *left = a;
    const struct sorted_source *right = b;
    if (left->source->kind != right->source->kind) {
        return left->source->kind == SOURCE_PATH ? -1 : 1;
    }
    int order = strcmp(left->text, right->text);
    if (order != 0) {
        return order;
    }
    return left->index < right->index ? -1 : 1;
}

static void free_sorted(struct sorted_source **sorted)
{
    free(*sorted);
}

static struct sorted_source *sort_sources(const struct source_list *sources)
{
    struct sorted_source *sorted = calloc(sources->len + 1, sizeof(*sorted));
    if (sorted == NULL) {
        return NULL;
    }
    for (size_t i = 0; i < sources->len; i++) {
        const struct source *source = &sources->items[i];
        const char *text = source->kind == SOURCE_PATH ? source->path : source->name;
        sorted[i] = (struct sorted_source){ source, text, i };
    }
    qsort(sorted, sources->len, sizeof(*sorted), compare_sorted);
    return sorted;
}

/* The hint for a missing parameter, unless it is a SOURCE of the command line. */
static const char *hint_if_missing(const struct source *source)
{
    if (source->is_locked) {
        return "AWS keeps 100 versions of a parameter, and none of a deleted one: write the lock "
               "file again with --dry-run --json";
    }
    if (source->layer == LAYER_INHERITED) {
        return "check the spelling and the region, or remove the variable from the environment "
               "(--unset)";
    }
    if (source->layer == LAYER_ENV_FILE) {
        return "check the spelling and the region, or remove the line from the env file";
    }
    if (source->as_file) {
        return "check the spelling (names are case-sensitive), the version or label, and the region";
    }
    return NULL;
}

static void add_path(
        const struct source *source, const struct fetch_rules *rules, struct ssm_queries *queries)
{
    queries->paths[queries->path_count++] = (struct ssm_path_query){
        .subject = source->shown,
        .path = source->path,
        .label = rules->label,
        .recursive = rules->recursive,
        .optional = true,
    };
}

static void add_name(const struct source *source, struct ssm_queries *queries)
{
    queries->names[queries->name_count++] = (struct ssm_name_query){
        .subject = source->shown,
        .name = source->name,
        .optional = true,
        .missing_hint = hint_if_missing(source),
        .found = PARAMETER_INIT,
    };
}

/* The part of an assignment that does not depend on the variable; its texts are set later. */
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

/* Texts of the assignment are NULL if memory ran out. */
static bool add_assignment(
        struct assignment_list *assignments, struct assignment *assignment, struct err *reterr)
{
    return assignment->variable != NULL && assignment->parameter != NULL
            ? assignment_list_add_owned(assignments, assignment, reterr)
            : err_set_no_memory(reterr);
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
        CLEANUP(assignment_clear)
        struct assignment assignment = begin_assignment(source, parameter);
        struct err err;
        assignment.parameter = strdup(parameter->name);
        if (!var_name_make(parameter->name, source->path, source->prefix, rules,
                    &assignment.variable, &err)
                || !add_assignment(assignments, &assignment, &err)) {
            ok = err_list_add(problems, &err);
        }
    }
    return ok;
}

/*
 * The name, or the ARN if the source is one, and the member. A Secrets Manager value has no version
 * number: its stage is kept after the name.
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
    return text_detach(&shown);
}

static bool extract_member(
        const struct source *source, struct assignment *assignment, struct err *reterr)
{
    const struct secret *whole = assignment->value;
    struct secret *value = malloc(sizeof(*value));
    if (value == NULL) {
        return err_set_no_memory(reterr);
    }
    *value = SECRET_INIT(PARAMETER_VALUE_MAX_BYTES);
    assignment->owned_value = value;
    assignment->value = value;
    return member_extract(whole, source->member, source->text, value, reterr);
}

static bool assign_name(const struct source *source,
        const struct ssm_name_query *query,
        struct assignment_list *assignments,
        struct err_list *problems)
{
    if (!query->is_found) {
        return true;
    }
    CLEANUP(assignment_clear)
    struct assignment assignment = begin_assignment(source, &query->found);
    struct err err;
    assignment.variable = strdup(source->variable);
    assignment.parameter = show_parameter(source, &query->found);
    return ((source->member == NULL || extract_member(source, &assignment, &err))
                   && add_assignment(assignments, &assignment, &err))
            || err_list_add(problems, &err);
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
            ok = err_list_add(problems, &err);
        }
    }
    return ok;
}

bool fetch_plan(const struct source_list *sources,
        const struct fetch_rules *rules,
        struct fetched *ret_fetched,
        struct err *reterr)
{
    CLEANUP(free_sorted) struct sorted_source *sorted = sort_sources(sources);
    struct ssm_queries *queries = &ret_fetched->queries;
    queries->paths = calloc(sources->len + 1, sizeof(*queries->paths));
    queries->names = calloc(sources->len + 1, sizeof(*queries->names));
    ret_fetched->query_of_source = calloc(sources->len + 1, sizeof(size_t));
    if (sorted == NULL || queries->paths == NULL || queries->names == NULL
            || ret_fetched->query_of_source == NULL) {
        return err_set_no_memory(reterr);
    }
    for (size_t i = 0; i < sources->len; i++) {
        const struct source *source = sorted[i].source;
        bool is_path = source->kind == SOURCE_PATH;
        bool is_repeated = i > 0 && sorted[i - 1].source->kind == source->kind
                && strcmp(sorted[i - 1].text, sorted[i].text) == 0;
        if (!is_repeated && is_path) {
            add_path(source, rules, queries);
        } else if (!is_repeated) {
            add_name(source, queries);
        }
        /* If several sources share a query, it is optional only if all of them are. */
        size_t query = (is_path ? queries->path_count : queries->name_count) - 1;
        bool *optional = is_path ? &queries->paths[query].optional
                                 : &queries->names[query].optional;
        *optional = *optional && source->optional;
        ret_fetched->query_of_source[sorted[i].index] = query;
    }
    return true;
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
