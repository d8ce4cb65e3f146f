/* Ten parameters by name, version, label or ARN: all that GetParameters takes. */
/* SPDX-License-Identifier: MIT */
#pragma once

#include <stddef.h>

#include "aws/ssm/ssm.h"

struct names_call {
    struct call call; /* first: calls_run hands it back */
    const struct ssm *ssm;
    struct ssm_name_query *queries;
    size_t count;
    struct client_attempt attempt;
    struct err *failure; /* not NULL: the SecureStrings among the names are being looked for */
};

/* count is at most SSM_NAMES_PER_CALL. Borrows ssm and queries. Release with names_call_clear. */
void names_call_init(struct names_call *ret_call,
        const struct ssm *ssm,
        struct ssm_name_query *queries,
        size_t count);

void names_call_clear(struct names_call *call);
