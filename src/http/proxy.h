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
    const char *variable; /* whose value it is; static storage. NULL: no proxy */
    bool is_tls;
    bool has_user;
    struct text address; /* "http://host:port", for messages */
    struct secret url;   /* the same with user name and password, each percent-encoded */
};

enum {
    PROXY_URL_MAX_BYTES = 8 * 1024
};

#define PROXY_INIT   \
    ((struct proxy){ \
            .address = TEXT_INIT(PROXY_URL_MAX_BYTES), .url = SECRET_INIT(PROXY_URL_MAX_BYTES) })

/*
 * The proxy for a request to url (http or https): of https_proxy, HTTPS_PROXY (http_proxy for http),
 * all_proxy and ALL_PROXY the first that is not empty; none where no_proxy or NO_PROXY has the host.
 * (HTTP_PROXY is not read: in a CGI program it holds a header of the request.)
 *
 * Without a scheme http is meant; without a port the scheme's own: 80, 443, 1080 for SOCKS. User name and
 * password end at the last '@'. ERR_INPUT at the variable for what cannot be a proxy's URL; the message
 * does not quote it. ret_proxy must be PROXY_INIT.
 */
MUST_CHECK bool proxy_find(const struct environment *environment,
        const char *url,
        struct proxy *ret_proxy,
        struct err *reterr);

void proxy_clear(struct proxy *proxy);

/* Whether any request may go through a proxy that is asked over TLS. */
bool proxy_may_be_tls(const struct environment *environment);
