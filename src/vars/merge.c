/* SPDX-License-Identifier: MIT */
#include "vars/merge.h"

#include <stdlib.h>
#include <string.h>

#include "vars/guard.h"
#include "vars/name_pattern.h"

static const char OWN_PREFIX[] = "SSM_EXEC_";

bool assignment_list_add(
        struct assignment_list *list, const struct assignment *assignment, struct err *reterr)
{
    if (list->len == list->cap) {
        size_t cap = list->cap == 0 ? 16 : list->cap * 2;
        struct assignment *items = calloc(cap, sizeof(*items));
        if (items == NULL) {
            free(assignment->variable);
            return err_set_no_memory(reterr);
        }
        if (list->len > 0) {
            memcpy(items, list->items, list->len * sizeof(*items));
        }
        free(list->items);
        list->items = items;
        list->cap = cap;
    }
    list->items[list->len++] = *assignment;
    return true;
}

void assignment_list_clear(struct assignment_list *list)
{
    for (size_t i = 0; i < list->len; i++) {
        free(list->items[i].variable);
    }
    free(list->items);
    *list = (struct assignment_list){ 0 };
}

/* By variable, source, parameter and version: what wins stands last of its variable. */
static int compare_assignments(const void *a, const void *b)
{
    const struct assignment *left = a;
    const struct assignment *right = b;
    int order = strcmp(left->variable, right->variable);
    if (order != 0) {
        return order;
    }
    if (left->source != right->source) {
        return left->source < right->source ? -1 : 1;
    }
    order = strcmp(left->parameter, right->parameter);
    if (order != 0 || left->version == right->version) {
        return order;
    }
    return left->version < right->version ? -1 : 1;
}

/* An inherited entry under its name, for look-up: sorted, the first of each name first. */
struct inherited_name {
    const char *entry;
    size_t len;
    size_t position;
};

static int compare_names(const char *a, size_t a_len, const char *b, size_t b_len)
{
    int order = memcmp(a, b, a_len < b_len ? a_len : b_len);
    if (order != 0) {
        return order;
    }
    return a_len == b_len ? 0 : a_len < b_len ? -1 : 1;
}

static int compare_inherited(const void *a, const void *b)
{
    const struct inherited_name *left = a;
    const struct inherited_name *right = b;
    int order = compare_names(left->entry, left->len, right->entry, right->len);
    if (order != 0) {
        return order;
    }
    return left->position < right->position ? -1 : 1;
}

struct inherited_index {
    struct inherited_name *names;
    size_t len;
};

static void clear_index(struct inherited_index *index)
{
    free(index->names);
}

static bool make_index(
        const struct environment *inherited, struct inherited_index *ret_index, struct err *reterr)
{
    size_t count = 0;
    while (inherited->entries[count] != NULL) {
        count++;
    }
    ret_index->names = calloc(count + 1, sizeof(*ret_index->names));
    if (ret_index->names == NULL) {
        return err_set_no_memory(reterr);
    }
    for (size_t i = 0; i < count; i++) {
        const char *entry = inherited->entries[i];
        size_t len = environment_name_len(entry);
        if (entry[len] == '=') {
            ret_index->names[ret_index->len++] = (struct inherited_name){ entry, len, i };
        }
    }
    qsort(ret_index->names, ret_index->len, sizeof(*ret_index->names), compare_inherited);
    return true;
}

/* The first inherited entry of that name, or NULL. */
static const char *find_inherited(const struct inherited_index *index, const char *name)
{
    size_t low = 0;
    size_t high = index->len;
    size_t len = strlen(name);
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        const struct inherited_name *probe = &index->names[middle];
        if (compare_names(probe->entry, probe->len, name, len) < 0) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    bool found = low < index->len
            && compare_names(index->names[low].entry, index->names[low].len, name, len) == 0;
    return found ? index->names[low].entry : NULL;
}

