/* SPDX-License-Identifier: MIT */
#include "vars/envblock.h"

#include <stdlib.h>
#include <string.h>

static int compare_pointers(const void *a, const void *b)
{
    const char *left = *(const char *const *)a;
    const char *right = *(const char *const *)b;
    return left < right ? -1 : left > right ? 1 : 0;
}

static void free_list(const char ***list)
{
    free((void *)*list);
}

/* Copies the inherited entries that are not replaced; *ret_kept is their number. */
static bool keep_inherited(const struct inherited *inherited,
        const struct merge_result *merged,
        char **entries,
        size_t *ret_kept,
        struct err *reterr)
{
    size_t count = 0;
    size_t kept = 0;
    CLEANUP(free_list) const char **replaced = calloc(merged->len + 1, sizeof(*replaced));
    if (replaced == NULL) {
        return err_set_no_memory(reterr);
    }
    for (size_t i = 0; i < merged->len; i++) {
        const struct merged_variable *variable = &merged->variables[i];
        if (variable->overridden_inherited != NULL && !variable->is_preserved) {
            replaced[count++] = variable->overridden_inherited;
        }
    }
    qsort((void *)replaced, count, sizeof(*replaced), compare_pointers);
    for (size_t i = 0; i < inherited->count; i++) {
        const char *entry = inherited->entries[i];
        if (bsearch((const void *)&entry, (const void *)replaced, count, sizeof(*replaced),
                    compare_pointers)
                == NULL) {
            entries[kept++] = inherited->entries[i];
        }
    }
    *ret_kept = kept;
    return true;
}

static size_t fetched_bytes(const struct merge_result *merged)
{
    size_t bytes = 0;
    for (size_t i = 0; i < merged->len; i++) {
        const struct merged_variable *variable = &merged->variables[i];
        if (merged_variable_is_set(variable)) {
            bytes += strlen(variable->assignment->variable) + 2;
            bytes += variable->file_path != NULL ? strlen(variable->file_path)
                                                 : secret_len(variable->assignment->value);
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
        const struct merged_variable *variable = &merged->variables[i];
        if (merged_variable_is_set(variable)) {
            secret_append_string(&block->fetched, variable->assignment->variable);
            secret_append_char(&block->fetched, '=');
            if (variable->file_path != NULL) {
                secret_append_string(&block->fetched, variable->file_path);
            } else {
                secret_append_secret(&block->fetched, variable->assignment->value);
            }
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

bool envblock_build(const struct inherited *inherited,
        const struct merge_result *merged,
        struct envblock *ret_block,
        struct err *reterr)
{
    CLEANUP(envblock_clear) struct envblock block = ENVBLOCK_INIT;
    size_t kept = 0;
    block.entries = calloc(inherited->count + merged->len + 1, sizeof(char *));
    if (block.entries == NULL) {
        return err_set_no_memory(reterr);
    }
    if (!keep_inherited(inherited, merged, block.entries, &kept, reterr)
            || !append_fetched(merged, &block, kept, reterr)) {
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
