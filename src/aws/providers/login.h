/*
 * Credentials that `aws login` has left in its cache: login_session of a profile. Source: AWS SDKs
 * reference guide, "Login credential provider".
 */
/* SPDX-License-Identifier: MIT */
#pragma once

#include "aws/config/profile_section.h"
#include "aws/providers/provider.h"

/* They are used until they expire and never refreshed. FOUND or FAILED. */
enum provider_outcome provider_login_fetch(const struct provider_context *context,
        const char *profile_name,
        const struct profile_property *login_session,
        struct credentials *ret_credentials,
        struct err *reterr);
