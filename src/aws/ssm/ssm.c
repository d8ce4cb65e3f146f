/* SPDX-License-Identifier: MIT */
#include "aws/ssm/ssm.h"

#include <stdlib.h>
#include <string.h>

#include "aws/config/endpoint.h"
#include "aws/ssm/request.h"

void ssm_begin_request(const struct ssm *ssm, struct call *call, struct http_request *ret_request)
{
    const struct uri *endpoint = ssm->client->endpoint;
    call->host = endpoint->authority;
    call->unresolved_hint = endpoint_unresolved_hint(endpoint->host);
    http_request_init(ret_request, HTTP_POST, SSM_REQUEST_MAX_BYTES);
    client_address(ssm->client, ret_request);
    ret_request->budget = ssm->budget;
}

enum {
    BOOKKEEPING_BYTES = 640, /* of one parameter: its structures, and those of its variable */
    NAME_COPIES = 4, /* the names of variable and parameter, and their copies for messages */
};

bool ssm_keep(const struct ssm *ssm,
        const struct parameter *parameter,
        const char *where,
        struct err *reterr)
{
    size_t value_bytes = secret_len(&parameter->value);
    size_t rounding_bytes = value_bytes / 4; /* by the locked allocator, at most */
    size_t bytes = BOOKKEEPING_BYTES + value_bytes + rounding_bytes
            + NAME_COPIES * strlen(parameter->name) + strlen(parameter->arn)
            + strlen(parameter->type) + strlen(parameter->selector);
    return budget_keep(ssm->budget, bytes, where, reterr);
}

bool ssm_keep_failure(struct call *call, const struct err *failure, struct err **ret_kept)
{
    struct err *kept = malloc(sizeof(*kept));
    if (kept == NULL) {
        return false;
    }
    *kept = *failure;
    *ret_kept = kept;
    call->known_failure = kept;
    return true;
}
