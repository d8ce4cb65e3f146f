/* The order in which the providers of credentials are tried. */
/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>

#include "aws/providers/provider.h"
#include "base/attrs.h"

/*
 * Tries the providers in the order of the AWS SDKs, up to the first that has credentials or fails.
 * Checks the credentials; then assumes the role of --role-arn with them. ERR_CREDENTIALS, or the
 * error of a request; if no provider has any, the message lists what each of them lacks.
 */
MUST_CHECK bool provider_chain_find(
        struct provider_context *context, struct credentials *ret_credentials, struct err *reterr);

/* What provider_chain_find will wait for. Makes no request. */
enum provider_wait provider_chain_wait(struct provider_context *context);
