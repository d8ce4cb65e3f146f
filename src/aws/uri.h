/* The part of URIs (RFC 3986) that endpoints and signatures need. */
/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/attrs.h"
#include "base/error.h"
#include "base/text.h"

/* An http or https URL of an endpoint. Release with uri_clear. */
struct uri {
    bool is_https;
    char *host;       /* lower case; an IPv6 address in its brackets */
    char *authority;  /* host, with :port unless that is the scheme's own: the Host header */
    char *path;       /* begins with '/' */
    bool is_loopback; /* 127.0.0.0/8, [::1], localhost */
};

/*
 * Reads scheme://host[:port][/path]. ERR_INPUT at `where` for another scheme, user info, a query, a
 * fragment, or characters that are not allowed; the message does not quote the URL, which may hold a
 * password.
 */
MUST_CHECK bool uri_parse(
        const char *url, const char *where, struct uri *ret_uri, struct err *reterr);

void uri_clear(struct uri *uri);

/* Appends bytes, percent-encoding all except A-Z a-z 0-9 - _ . ~ (RFC 3986's unreserved). */
void uri_encode(struct text *out, const char *bytes, size_t len);
