/*
 * Credentials that `aws login` has left in its cache: login_session of a profile. Source: AWS SDKs
 * reference guide, "Login credential provider".
 */
/* SPDX-License-Identifier: MIT */
#pragma once

#include "aws/credentials.h"
#include "aws/profile_file.h"

/* They are used until they expire and never refreshed. FOUND or FAILED. */
enum credentials_outcome creds_login_fetch(const struct credentials_context *context,
        const char *profile_name,
        const struct profile_property *login_session,
        struct credentials *ret_credentials,
        struct err *reterr);
