/* Finds the endpoint URL of an AWS service. */
/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>

#include "aws/uri.h"
#include "base/attrs.h"
#include "base/error.h"

struct settings;

enum endpoint_service {
    ENDPOINT_SSM,
    ENDPOINT_STS,
    ENDPOINT_SSO
};

/*
 * For Parameter Store the command line's URL; else, unless AWS_IGNORE_CONFIGURED_ENDPOINT_URLS or
 * its profile key is true, AWS_ENDPOINT_URL_<service>, AWS_ENDPOINT_URL, the profile's services
 * section, the profile's endpoint_url; else the service's host in the region, with FIPS and
 * dual-stack as AWS_USE_FIPS_ENDPOINT, AWS_USE_DUALSTACK_ENDPOINT and their profile keys say. A
 * region that is NULL is not known yet: the endpoint is not to be used then. ERR_INPUT names the
 * setting that cannot be used, also that of a proxy on the way. Source: AWS SDK reference guide,
 * "Service-specific endpoints", "Dual-stack and FIPS endpoints". Release with uri_clear.
 */
MUST_CHECK bool endpoint_find(const struct settings *settings,
        enum endpoint_service service,
        const char *region,
        struct uri *ret_endpoint,
        struct err *reterr);

/* A hint for a host whose name cannot be resolved, in static storage; NULL if there is none. */
const char *endpoint_unresolved_hint(const char *host);
