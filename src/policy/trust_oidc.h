/* The trust policies whose principal is an OIDC provider. For policy/trust_policy.c. */
/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>

#include "base/attrs.h"
#include "base/error.h"
#include "policy/trust_policy.h"

/* The account and the region are checked; partition is that of the region. */
struct trust_request {
    const struct trust_policy *policy;
    const char *partition;
};

MUST_CHECK bool trust_oidc_write_irsa(const struct trust_request *request,
        struct policy_output *output,
        struct err_list *problems);
MUST_CHECK bool trust_oidc_write_github(const struct trust_request *request,
        struct policy_output *output,
        struct err_list *problems);
MUST_CHECK bool trust_oidc_write_gitlab(const struct trust_request *request,
        struct policy_output *output,
        struct err_list *problems);

/* Names of Kubernetes. ERR_USAGE. */
MUST_CHECK bool trust_oidc_check_pod(const struct trust_policy *policy, struct err_list *problems);
