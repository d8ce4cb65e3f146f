/* AWS regions: which names may become part of a host name, and which partition they are in. */
/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>

#include "base/attrs.h"
#include "base/error.h"

/* A partition of AWS: regions that share host name suffixes and an ARN prefix. Static storage. */
struct partition {
    const char *name; /* "aws": also the second part of its ARNs */
    const char *dns_suffix;
    const char *dual_stack_dns_suffix;
};

/*
 * Whether name may become part of a host name: one label of letters, digits and '-'. ERR_INPUT at
 * `where` otherwise, and for the pseudo regions (fips-..., ...-fips, aws-global), with a hint.
 */
MUST_CHECK bool region_check(const char *name, const char *where, struct err *reterr);

/* The partition of a region that region_check accepted; aws for an unknown region. */
const struct partition *region_partition(const char *name);

/* Whether the host, in lower case, belongs to AWS: it is below a DNS suffix of some partition. */
bool region_is_aws_host(const char *host);
