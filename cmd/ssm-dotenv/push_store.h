/* Parameter Store as ssm-dotenv push sees it: what is there, and what it becomes. */
/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>

#include "aws/ssm_write/write.h"
#include "aws_session.h"
#include "base/attrs.h"
#include "base/error.h"
#include "base/string_list.h"
#include "migrate/push_plan.h"
#include "push_batch.h"

/* Borrows everything. */
struct push_store {
    struct aws_session *session;
    struct ssm_tags tags;                /* that all parameters are to have */
    const struct string_list *overwrite; /* variables whose values may be replaced */
};

/* What requests of src/aws/ssm_write are sent with. */
struct ssm_writer push_store_writer(const struct push_store *store);

/* Reads what the undecided items of the plan name, and decides them. False with all that is wrong in problems. */
MUST_CHECK bool push_store_decide(
        struct push_store *store, struct push_plan *plan, struct err_list *problems);

/* Reads the parameters of the items, and replaces what was found for them. */
MUST_CHECK bool push_store_read(
        struct push_store *store, struct push_batch *batch, struct err_list *problems);

/* Reads the parameter of one item; its version is 0 where it is not there (yet). */
MUST_CHECK bool push_store_read_one(struct push_store *store,
        struct push_item *item,
        struct parameter *ret_found,
        struct err *reterr);
