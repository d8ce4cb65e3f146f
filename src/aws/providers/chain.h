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

/* What finding the credentials will have to wait for, as far as the settings tell. */
enum provider_wait {
    PROVIDER_WAIT_NONE,     /* they are at hand, or nobody has any */
    PROVIDER_WAIT_PROCESS,  /* a helper */
    PROVIDER_WAIT_PLAIN,    /* an endpoint without TLS */
    PROVIDER_WAIT_METADATA, /* the metadata service of EC2, if there is one */
    PROVIDER_WAIT_TLS,      /* a service over TLS, first or later */
};

enum provider_wait provider_chain_wait(const struct settings *settings);
