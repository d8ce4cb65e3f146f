/* SPDX-License-Identifier: MIT */
#include "vars/merge.h"

#include <stdlib.h>
#include <string.h>

#include "base/array.h"
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

bool assignment_list_add_owned(
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

static bool matches(struct name_patterns patterns, const char *variable)
{
    return name_patterns_match(patterns, variable, strlen(variable));
}

/* Checks that the parameter may set its variable at all. */
static void check_assignment(const struct assignment *assignment,
        const struct merge_rules *rules,
        struct err_list *problems)
{
    const char *variable = assignment->variable;
    struct err err;
    if (assignment->parameter == NULL) {
        return; /* a plain value: whoever writes the env file could also set the variable directly */
    }
    if (var_name_is_own(variable, strlen(variable))) {
        err_list_add_new(problems, ERR_MAPPING, assignment->parameter, NULL,
                "would set %s, but variables that begin with SSM_EXEC_ are ssm-exec's own settings",
                variable);
    }
    if (guard_is_guarded(variable) && !matches(rules->allowed, variable)) {
        (void)err_set(&err, ERR_MAPPING, assignment->parameter,
                "would set %s, which the loader or a shell acts upon before the command runs",
                variable);
        err_set_hint(&err, "if this is intended, use --allow-var %s", variable);
        err_list_add(problems, &err);
    }
    bool has_nul = memchr(secret_expose(assignment->value), '\0', secret_len(assignment->value))
            != NULL;
    if (has_nul && !assignment->as_file) {
        err_list_add_new(problems, ERR_MAPPING, assignment->parameter,
                "store it encoded, for example in base64, or pass it as a file: --file NAME=REF",
                "the value holds a NUL and cannot be an environment variable");
    }
}

static void check_type(const struct assignment *assignment,
        const struct merge_rules *rules,
        struct err_list *problems)
{
    const char *secure = rules->secure_type;
    if (secure != NULL && assignment->parameter != NULL && strcmp(assignment->type, secure) != 0) {
        struct err err;
        (void)err_set(&err, ERR_MAPPING, assignment->parameter,
                "is %s%s, but --secure-only accepts only %ss",
                assignment->type[0] == '\0' ? "of no type" : "a ", assignment->type, secure);
        err_set_hint(&err,
                "the type cannot be changed: delete the parameter and create it again as %s",
                secure);
        err_list_add(problems, &err);
    }
}

/* The same parameter twice is not a collision: if it changed between two pages, both may list it. */
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

bool merged_variable_is_set(const struct merged_variable *variable)
{
    return !variable->is_preserved && !variable->is_unset;
}

/* Selects the last assignment of the variable, unless the inherited value is preserved. */
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
    bool is_kept = rules->preserve_all || matches(rules->preserved, first->variable);
    if (is_kept && first->layer == LAYER_INHERITED && first->parameter != NULL) {
        variable.assignment = first; /* an inherited reference: its value is preserved */
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
    variable.is_unset = matches(rules->unset, first->variable);
    if (merged_variable_is_set(&variable)) {
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
    CLEANUP(merge_result_clear) struct merge_result result = { 0 };
    size_t problems_before = problems->len + problems->unlisted;
    result.variables = calloc(assignments->len + 1, sizeof(*result.variables));
    if (result.variables == NULL) {
        struct err err;
        (void)err_set_no_memory(&err);
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
                &items[first], next - first, inherited_find(inherited, name), rules, problems);
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
        const struct merge_result *result, const struct inherited *inherited, const char *name)
{
    const struct merged_variable *variable = bsearch(
            name, result->variables, result->len, sizeof(*variable), compare_to_merged);
    if (variable != NULL && variable->is_unset) {
        return false;
    }
    if (variable != NULL && !variable->is_preserved) {
        return variable->assignment->as_file || !secret_is_empty(variable->assignment->value);
    }
    const char *entry = inherited_find(inherited, name);
    return entry != NULL && entry[strlen(name) + 1] != '\0';
}

bool merge_require(const struct merge_result *result,
        const struct inherited *inherited,
        const struct string_list *required,
        struct err_list *problems)
{
    enum {
        LISTED_MAX_BYTES = 1200 /* fits in one error; a longer list is split into several */
    };

    CLEANUP(text_clear) struct text missing = TEXT_INIT((size_t)16 * 1024 * 1024);
    bool ok = true;
    for (size_t i = 0; i < required->len; i++) {
        if (!is_met(result, inherited, required->items[i])) {
            text_append_format(&missing, "%s%s", missing.len == 0 ? "" : ", ", required->items[i]);
        }
        if (missing.len > LISTED_MAX_BYTES || (i + 1 == required->len && missing.len > 0)) {
            ok = err_list_add_new(problems, ERR_MAPPING, NULL,
                    "--dry-run shows what is set, and from where",
                    "required, but unset or empty: %s", text_string(&missing));
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
