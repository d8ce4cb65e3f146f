/*
 * Whether the resolver would try a name in its search domains before the name itself: in Kubernetes, ndots:5
 * causes eight useless queries for "ssm.eu-west-1.amazonaws.com". Source: resolv.conf(5), hosts(5).
 */
/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>

/*
 * True if the host has fewer dots than /etc/resolv.conf's ndots, and /etc/hosts, which knows no
 * names with a dot at their end, does not have it.
 */
bool search_list_comes_first(const char *host);

/* The same by the text of the two files; NULL: there is no such file. */
bool search_list_comes_first_in(const char *resolv_conf, const char *hosts, const char *host);
