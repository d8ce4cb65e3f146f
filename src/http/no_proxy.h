/* The list in NO_PROXY, as curl and AWS tools read it. */
/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>

/*
 * Whether a host is in the list. Entries are separated by commas or blanks. An entry is a domain, with or
 * without a leading dot, which includes its subdomains; or an address; or a range as address/bits. An entry
 * may end in ":port" to match that port only. "*" as the only entry matches every host.
 *
 * host: a name, an IPv4 address, or an IPv6 address in its brackets.
 */
bool no_proxy_has(const char *list, const char *host, unsigned int port);
