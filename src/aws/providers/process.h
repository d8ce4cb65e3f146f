/*
 * Credentials that a program prints: credential_process of a profile. Source: AWS SDKs reference
 * guide, "Process credential provider".
 */
/* SPDX-License-Identifier: MIT */
#pragma once

#include "aws/config/profile_section.h"
#include "aws/providers/provider.h"

/*
 * Runs the command of the property, split into words as a POSIX shell would (quotes, backslashes) and
 * started without one, as botocore does; nothing is expanded. FOUND or FAILED.
 */
enum provider_outcome provider_process_fetch(const struct provider_context *context,
        const struct profile_property *command,
        struct credentials *ret_credentials,
        struct err *reterr);
