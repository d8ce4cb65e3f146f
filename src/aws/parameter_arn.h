/* The ARN of a parameter or a path, as policies name it. Source: Systems Manager's user guide. */
/* SPDX-License-Identifier: MIT */
#pragma once

#include <stddef.h>

#include "base/text.h"

/* Where parameters are. Region and account may be "*" in a pattern. */
struct parameter_scope {
    const char *partition;
    const char *region;
    const char *account;
};

/* Appends arn:PARTITION:ssm:REGION:ACCOUNT:parameter and name[0..len), which begins with '/'. */
void parameter_arn_append(
        struct text *out, const struct parameter_scope *scope, const char *name, size_t len);
