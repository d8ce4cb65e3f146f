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
    struct setting session_name; /* not set: PROGRAM-<seconds since the epoch> */
    struct setting external_id;  /* not set: none */
    struct setting duration_s;   /* not set: the role's own default, an hour */
};

/* role_arn, role_session_name and duration_seconds of a profile. False if role_arn is not set. */
bool sts_find_role(const struct profile_section *profile, struct sts_role *ret_role);

/* ERR_INPUT, naming the setting, for values that STS's API does not accept. */
MUST_CHECK bool sts_check_role(const struct sts_role *role, struct err *reterr);

bool sts_is_role_arn(const char *text);

/* Who assumes the role: one of the two. */
struct sts_caller {
    const struct credentials *credentials; /* AssumeRole */
    const struct secret *token;            /* AssumeRoleWithWebIdentity, which is not signed */
    const char *token_path;                /* the token's file, for messages */
};

/*
 * Gets credentials of the role. ret_credentials must be empty; its origin is "role ARN". ERR_INPUT
 * without a region, and the errors of calls_run and client_judge_refusal.
 */
MUST_CHECK bool sts_assume_role(struct provider_context *context,
        const struct sts_role *role,
        const struct sts_caller *caller,
        struct credentials *ret_credentials,
        struct err *reterr);
