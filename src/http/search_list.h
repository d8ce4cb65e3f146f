/*
 * Whether the resolver would try a name in its search domains before the name itself: in Kubernetes, ndots:5
 * causes eight useless queries for "ssm.eu-west-1.amazonaws.com". Source: resolv.conf(5), hosts(5).
 */
/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>

/*
 * True if the host has fewer dots than ndots in /etc/resolv.conf, and is not in /etc/hosts, which would not
 * match it with a trailing dot.
 */
bool search_list_comes_first(const char *host);

/* The same for the contents of the two files; NULL: the file does not exist. */
bool search_list_comes_first_in(const char *resolv_conf, const char *hosts, const char *host);
