/* SPDX-License-Identifier: MIT */
#include "vars/inherit.h"

#include <stdlib.h>
#include <string.h>

#include "vars/var_name.h"

struct candidate {
    struct span name; /* the beginning of the entry */
    size_t position;
};

static int compare_candidates(const void *a, const void *b)
{
    const struct candidate *left = a;
    const struct candidate *right = b;
    int order = span_compare(left->name, right->name);
    if (order != 0) {
        return order;
    }
    return left->position < right->position ? -1 : 1;
}

/* An entry without '=' has no name and is passed on as it is. */
static bool has_name(struct span name)
{
    return name.bytes[name.len] == '=';
}

enum verdict {
    DROPPED,
    PASSED,
    REFERENCE,
    WRONG_REFERENCE, /* its value is needed to read references */
};

static enum verdict judge(struct span name, const struct inherit_rules *rules)
{
    bool is_reference = !rules->no_refs && has_name(name) && name.len > 0
            && source_is_reference(name.bytes + name.len + 1);
    if (is_reference && name_patterns_match(rules->needed, name.bytes, name.len)) {
        return WRONG_REFERENCE;
    }
    if (var_name_is_own(name.bytes, name.len)) {
        return DROPPED;
    }
    if (!has_name(name)) {
        return rules->pristine ? DROPPED : PASSED;
    }
    if (name_patterns_match(rules->unset, name.bytes, name.len)
            || name_patterns_match(rules->dropped, name.bytes, name.len)) {
        return DROPPED;
    }
    if (is_reference) {
        return REFERENCE;
    }
    bool is_kept = !rules->pristine || name_patterns_match(rules->kept, name.bytes, name.len);
    return is_kept ? PASSED : DROPPED;
}

/* Judges each name once, in the order of names: of duplicates the first entry counts. */
static void judge_all(const struct candidate *candidates,
        size_t count,
        const struct inherit_rules *rules,
        enum verdict *verdicts,
        struct inherited *inherited)
{
    const struct span *last = NULL;
    for (size_t i = 0; i < count; i++) {
        const struct span *name = &candidates[i].name;
        bool is_named = has_name(*name);
        if (is_named && last != NULL && span_equals(*last, *name)) {
            continue; /* stays DROPPED */
        }
        last = is_named ? name : last;
        verdicts[candidates[i].position] = judge(*name, rules);
        if (is_named && verdicts[candidates[i].position] == PASSED) {
            inherited->names[inherited->name_count++] = *name;
        }
    }
}

static bool add_reference(const char *entry, struct source_list *references, struct err *reterr)
{
    CLEANUP(source_clear) struct source source = { 0 };
    size_t len = environment_name_len(entry);
    char *variable = strndup(entry, len);
    if (variable == NULL) {
        return err_set_no_memory(reterr);
    }
    bool ok = source_parse_reference(variable, entry + len + 1, &source, reterr);
    free(variable);
    source.layer = LAYER_INHERITED;
    return ok && source_list_add_owned(references, &source, reterr);
}

static bool add_entry(char *entry,
        enum verdict verdict,
        struct inherited *inherited,
        struct source_list *references,
        struct err *reterr)
{
    switch (verdict) {
    case PASSED:
        inherited->entries[inherited->count++] = entry;
        break;
    case REFERENCE:
        return add_reference(entry, references, reterr);
    case WRONG_REFERENCE:
        return err_set(reterr, ERR_INPUT, NULL,
                "%.*s is an ssm:// reference, but its value is needed to read Parameter Store",
                (int)environment_name_len(entry), entry);
    case DROPPED:
        break;
    }
    return true;
}

static void free_candidates(struct candidate **candidates)
{
    free(*candidates);
}

static void free_verdicts(enum verdict **verdicts)
{
    free(*verdicts);
}

bool inherit_select(const struct environment *environment,
        const struct inherit_rules *rules,
        struct inherited *ret_inherited,
        struct source_list *references,
        struct err_list *problems)
{
    size_t count = 0;
    while (environment->entries[count] != NULL) {
        count++;
    }
    struct err err;
    bool ok = true;
    CLEANUP(free_candidates) struct candidate *candidates = calloc(count + 1, sizeof(*candidates));
    CLEANUP(free_verdicts) enum verdict *verdicts = calloc(count + 1, sizeof(*verdicts));
    ret_inherited->entries = calloc(count + 1, sizeof(char *));
    ret_inherited->names = calloc(count + 1, sizeof(struct span));
    if (candidates == NULL || verdicts == NULL || ret_inherited->entries == NULL
            || ret_inherited->names == NULL) {
        (void)err_set_no_memory(&err);
        return err_list_add(problems, &err);
    }
    for (size_t i = 0; i < count; i++) {
        const char *entry = environment->entries[i];
        candidates[i] = (struct candidate){ { entry, environment_name_len(entry) }, i };
    }
    qsort(candidates, count, sizeof(*candidates), compare_candidates);
    judge_all(candidates, count, rules, verdicts, ret_inherited);
    for (size_t i = 0; i < count; i++) {
        if (!add_entry(environment->entries[i], verdicts[i], ret_inherited, references, &err)) {
            ok = err_list_add(problems, &err);
        }
    }
    return ok;
}

static int compare_names(const void *a, const void *b)
{
    const struct span *left = a;
    const struct span *right = b;
    return span_compare(*left, *right);
}

const char *inherited_find(const struct inherited *inherited, const char *name)
{
    const struct span wanted = { name, strlen(name) };
    const struct span *found = bsearch(
            &wanted, inherited->names, inherited->name_count, sizeof(wanted), compare_names);
    return found == NULL ? NULL : found->bytes;
}

void inherited_clear(struct inherited *inherited)
{
    free((void *)inherited->entries);
    free(inherited->names);
    *inherited = (struct inherited){ 0 };
}
