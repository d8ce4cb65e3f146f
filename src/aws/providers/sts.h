/*
 * Security Token Service: exchanges credentials, or a web identity's token, for those of a role.
 * Source: AWS STS API reference, AssumeRole and AssumeRoleWithWebIdentity.
 */
/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>

#include "aws/config/setting.h"
#include "aws/providers/provider.h"
#include "base/attrs.h"
#include "base/error.h"
#include "base/secret.h"

enum {
    STS_TOKEN_MAX_BYTES = 20000,
    STS_DURATION_MIN_S = 900,
    STS_DURATION_MAX_S = 43200,
};

/* As configured; values are borrowed. */
struct sts_role {
    struct setting arn;
    struct setting session_name; /* set nowhere: ssm-exec-<seconds since the epoch> */
    struct setting external_id;  /* set nowhere: none */
    struct setting duration_s;   /* set nowhere: the role's own default, an hour */
};

/* ERR_INPUT, naming the setting, for values that STS's API does not accept. */
MUST_CHECK bool sts_check_role(const struct sts_role *role, struct err *reterr);

/* Whether the text is a role's ARN. */
bool sts_is_role_arn(const char *text);

/*
 * Gets credentials of the role, with those of source. ret_credentials must be empty. Gives the
 * errors of calls_run and client_judge_refusal, and ERR_INPUT without a region.
 */
MUST_CHECK bool sts_assume_role(struct provider_context *context,
        const struct sts_role *role,
        const struct credentials *source,
        struct credentials *ret_credentials,
        struct err *reterr);

struct sts_token {
    const struct secret *value;
    const char *origin; /* its file, for messages */
};

/* The same with a web identity's token; the request is not signed. */
MUST_CHECK bool sts_assume_role_with_web_identity(struct provider_context *context,
        const struct sts_role *role,
        const struct sts_token *token,
        struct credentials *ret_credentials,
        struct err *reterr);
