/* SPDX-License-Identifier: MIT */
#include "push_readback.h"

#include <stdlib.h>

#include "migrate/compare.h"
#include "stop.h"

enum {
    VISIBLE_MS = 30000,
    FIRST_PAUSE_MS = 100,
    LAST_PAUSE_MS = 2000,
};

static void free_items(struct push_item ***items)
{
    free((void *)*items);
}

static void free_found(struct parameter **found)
{
    free(*found);
}

/* Whether no more has to be asked about the item. */
static bool settle(struct push_item *item, const struct parameter *found)
{
    if (found->version < item->written_version) {
        return false;
    }
    if (found->version > item->written_version
            || !compare_same_bytes(&item->entry->value, &found->value)) {
        item->result = PUSH_CHANGED;
    }
    return true;
}

/* Asks once; the items that are still to be asked about move to the front, and their number is returned. */
static bool ask(struct push_store *store,
        struct push_item **items,
        size_t *count,
        struct parameter *found,
        struct err_list *problems)
{
    bool ok = push_store_read(store, items, *count, found, problems);
    size_t left = 0;
    for (size_t i = 0; i < *count; i++) {
        if (!ok || !settle(items[i], &found[i])) {
            items[left++] = items[i];
        }
        parameter_clear(&found[i]);
    }
    *count = left;
    return ok;
}

bool push_readback(const struct command_run *run,
        struct push_store *store,
        struct push_plan *plan,
        struct err_list *problems)
{
    CLEANUP(free_items) struct push_item **items = calloc(plan->len + 1, sizeof(*items));
    CLEANUP(free_found) struct parameter *found = calloc(plan->len + 1, sizeof(*found));
    int64_t until_ms = clock_monotonic_ms(run->clock) + VISIBLE_MS;
    int64_t pause_ms = FIRST_PAUSE_MS;
    size_t count = 0;
    struct err err;
    if (items == NULL || found == NULL) {
        (void)err_set_no_memory(&err);
        return err_list_add(problems, &err);
    }
    for (size_t i = 0; i < plan->len; i++) {
        if (plan->items[i].result == PUSH_WRITTEN) {
            found[count] = PARAMETER_INIT;
            items[count++] = &plan->items[i];
        }
    }
    until_ms = until_ms < run->deadline_ms ? until_ms : run->deadline_ms;
    bool ok = count == 0 || ask(store, items, &count, found, problems);
    while (ok && count > 0 && stop_signal() == 0
            && clock_monotonic_ms(run->clock) + pause_ms < until_ms) {
        stop_wait_until(run->clock, clock_monotonic_ms(run->clock) + pause_ms);
        pause_ms = pause_ms * 2 < LAST_PAUSE_MS ? pause_ms * 2 : LAST_PAUSE_MS;
        ok = ask(store, items, &count, found, problems);
    }
    for (size_t i = 0; i < count; i++) {
        items[i]->result = PUSH_NOT_VISIBLE;
    }
    return ok;
}