static bool is_preserved(const struct merge_rules *rules, const char *variable)
{
    return rules->preserve_all
            || name_pattern_any(
                    rules->preserved, rules->preserved_count, variable, strlen(variable));
}

static void add_problem(struct err_list *problems,
        const struct assignment *about,
        const char *why,
        const char *hint)
{
    struct err err;
    (void)err_set(&err, ERR_MAPPING, about->parameter, "%s", why);
    err_set_hint(&err, "%s", hint);
    err_list_add(problems, &err);
}

/* Whether the parameter may set its variable at all. */
static void check_assignment(const struct assignment *assignment,
        const struct merge_rules *rules,
        struct err_list *problems)
{
    const char *variable = assignment->variable;
    struct err err;
    if (strncmp(variable, OWN_PREFIX, sizeof(OWN_PREFIX) - 1) == 0) {
        (void)err_set(&err, ERR_MAPPING, assignment->parameter,
                "would set %s: variables of that prefix are ssm-exec's own settings", variable);
        err_list_add(problems, &err);
    }
    if (guard_is_guarded(variable)
            && !name_pattern_any(
                    rules->allowed, rules->allowed_count, variable, strlen(variable))) {
        (void)err_set(&err, ERR_MAPPING, assignment->parameter,
                "would set %s, which the loader or a shell acts upon before the command does",
                variable);
        err_set_hint(&err, "if that is meant, say --allow-var %s", variable);
        err_list_add(problems, &err);
    }
    if (memchr(secret_expose(assignment->value), '\0', secret_len(assignment->value)) != NULL) {
        add_problem(problems, assignment,
                "the value holds a NUL and cannot be an environment variable",
                "store it encoded, for example in base64");
    }
}

/* One that changed while the pages were read may stand on two of them: that is no collision. */
static void check_collision(const struct source_list *sources,
        const struct assignment *one,
        const struct assignment *other,
        struct err_list *problems)
{
    struct err err;
    if (strcmp(one->parameter, other->parameter) == 0) {
        return;
    }
    (void)err_set(&err, ERR_MAPPING, sources->items[one->source].text,
            "%s and %s would both become %s", one->parameter, other->parameter, one->variable);
    err_set_hint(&err, "rename or delete one of the two parameters, or read a narrower path");
    err_list_add(problems, &err);
}

bool merge(const struct source_list *sources,
        struct assignment_list *assignments,
        const struct environment *inherited,
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
        err_list_add(problems, &err);
        return false;
    }
    if (!make_index(inherited, &index, &err)) {
        err_list_add(problems, &err);
        return false;
    }
    if (assignments->len > 0) {
        qsort(assignments->items, assignments->len, sizeof(*assignments->items),
                compare_assignments);
    }
    const struct assignment *previous = NULL;
    struct merged_variable *variable = result.variables;
    for (size_t i = 0; i < assignments->len; i++) {
        const struct assignment *assignment = &assignments->items[i];
        bool same = previous != NULL && strcmp(previous->variable, assignment->variable) == 0;
        if (same && previous->source == assignment->source) {
            check_collision(sources, previous, assignment, problems);
        }
        if (!same) {
            variable = &result.variables[result.len++];
        }
        const char *entry = find_inherited(&index, assignment->variable);
        bool other_source = same && previous->source != assignment->source;
        *variable = (struct merged_variable){
            .assignment = assignment,
            .overridden_inherited = entry,
            .overridden = other_source ? previous : variable->overridden,
            .is_preserved = entry != NULL && is_preserved(rules, assignment->variable),
        };
        if (!variable->is_preserved) {
            check_assignment(assignment, rules, problems);
        }
        previous = assignment;
    }
    if (problems->len + problems->unlisted != problems_before) {
        return false;
    }
    *ret_result = result;
    result = (struct merge_result){ 0 };
    return true;
}

void merge_result_clear(struct merge_result *result)
{
    free(result->variables);
    *result = (struct merge_result){ 0 };
}
