/* SPDX-License-Identifier: MIT */
#include "push_readback.h"

#include "migrate/compare.h"
#include "stop.h"

enum {
    VISIBLE_MS = 30000,
    FIRST_PAUSE_MS = 100,
    LAST_PAUSE_MS = 2000,
};

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

/* Asks once; the items that are still to be asked about move to the front. */
static bool ask(struct push_store *store, struct push_batch *batch, struct err_list *problems)
{
    bool ok = push_store_read(store, batch, problems);
    size_t left = 0;
    for (size_t i = 0; i < batch->len; i++) {
        if (!ok || !settle(batch->items[i], &batch->found[i])) {
            batch->items[left++] = batch->items[i];
        }
        parameter_clear(&batch->found[i]);
    }
    batch->len = left;
    return ok;
}

static bool is_written(const struct push_item *item)
{
    return item->result == PUSH_WRITTEN;
}

bool push_readback(const struct command_run *run,
        struct push_store *store,
        struct push_plan *plan,
        struct err_list *problems)
{
    CLEANUP(push_batch_clear) struct push_batch batch = { 0 };
    int64_t until_ms = clock_monotonic_ms(run->clock) + VISIBLE_MS;
    int64_t pause_ms = FIRST_PAUSE_MS;
    if (!push_batch_fill(&batch, plan, is_written, problems)) {
        return false;
    }
    until_ms = until_ms < run->deadline_ms ? until_ms : run->deadline_ms;
    bool ok = batch.len == 0 || ask(store, &batch, problems);
    while (ok && batch.len > 0 && stop_signal() == 0
            && clock_monotonic_ms(run->clock) + pause_ms < until_ms) {
        stop_wait_until(run->clock, clock_monotonic_ms(run->clock) + pause_ms);
        pause_ms = pause_ms * 2 < LAST_PAUSE_MS ? pause_ms * 2 : LAST_PAUSE_MS;
        ok = ask(store, &batch, problems);
    }
    for (size_t i = 0; i < batch.len; i++) {
        batch.items[i]->result = PUSH_NOT_VISIBLE;
    }
    return ok;
}
