/* SPDX-License-Identifier: MIT */
#include "vars/envblock.h"

#include <stdlib.h>
#include <string.h>

static const char OWN_PREFIX[] = "SSM_EXEC_";

/* An inherited entry, to be sorted by name so that duplicates stand together. */
struct candidate {
    const char *entry;
    size_t name_len;
    size_t position;
    bool is_dropped;
};

static int compare_by_name(const void *a, const void *b)
{
    const struct candidate *left = a;
    const struct candidate *right = b;
    size_t shorter = left->name_len < right->name_len ? left->name_len : right->name_len;
    int order = memcmp(left->entry, right->entry, shorter);
    if (order != 0) {
        return order;
    }
    if (left->name_len != right->name_len) {
        return left->name_len < right->name_len ? -1 : 1;
    }
    return left->position < right->position ? -1 : 1;
}

static int compare_by_position(const void *a, const void *b)
{
    const struct candidate *left = a;
    const struct candidate *right = b;
    return left->position < right->position ? -1 : 1;
}

static bool same_name(const struct candidate *left, const struct candidate *right)
{
    return left->name_len == right->name_len
            && memcmp(left->entry, right->entry, left->name_len) == 0;
}

/* An entry without '=' has no name and passes as it is. */
static bool has_name(const struct candidate *candidate)
{
    return candidate->entry[candidate->name_len] == '=';
}

/* Candidates sorted by name: marks all but the first of each name. */
static void drop_duplicates(struct candidate *candidates, size_t count)
{
    const struct candidate *first = NULL;
    for (size_t i = 0; i < count; i++) {
        if (!has_name(&candidates[i])) {
            continue;
        }
        if (first != NULL && same_name(first, &candidates[i])) {
            candidates[i].is_dropped = true;
        } else {
            first = &candidates[i];
        }
    }
}

static void drop_own(struct candidate *candidates, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (strncmp(candidates[i].entry, OWN_PREFIX, sizeof(OWN_PREFIX) - 1) == 0) {
            candidates[i].is_dropped = true;
        }
    }
}

/* Finds the candidate of that name that is still there; candidates are sorted by name. */
static struct candidate *find_candidate(
        struct candidate *candidates, size_t count, const char *entry)
{
    const struct candidate wanted = {
        .entry = entry, .name_len = environment_name_len(entry), .position = 0
    };
    size_t low = 0;
    size_t high = count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        bool is_before = !same_name(&candidates[middle], &wanted)
                && compare_by_name(&candidates[middle], &wanted) < 0;
        low = is_before ? middle + 1 : low;
        high = is_before ? high : middle;
    }
    while (low < count && same_name(&candidates[low], &wanted)) {
        if (!candidates[low].is_dropped && has_name(&candidates[low])) {
            return &candidates[low];
        }
        low++;
    }
    return NULL;
}

static void drop_replaced(
        struct candidate *candidates, size_t count, const struct merge_result *merged)
{
    for (size_t i = 0; i < merged->len; i++) {
        const char *entry = merged->variables[i].overridden_inherited;
        if (entry != NULL && !merged->variables[i].is_preserved) {
            struct candidate *replaced = find_candidate(candidates, count, entry);
            if (replaced != NULL) {
                replaced->is_dropped = true;
            }
        }
    }
}

static void free_candidates(struct candidate **candidates)
{
    free(*candidates);
}

static bool select_inherited(const struct environment *inherited,
        const struct merge_result *merged,
        struct candidate **ret_candidates,
        size_t *ret_count,
        struct err *reterr)
{
    size_t count = 0;
    while (inherited->entries[count] != NULL) {
        count++;
    }
    struct candidate *candidates = calloc(count + 1, sizeof(*candidates));
    if (candidates == NULL) {
        return err_set_no_memory(reterr);
    }
    for (size_t i = 0; i < count; i++) {
        const char *entry = inherited->entries[i];
        candidates[i] = (struct candidate){
            .entry = entry, .name_len = environment_name_len(entry), .position = i
        };
    }
    qsort(candidates, count, sizeof(*candidates), compare_by_name);
    drop_duplicates(candidates, count);
    drop_own(candidates, count);
    drop_replaced(candidates, count, merged);
    qsort(candidates, count, sizeof(*candidates), compare_by_position);
    *ret_candidates = candidates;
    *ret_count = count;
    return true;
}

static size_t fetched_bytes(const struct merge_result *merged)
{
    size_t bytes = 0;
    for (size_t i = 0; i < merged->len; i++) {
        const struct assignment *assignment = merged->variables[i].assignment;
        if (!merged->variables[i].is_preserved) {
            bytes += strlen(assignment->variable) + secret_len(assignment->value) + 2;
        }
    }
    return bytes;
}

/* All values in one block, whose size is known, so that nothing is ever moved. */
static bool append_fetched(
        const struct merge_result *merged, struct envblock *block, size_t at, struct err *reterr)
{
    size_t bytes = fetched_bytes(merged);
    secret_reserve(&block->fetched, bytes);
    for (size_t i = 0; i < merged->len; i++) {
        const struct assignment *assignment = merged->variables[i].assignment;
        if (!merged->variables[i].is_preserved) {
            secret_append_text(&block->fetched, assignment->variable);
            secret_append_char(&block->fetched, '=');
            secret_append_secret(&block->fetched, assignment->value);
            secret_append_char(&block->fetched, '\0');
        }
    }
    if (!secret_check(&block->fetched, "the environment", reterr)) {
        return false;
    }
    char *entry = secret_expose_writable(&block->fetched);
    for (size_t left = bytes; left > 0;) {
        size_t len = strlen(entry) + 1;
        block->entries[at++] = entry;
        entry += len;
        left -= len;
    }
    block->entries[at] = NULL;
    return true;
}

bool envblock_build(const struct environment *inherited,
        const struct merge_result *merged,
        struct envblock *ret_block,
        struct err *reterr)
{
    CLEANUP(envblock_clear) struct envblock block = ENVBLOCK_INIT;
    CLEANUP(free_candidates) struct candidate *candidates = NULL;
    size_t count = 0;
    if (!select_inherited(inherited, merged, &candidates, &count, reterr)) {
        return false;
    }
    block.entries = calloc(count + merged->len + 1, sizeof(char *));
    if (block.entries == NULL) {
        return err_set_no_memory(reterr);
    }
    size_t kept = 0;
    for (size_t i = 0; i < count; i++) {
        if (!candidates[i].is_dropped) {
            block.entries[kept++] = inherited->entries[candidates[i].position];
        }
    }
    if (!append_fetched(merged, &block, kept, reterr)) {
        return false;
    }
    *ret_block = block;
    block = ENVBLOCK_INIT;
    return true;
}

void envblock_clear(struct envblock *block)
{
    free((void *)block->entries);
    secret_clear(&block->fetched);
    *block = ENVBLOCK_INIT;
}
