/* SPDX-License-Identifier: MIT */
#include "vars/merge.h"

#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/span.h"
#include "base/text.h"
#include "vars/guard.h"
#include "vars/name_pattern.h"
#include "vars/var_name.h"

void assignment_clear(struct assignment *assignment)
{
    free(assignment->variable);
    free(assignment->parameter);
    if (assignment->owned_value != NULL) {
        secret_clear(assignment->owned_value);
        free(assignment->owned_value);
    }
    *assignment = (struct assignment){ 0 };
}

bool assignment_list_add_take(
        struct assignment_list *list, struct assignment *assignment, struct err *reterr)
{
    struct assignment *items = array_grow(list->items, list->len, &list->cap, sizeof(*items));
    if (items == NULL) {
        return err_set_no_memory(reterr);
    }
    list->items = items;
    list->items[list->len++] = *assignment;
    *assignment = (struct assignment){ 0 };
    return true;
}

void assignment_list_clear(struct assignment_list *list)
{
    for (size_t i = 0; i < list->len; i++) {
        assignment_clear(&list->items[i]);
    }
    free(list->items);
    *list = (struct assignment_list){ 0 };
}

static int compare_parameters(const struct assignment *left, const struct assignment *right)
{
    if (left->parameter == NULL || right->parameter == NULL) {
        return (left->parameter != NULL) - (right->parameter != NULL);
    }
    return strcmp(left->parameter, right->parameter);
}

/* By variable, layer, order, parameter and version: the winner is the last of its variable. */
static int compare_assignments(const void *a, const void *b)
{
    const struct assignment *left = a;
    const struct assignment *right = b;
    int order = strcmp(left->variable, right->variable);
    if (order != 0) {
        return order;
    }
    if (left->layer != right->layer) {
        return left->layer < right->layer ? -1 : 1;
    }
    if (left->order != right->order) {
        return left->order < right->order ? -1 : 1;
    }
    order = compare_parameters(left, right);
    if (order != 0 || left->version == right->version) {
        return order;
    }
    return left->version < right->version ? -1 : 1;
}

static int compare_names(const void *a, const void *b)
{
    const struct span *left = a;
    const struct span *right = b;
    return span_compare(*left, *right);
}

/* The names of the inherited entries, each at the beginning of its entry. Sorted. */
struct inherited_index {
    struct span *names;
    size_t len;
};

static void clear_index(struct inherited_index *index)
{
    free(index->names);
}

static bool make_index(
        const struct inherited *inherited, struct inherited_index *ret_index, struct err *reterr)
{
    ret_index->names = calloc(inherited->count + 1, sizeof(*ret_index->names));
    if (ret_index->names == NULL) {
        return err_set_no_memory(reterr);
    }
    for (size_t i = 0; i < inherited->count; i++) {
        const char *entry = inherited->entries[i];
        size_t len = environment_name_len(entry);
        if (entry[len] == '=') {
            ret_index->names[ret_index->len++] = (struct span){ entry, len };
        }
    }
    qsort(ret_index->names, ret_index->len, sizeof(*ret_index->names), compare_names);
    return true;
}

/* The inherited entry of that name, or NULL. */
static const char *find_inherited(const struct inherited_index *index, const char *name)
{
    const struct span wanted = { name, strlen(name) };
    const struct span *found = bsearch(
            &wanted, index->names, index->len, sizeof(wanted), compare_names);
    return found == NULL ? NULL : found->bytes;
}

static bool is_preserved(const struct merge_rules *rules, const char *variable)
{
    return rules->preserve_all
            || name_pattern_any(
                    rules->preserved, rules->preserved_count, variable, strlen(variable));
}

/* Checks that the parameter may set its variable at all. */
static void check_assignment(const struct assignment *assignment,
        const struct merge_rules *rules,
        struct err_list *problems)
{
    const char *variable = assignment->variable;
    struct err err;
    if (assignment->parameter == NULL) {
        return; /* a plain value: who writes the env file could set the variable as well */
    }
    if (var_name_is_own(variable, strlen(variable))) {
        err_list_add_new(problems, ERR_MAPPING, assignment->parameter, NULL,
                "would set %s, but variables that begin with SSM_EXEC_ are ssm-exec's own settings",
                variable);
    }
    if (guard_is_guarded(variable)
            && !name_pattern_any(
                    rules->allowed, rules->allowed_count, variable, strlen(variable))) {
        (void)err_set(&err, ERR_MAPPING, assignment->parameter,
                "would set %s, which the loader or a shell acts upon before the command runs",
                variable);
        err_set_hint(&err, "if this is intended, say --allow-var %s", variable);
        err_list_add(problems, &err);
    }
    bool has_nul = memchr(secret_expose(assignment->value), '\0', secret_len(assignment->value))
            != NULL;
    if (has_nul && !assignment->as_file) {
        err_list_add_new(problems, ERR_MAPPING, assignment->parameter,
                "store it encoded, for example in base64, or take it as a file: --file NAME=REF",
                "the value holds a NUL and cannot be an environment variable");
    }
}

static void check_type(const struct assignment *assignment,
        const struct merge_rules *rules,
        struct err_list *problems)
{
    if (rules->secure_only && assignment->parameter != NULL
            && strcmp(assignment->type, "SecureString") != 0) {
        err_list_add_new(problems, ERR_MAPPING, assignment->parameter,
                "a type cannot be changed: delete the parameter and create it as SecureString",
                "is %s%s, but --secure-only accepts SecureStrings only",
                assignment->type[0] == '\0' ? "of no type" : "a ", assignment->type);
    }
}

