/*
 * Credentials of IAM Identity Center (SSO), for the token that `aws sso login` has left in its cache.
 * Source: AWS SDKs reference guide, "IAM Identity Center credential provider"; SSO Portal API
 * reference, GetRoleCredentials.
 */
/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>

#include "aws/config/profile_section.h"
#include "aws/providers/provider.h"

/* Whether the profile is one of SSO: it names an account or a role of it. */
bool provider_sso_is_configured(const struct profile_section *profile);

/* The token is never refreshed, since that would mean writing the cache. FOUND or FAILED. */
enum provider_outcome provider_sso_fetch(const struct provider_context *context,
        const char *profile_name,
        const struct profile_section *profile,
        struct credentials *ret_credentials,
        struct err *reterr);
