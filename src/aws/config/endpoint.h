/* Which URL a service of AWS is asked at. */
/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>

#include "aws/config/profile_files.h"
#include "aws/config/setting.h"
#include "aws/uri.h"
#include "base/attrs.h"
#include "base/environment.h"
#include "base/error.h"

enum endpoint_service {
    ENDPOINT_SSM,
    ENDPOINT_STS,
    ENDPOINT_SSO
};

struct endpoint_request {
    const struct environment *environment;
    const struct profile_files *files;
    const struct profile_section *profile;       /* may be NULL */
    const struct option_value *command_line_url; /* --endpoint-url; NULL: not for this service */
    bool allow_http;                             /* http to a host that is not loopback */
};

/*
 * The command line's URL; else, unless AWS_IGNORE_CONFIGURED_ENDPOINT_URLS or its profile key says
 * otherwise, AWS_ENDPOINT_URL_<service>, AWS_ENDPOINT_URL, the profile's services section, the
 * profile's endpoint_url; else the service's own host in the region, in its FIPS and dual-stack
 * variants where AWS_USE_FIPS_ENDPOINT, AWS_USE_DUALSTACK_ENDPOINT or their profile keys ask for them.
 * ERR_INPUT names the setting that cannot be used. Source: AWS SDK reference guide,
 * "Service-specific endpoints", "Dual-stack and FIPS endpoints". Release with uri_clear.
 */
MUST_CHECK bool endpoint_find(const struct endpoint_request *request,
        enum endpoint_service service,
        const char *region,
        struct uri *ret_endpoint,
        struct err *reterr);

/* A hint for a host whose name cannot be resolved, static storage; NULL: nothing special about it. */
const char *endpoint_unresolved_hint(const char *host);
