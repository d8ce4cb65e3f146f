/*
 * Credentials for the bearer of a web identity token: EKS service accounts, CI systems. Source: AWS
 * SDKs reference guide, "Assume role credential provider".
 */
/* SPDX-License-Identifier: MIT */
#pragma once

#include "aws/providers/provider.h"
#include "aws/providers/sts.h"

/* AWS_WEB_IDENTITY_TOKEN_FILE, AWS_ROLE_ARN, AWS_ROLE_SESSION_NAME. */
extern const struct provider provider_web_identity;

/* The same with a role and a file that a profile names. FOUND or FAILED. */
enum provider_outcome provider_web_identity_fetch(struct provider_context *context,
        const struct sts_role *role,
        const struct setting *token_file,
        struct credentials *ret_credentials,
        struct err *reterr);
