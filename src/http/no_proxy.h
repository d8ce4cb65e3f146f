/* The list in NO_PROXY, as curl and AWS's tools read it. */
/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>

/*
 * Whether a host is in the list. Entries are separated by commas or blanks: a domain, which stands for
 * itself and all below it, with or without a dot before it; an address, or a range of them as
 * address/bits; either with ":port" behind it for that port only. "*" alone is every host.
 *
 * host: a name, an IPv4 address, or an IPv6 address in its brackets.
 */
bool no_proxy_has(const char *list, const char *host, unsigned int port);
