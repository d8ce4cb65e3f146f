/* Credentials from AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN. */
/* SPDX-License-Identifier: MIT */
#pragma once

#include "aws/providers/provider.h"

/*
 * Decides where AWS_ACCESS_KEY_ID is set, unless the profile was chosen on the command line. The
 * token may stand in AWS_SECURITY_TOKEN, its older name; AWS_CREDENTIAL_EXPIRATION is honoured.
 */
extern const struct provider provider_env;
