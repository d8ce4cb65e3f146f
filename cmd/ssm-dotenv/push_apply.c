/* SPDX-License-Identifier: MIT */
#include "push_apply.h"

#include <unistd.h>

#include "push_readback.h"
#include "push_write.h"
#include "stop.h"

enum {
    PROGRESS_MS = 2000
};

static bool is_write(const struct push_item *item)
{
    return item->action == PUSH_CREATE || item->action == PUSH_OVERWRITE;
}

static void tell_progress(struct push_writing *writing,
        const struct push_plan *plan,
        size_t done,
        const struct push_item *item)
{
    struct report *report = writing->run->report;
    int64_t now = clock_monotonic_ms(writing->run->clock);
    size_t all = push_count_action(plan, PUSH_CREATE) + push_count_action(plan, PUSH_OVERWRITE);
    if (item->result == PUSH_WRITTEN) {
        event_emit(&report->sink, EVENT_PROGRESS, push_parameter(item), "version %lld was written",
                (long long)item->written_version);
    }
    if (isatty(STDERR_FILENO) == 1 && now >= writing->next_progress_ms) {
        writing->next_progress_ms = now + PROGRESS_MS;
        event_emit(&report->sink, EVENT_WAITING, NULL, "%zu of %zu parameters written", done, all);
    }
}

/* False after a failure. */
static bool apply_item(struct push_writing *writing, struct push_item *item, struct err *reterr)
{
    if (is_write(item) && !push_write(writing, item, reterr)) {
        return false;
    }
    bool is_settled = item->result == PUSH_NOTHING || item->result == PUSH_WRITTEN;
    return !item->needs_tags || !is_settled || push_write_tags(writing, item, reterr);
}

/* What a failure or a signal has kept from being written. */
static void leave_rest(struct push_plan *plan)
{
    for (size_t i = 0; i < plan->len; i++) {
        struct push_item *item = &plan->items[i];
        if (item->result == PUSH_NOTHING && (is_write(item) || item->needs_tags)) {
            item->result = PUSH_LEFT;
        }
    }
}

bool push_apply(const struct command_run *run,
        struct push_store *store,
        const struct push_apply_rules *rules,
        struct push_plan *plan,
        struct err_list *problems)
{
    struct push_writing writing = {
        .run = run,
        .store = store,
        .blind = rules->blind,
        .next_progress_ms = clock_monotonic_ms(run->clock) + PROGRESS_MS,
    };
    struct err err;
    bool ok = true;
    pace_init(&writing.pace, rules->rate);
    for (size_t at = 0; ok && at < plan->len && stop_signal() == 0; at++) {
        struct push_item *item = &plan->items[at];
        ok = apply_item(&writing, item, &err) || err_list_add(problems, &err);
        tell_progress(&writing, plan, push_count_result(plan, PUSH_WRITTEN), item);
    }
    leave_rest(plan);
    if (ok && stop_signal() == 0 && !rules->blind) {
        ok = push_readback(run, store, plan, problems);
    }
    return ok;
}
