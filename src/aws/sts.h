/*
 * Security Token Service: trading credentials, or a web identity's token, for those of a role.
 * Source: AWS STS API reference, AssumeRole and AssumeRoleWithWebIdentity.
 */
/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>

#include "aws/credentials.h"
#include "base/attrs.h"
#include "base/error.h"
#include "base/secret.h"

enum {
    STS_TOKEN_MAX_BYTES = 20000,
    STS_DURATION_MIN_S = 900,
    STS_DURATION_MAX_S = 43200,
};

/* Texts as they are configured; borrowed. */
struct sts_role {
    const char *arn;
    const char *session_name; /* NULL: ssm-exec-<seconds since the epoch> */
    const char *external_id;  /* NULL: none */
    const char *duration_s;   /* NULL: the role's own default, an hour */
    const char *where;        /* who names the role: for messages */
};

/* ERR_INPUT at role->where for what STS's API would not accept in these fields. */
MUST_CHECK bool sts_check_role(const struct sts_role *role, struct err *reterr);

/*
 * Credentials of the role for whoever source belongs to. ret_credentials must be empty. What
 * calls_run and client_judge_refusal give, ERR_INPUT without a region.
 */
MUST_CHECK bool sts_assume_role(struct credentials_context *context,
        const struct sts_role *role,
        const struct credentials *source,
        struct credentials *ret_credentials,
        struct err *reterr);

/* The same for the bearer of a token; the request is not signed. */
MUST_CHECK bool sts_assume_role_with_web_identity(struct credentials_context *context,
        const struct sts_role *role,
        const struct secret *token,
        struct credentials *ret_credentials,
        struct err *reterr);
