/* SPDX-License-Identifier: MIT */
#include "base/arn.h"

#include <string.h>

static const char PREFIX[] = "arn:";

bool arn_has_prefix(const char *text)
{
    return strncmp(text, PREFIX, sizeof(PREFIX) - 1) == 0;
}

bool arn_parse(const char *text, struct arn *ret_arn)
{
    struct arn arn;
    struct span *const parts[] = { &arn.partition, &arn.service, &arn.region, &arn.account };
    if (!arn_has_prefix(text)) {
        return false;
    }
    const char *at = text + sizeof(PREFIX) - 1;
    for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
        *parts[i] = (struct span){ at, strcspn(at, ":") };
        at += parts[i]->len;
        if (*at == '\0') {
            return false;
        }
        at++;
    }
    arn.resource = (struct span){ at, strlen(at) };
    *ret_arn = arn;
    return true;
}

const char *arn_parameter_name(const char *name)
{
    struct arn arn;
    if (!arn_has_prefix(name)) {
        return name;
    }
    bool is_parameter = arn_parse(name, &arn) && span_is(arn.service, "ssm")
            && span_starts_with(arn.resource, "parameter/");
    return is_parameter ? arn.resource.bytes + strlen("parameter") : NULL;
}
