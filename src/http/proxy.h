/*
 * The proxy for a request: the variables are those of curl, the values are read as AWS's tools read them, and
 * they are checked before anything is sent.
 */
/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>

#include "base/attrs.h"
#include "base/environment.h"
#include "base/error.h"
#include "base/secret.h"
#include "base/text.h"

/* Release with proxy_clear. */
struct proxy {
    const char *variable; /* that names the proxy; static storage. NULL: no proxy */
    bool is_tls;
    bool has_user;
    struct text address; /* "http://host:port", for messages */
    struct secret url;   /* the same, with user name and password percent-encoded */
};

enum {
    PROXY_URL_MAX_BYTES = 8 * 1024
};

#define PROXY_INIT   \
    ((struct proxy){ \
            .address = TEXT_INIT(PROXY_URL_MAX_BYTES), .url = SECRET_INIT(PROXY_URL_MAX_BYTES) })

/*
 * Finds the proxy for a request to url (http or https): the first of https_proxy, HTTPS_PROXY (or http_proxy
 * for http), all_proxy and ALL_PROXY that is not empty; none if no_proxy or NO_PROXY contains the host.
 * HTTP_PROXY is ignored: in a CGI program the client can set it with a Proxy header.
 *
 * The default scheme is http; the default port is 80, 443 for https, or 1080 for SOCKS. User name and
 * password end at the last '@'. ERR_INPUT at the variable if its value is not the URL of a proxy; the
 * message does not quote it. ret_proxy must be PROXY_INIT.
 */
MUST_CHECK bool proxy_find(const struct environment *environment,
        const char *url,
        struct proxy *ret_proxy,
        struct err *reterr);

void proxy_clear(struct proxy *proxy);

/* Whether any of the variables names an https:// proxy. */
bool proxy_may_be_tls(const struct environment *environment);