/* A parameter that changed while the pages were read may be on two of them: not a collision. */
static void check_collision(
        const struct assignment *one, const struct assignment *other, struct err_list *problems)
{
    if (compare_parameters(one, other) != 0) {
        err_list_add_new(problems, ERR_MAPPING, other->origin,
                "rename or delete one of the two parameters, or read a narrower path",
                "%s and %s would both become %s", one->parameter, other->parameter, one->variable);
    }
}

static bool is_same_source(const struct assignment *one, const struct assignment *other)
{
    return one->layer == other->layer && one->order == other->order;
}

/* Of all assignments of a variable the last wins, unless the inherited one is preserved. */
static struct merged_variable decide(const struct assignment *first,
        size_t count,
        const char *entry,
        const struct merge_rules *rules,
        struct err_list *problems)
{
    const struct assignment *last = &first[count - 1];
    struct merged_variable variable = {
        .assignment = last, .unpreserved = last, .overridden_inherited = entry
    };
    bool is_kept = is_preserved(rules, first->variable);
    if (is_kept && first->layer == LAYER_INHERITED && first->parameter != NULL) {
        variable.assignment = first; /* a reference, whose value it keeps */
    } else if (is_kept && entry != NULL) {
        variable.is_preserved = true;
    }
    for (size_t i = 0; i < count; i++) {
        check_type(&first[i], rules, problems);
        if (i > 0 && is_same_source(&first[i - 1], &first[i])) {
            check_collision(&first[i - 1], &first[i], problems);
        }
        if (!is_same_source(&first[i], variable.assignment)) {
            variable.overridden = &first[i];
        }
    }
    variable.is_unset = name_pattern_any(
            rules->unset, rules->unset_count, first->variable, strlen(first->variable));
    if (!variable.is_preserved && !variable.is_unset) {
        check_assignment(variable.assignment, rules, problems);
    }
    return variable;
}

bool merge(struct assignment_list *assignments,
        const struct inherited *inherited,
        const struct merge_rules *rules,
        struct merge_result *ret_result,
        struct err_list *problems)
{
    CLEANUP(clear_index) struct inherited_index index = { 0 };
    CLEANUP(merge_result_clear) struct merge_result result = { 0 };
    size_t problems_before = problems->len + problems->unlisted;
    struct err err;
    result.variables = calloc(assignments->len + 1, sizeof(*result.variables));
    if (result.variables == NULL) {
        (void)err_set_no_memory(&err);
        return err_list_add(problems, &err);
    }
    if (!make_index(inherited, &index, &err)) {
        return err_list_add(problems, &err);
    }
    if (assignments->len > 0) {
        qsort(assignments->items, assignments->len, sizeof(*assignments->items),
                compare_assignments);
    }
    for (size_t first = 0, next = 0; first < assignments->len; first = next) {
        const struct assignment *items = assignments->items;
        const char *name = items[first].variable;
        while (next < assignments->len && strcmp(items[next].variable, name) == 0) {
            next++;
        }
        result.variables[result.len++] = decide(
                &items[first], next - first, find_inherited(&index, name), rules, problems);
    }
    *ret_result = result;
    result = (struct merge_result){ 0 };
    return problems->len + problems->unlisted == problems_before;
}

/* --- requirements --- */

static int compare_to_merged(const void *name, const void *variable)
{
    const struct merged_variable *merged = variable;
    return strcmp(name, merged->assignment->variable);
}

static bool is_met(
        const struct merge_result *result, const struct inherited_index *index, const char *name)
{
    const struct merged_variable *variable = bsearch(
            name, result->variables, result->len, sizeof(*variable), compare_to_merged);
    if (variable != NULL && variable->is_unset) {
        return false;
    }
    if (variable != NULL && !variable->is_preserved) {
        return variable->assignment->as_file || !secret_is_empty(variable->assignment->value);
    }
    const char *entry = find_inherited(index, name);
    return entry != NULL && entry[strlen(name) + 1] != '\0';
}

bool merge_require(const struct merge_result *result,
        const struct inherited *inherited,
        const char *const names[],
        size_t name_count,
        struct err_list *problems)
{
    enum {
        LISTED_MAX_BYTES = 1200 /* so that a list fits an error; longer ones take several */
    };

    CLEANUP(clear_index) struct inherited_index index = { 0 };
    CLEANUP(text_clear) struct text missing = TEXT_INIT((size_t)16 * 1024 * 1024);
    struct err err;
    bool ok = true;
    if (!make_index(inherited, &index, &err)) {
        return err_list_add(problems, &err);
    }
    for (size_t i = 0; i < name_count; i++) {
        if (!is_met(result, &index, names[i])) {
            text_append_format(&missing, "%s%s", missing.len == 0 ? "" : ", ", names[i]);
        }
        if (missing.len > LISTED_MAX_BYTES || (i + 1 == name_count && missing.len > 0)) {
            ok = err_list_add_new(problems, ERR_MAPPING, NULL,
                    "--dry-run shows what is set, and from where",
                    "required and not set, or empty: %s", text_string(&missing));
            text_reset(&missing);
        }
    }
    return ok;
}

void merge_result_clear(struct merge_result *result)
{
    free(result->variables);
    *result = (struct merge_result){ 0 };
}
