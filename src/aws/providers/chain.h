/* The order in which the providers of credentials are asked. */
/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>

#include "aws/providers/provider.h"
#include "base/attrs.h"

/*
 * Asks the providers in the order of the AWS SDKs; the first whose condition holds decides. Then
 * assumes the role of --role-arn. Checks what is found. ERR_CREDENTIALS, or what the network gives; where
 * none has any, the message lists what each of them said.
 */
MUST_CHECK bool provider_chain_find(
        struct provider_context *context, struct credentials *ret_credentials, struct err *reterr);

/* Makes sure that settings->region is known: asks the metadata service where nothing says it. */
MUST_CHECK bool provider_chain_need_region(struct provider_context *context, struct err *reterr);
