/* Items of a plan that are read together, and what Parameter Store has for them. */
/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "aws/ssm/parameter.h"
#include "base/attrs.h"
#include "base/error.h"
#include "migrate/push_plan.h"

/* Zero-initialise; release with push_batch_clear. */
struct push_batch {
    struct push_item **items; /* of the plan, which must not change meanwhile */
    struct parameter *found;  /* for each of them; its version is 0 if there is none */
    size_t len;
};

/* Takes the items that are wanted; nothing is found yet. False without memory, added to problems. */
MUST_CHECK bool push_batch_fill(struct push_batch *batch,
        struct push_plan *plan,
        bool (*is_wanted)(const struct push_item *item),
        struct err_list *problems);

void push_batch_clear(struct push_batch *batch);
