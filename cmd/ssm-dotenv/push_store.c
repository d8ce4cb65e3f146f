/* SPDX-License-Identifier: MIT */
#include "push_store.h"

#include <stdlib.h>
#include <string.h>

static void free_queries(struct ssm_name_query **queries)
{
    free(*queries);
}

/* What to do for want of the right to read. */
static void add_hints(struct err_list *problems, size_t first)
{
    for (size_t i = first; i < problems->len; i++) {
        struct err *err = &problems->items[i];
        if (strcmp(err->code, "AccessDeniedException") == 0) {
            const struct err whole = *err;
            err_set_hint(err, "%s%s--blind creates without reading", whole.hint,
                    whole.hint[0] == '\0' ? "" : "; ");
        }
    }
}

struct ssm_writer push_store_writer(const struct push_store *store)
{
    return (struct ssm_writer){ &store->session->ssm, &store->session->session.calls };
}

bool push_store_read(struct push_store *store, struct push_batch *batch, struct err_list *problems)
{
    CLEANUP(free_queries)
    struct ssm_name_query *names = calloc(batch->len + 1, sizeof(*names));
    struct err err;
    if (names == NULL) {
        (void)err_set_no_memory(&err);
        return err_list_add(problems, &err);
    }
    for (size_t i = 0; i < batch->len; i++) {
        const char *name = push_parameter(batch->items[i]);
        names[i] = (struct ssm_name_query){
            .subject = name, .name = name, .optional = true, .found = PARAMETER_INIT
        };
    }
    const struct ssm_queries queries = { .names = names, .name_count = batch->len };
    size_t first = problems->len;
    aws_session_release(store->session);
    bool ok = aws_session_fetch(store->session, &queries, problems);
    add_hints(problems, first);
    for (size_t i = 0; i < batch->len; i++) {
        parameter_clear(&batch->found[i]);
        batch->found[i] = names[i].found;
    }
    return ok;
}

bool push_store_read_one(struct push_store *store,
        struct push_item *item,
        struct parameter *ret_found,
        struct err *reterr)
{
    CLEANUP(err_list_clear) struct err_list problems = { 0 };
    struct push_batch batch = { &item, ret_found, 1 };
    if (push_store_read(store, &batch, &problems)) {
        return true;
    }
    if (problems.len == 0) {
        return err_set_no_memory(reterr);
    }
    *reterr = problems.items[0];
    return false;
}

/* --- the plan --- */

static bool decide_item(const struct push_store *store,
        struct push_item *item,
        const struct parameter *found,
        struct err *reterr)
{
    const struct push_stored stored = {
        .is_found = found->version > 0,
        .type = found->type,
        .version = found->version,
        .value = &found->value,
    };
    bool may_overwrite = string_list_contains(store->overwrite, item->variable);
    return push_decide(item, &stored, may_overwrite, reterr);
}

static bool look_for_tags(
        const struct push_store *store, struct push_item *item, struct err *reterr)
{
    bool exists = item->action == PUSH_SAME || item->action == PUSH_DIFFERS
            || item->action == PUSH_OVERWRITE;
    const struct ssm_writer writer = push_store_writer(store);
    bool has_tags = true;
    if (!exists || store->tags.count == 0) {
        return true;
    }
    if (!ssm_has_tags(&writer, push_parameter(item), &store->tags, &has_tags, reterr)) {
        return false;
    }
    item->needs_tags = !has_tags;
    return true;
}

static bool is_undecided(const struct push_item *item)
{
    return item->action == PUSH_UNDECIDED;
}

bool push_store_decide(struct push_store *store, struct push_plan *plan, struct err_list *problems)
{
    CLEANUP(push_batch_clear) struct push_batch batch = { 0 };
    struct err err;
    if (!push_batch_fill(&batch, plan, is_undecided, problems)
            || !push_store_read(store, &batch, problems)) {
        return false;
    }
    for (size_t i = 0; i < batch.len; i++) {
        if (!decide_item(store, batch.items[i], &batch.found[i], &err)
                || !look_for_tags(store, batch.items[i], &err)) {
            return err_list_add(problems, &err);
        }
    }
    return true;
}
