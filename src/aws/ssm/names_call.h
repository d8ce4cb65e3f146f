/* One call of GetParameters: up to ten parameters by name, with version or label, or by ARN. */
/* SPDX-License-Identifier: MIT */
#pragma once

#include <stddef.h>

#include "aws/ssm/ssm.h"

struct names_call {
    struct call call; /* must be first: cast back in its functions */
    const struct ssm *ssm;
    struct ssm_name_query *queries;
    size_t count;
    struct client_attempt attempt;
    struct err *failure; /* not NULL: a second request finds out which names are SecureStrings */
};

/* count is at most SSM_NAMES_PER_CALL. Borrows ssm and queries. Release with names_call_clear. */
void names_call_init(struct names_call *ret_call,
        const struct ssm *ssm,
        struct ssm_name_query *queries,
        size_t count);

void names_call_clear(struct names_call *call);
