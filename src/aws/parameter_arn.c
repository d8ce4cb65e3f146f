/* SPDX-License-Identifier: MIT */
#include "aws/parameter_arn.h"

void parameter_arn_append(
        struct text *out, const struct parameter_scope *scope, const char *name, size_t len)
{
    text_append_format(
            out, "arn:%s:ssm:%s:%s:parameter", scope->partition, scope->region, scope->account);
    text_append(out, name, len);
}
