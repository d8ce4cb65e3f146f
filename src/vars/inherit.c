/* SPDX-License-Identifier: MIT */
#include "vars/inherit.h"

#include <stdlib.h>
#include <string.h>

#include "base/span.h"
#include "vars/name_pattern.h"
#include "vars/var_name.h"

/* An entry of the environment; sorted by name, duplicates are next to each other. */
struct candidate {
    char *entry;
    struct span name; /* the beginning of the entry */
    size_t position;
    bool is_dropped;
};

static int compare_by_name(const void *a, const void *b)
{
    const struct candidate *left = a;
    const struct candidate *right = b;
    int order = span_compare(left->name, right->name);
    if (order != 0) {
        return order;
    }
    return left->position < right->position ? -1 : 1;
}

static int compare_by_position(const void *a, const void *b)
{
    const struct candidate *left = a;
    const struct candidate *right = b;
    return left->position < right->position ? -1 : 1;
}

/* An entry without '=' has no name and is passed on as it is. */
static bool has_name(const struct candidate *candidate)
{
    return candidate->entry[candidate->name.len] == '=';
}

/* Marks all but the first entry of each name; the candidates are sorted by name. */
static void drop_duplicates(struct candidate *candidates, size_t count)
{
    const struct candidate *first = NULL;
    for (size_t i = 0; i < count; i++) {
        if (!has_name(&candidates[i])) {
            continue;
        }
        if (first != NULL && span_equals(first->name, candidates[i].name)) {
            candidates[i].is_dropped = true;
        } else {
            first = &candidates[i];
        }
    }
}

bool inherit_is_credential(const char *name, size_t len)
{
    static const char *const names[] = { "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY",
        "AWS_SESSION_TOKEN", "AWS_SECURITY_TOKEN", "AWS_CREDENTIAL_EXPIRATION", "AWS_PROFILE",
        "AWS_DEFAULT_PROFILE", "AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE", "AWS_ROLE_ARN",
        "AWS_ROLE_SESSION_NAME", "AWS_WEB_IDENTITY_TOKEN_FILE",
        "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "AWS_CONTAINER_CREDENTIALS_FULL_URI",
        "AWS_CONTAINER_AUTHORIZATION_TOKEN", "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE" };
    return name_pattern_any(names, sizeof(names) / sizeof(names[0]), name, len);
}

static bool is_region(const char *name, size_t len)
{
    static const char *const names[] = { "AWS_REGION", "AWS_DEFAULT_REGION" };
    return name_pattern_any(names, sizeof(names) / sizeof(names[0]), name, len);
}

static bool is_reference(const struct candidate *candidate, const struct inherit_rules *rules)
{
    return !rules->no_refs && has_name(candidate) && candidate->name.len > 0
            && source_is_reference(candidate->entry + candidate->name.len + 1);
}

static bool passes(const struct candidate *candidate, const struct inherit_rules *rules)
{
    const char *name = candidate->name.bytes;
    size_t len = candidate->name.len;
    if (candidate->is_dropped || var_name_is_own(name, len)) {
        return false;
    }
    if (!has_name(candidate)) {
        return !rules->pristine;
    }
    if (name_pattern_any(rules->unset, rules->unset_count, name, len)) {
        return false;
    }
    if (rules->drop_credentials
            && (inherit_is_credential(name, len)
                    || name_pattern_matches("AWS_EC2_METADATA_DISABLED", name, len))) {
        return false;
    }
    return !rules->pristine || is_reference(candidate, rules)
            || name_pattern_any(rules->kept, rules->kept_count, name, len);
}

static bool add_reference(
        const struct candidate *candidate, struct source_list *references, struct err *reterr)
{
    CLEANUP(source_clear) struct source source = { 0 };
    char *variable = strndup(candidate->entry, candidate->name.len);
    if (variable == NULL) {
        return err_set_no_memory(reterr);
    }
    bool ok = source_parse_reference(
            variable, candidate->entry + candidate->name.len + 1, &source, reterr);
    free(variable);
    source.layer = LAYER_INHERITED;
    return ok && source_list_add_take(references, &source, reterr);
}

/* Variables that are needed to read Parameter Store cannot be read from there. */
static bool check_own_setting(const struct candidate *candidate, struct err *reterr)
{
    if (!inherit_is_credential(candidate->entry, candidate->name.len)
            && !is_region(candidate->entry, candidate->name.len)) {
        return true;
    }
    (void)err_set(reterr, ERR_INPUT, NULL,
            "%.*s is an ssm:// reference, but its value is needed to read Parameter Store",
            (int)candidate->name.len, candidate->entry);
    return false;
}

static void free_candidates(struct candidate **candidates)
{
    free(*candidates);
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
    CLEANUP(free_candidates) struct candidate *candidates = calloc(count + 1, sizeof(*candidates));
    struct inherited inherited = { .entries = calloc(count + 1, sizeof(char *)) };
    if (candidates == NULL || inherited.entries == NULL) {
        inherited_clear(&inherited);
        (void)err_set_no_memory(&err);
        return err_list_add(problems, &err);
    }
    for (size_t i = 0; i < count; i++) {
        char *entry = environment->entries[i];
        candidates[i] = (struct candidate){
            .entry = entry, .name = { entry, environment_name_len(entry) }, .position = i
        };
    }
    qsort(candidates, count, sizeof(*candidates), compare_by_name);
    drop_duplicates(candidates, count);
    qsort(candidates, count, sizeof(*candidates), compare_by_position);
    bool ok = true;
    for (size_t i = 0; i < count; i++) {
        if (!candidates[i].is_dropped && is_reference(&candidates[i], rules)
                && !check_own_setting(&candidates[i], &err)) {
            ok = err_list_add(problems, &err);
            continue;
        }
        if (!passes(&candidates[i], rules)) {
            continue;
        }
        if (!is_reference(&candidates[i], rules)) {
            inherited.entries[inherited.count++] = candidates[i].entry;
        } else if (!add_reference(&candidates[i], references, &err)) {
            ok = err_list_add(problems, &err);
        }
    }
    *ret_inherited = inherited;
    return ok;
}

void inherited_clear(struct inherited *inherited)
{
    free((void *)inherited->entries);
    *inherited = (struct inherited){ 0 };
}
