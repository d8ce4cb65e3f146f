/* SPDX-License-Identifier: MIT */
#include "push_batch.h"

#include <stdlib.h>

bool push_batch_fill(struct push_batch *batch,
        struct push_plan *plan,
        bool (*is_wanted)(const struct push_item *item),
        struct err_list *problems)
{
    struct err err;
    batch->items = calloc(plan->len + 1, sizeof(*batch->items));
    batch->found = calloc(plan->len + 1, sizeof(*batch->found));
    if (batch->items == NULL || batch->found == NULL) {
        (void)err_set_no_memory(&err);
        return err_list_add(problems, &err);
    }
    for (size_t i = 0; i < plan->len; i++) {
        if (is_wanted(&plan->items[i])) {
            batch->found[batch->len] = PARAMETER_INIT;
            batch->items[batch->len++] = &plan->items[i];
        }
    }
    return true;
}

void push_batch_clear(struct push_batch *batch)
{
    for (size_t i = 0; i < batch->len; i++) {
        parameter_clear(&batch->found[i]);
    }
    free((void *)batch->items);
    free(batch->found);
    *batch = (struct push_batch){ 0 };
}
