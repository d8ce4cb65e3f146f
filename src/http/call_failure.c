/* SPDX-License-Identifier: MIT */
#include "http/call_failure.h"

static void hint_at_proxy(const struct call *call, const struct http_via *via, struct err *reterr)
{
    const char *variable = via->variable == NULL ? "HTTPS_PROXY" : via->variable;
    if (via->status >= 500 && call->unresolved_hint != NULL) {
        err_set_hint(reterr, "%s", call->unresolved_hint);
    } else if (via->status != 407) {
        err_set_hint(reterr, "check %s; if %s must be reached without a proxy, add it to NO_PROXY",
                variable, call->host);
    } else if (via->has_user) {
        err_set_hint(reterr,
                "the proxy does not accept the user name and password in %s (special "
                "characters may be percent-encoded)",
                variable);
    } else {
        err_set_hint(reterr,
                "the proxy requires a user name and a password: %s=http://user:password@...",
                variable);
    }
}

void call_failure_describe(
        const struct call *call, const struct http_reply *reply, struct err *reterr)
{
    (void)err_set(reterr, ERR_NETWORK, call->subject, "%s: %s", call->host, reply->failure);
    switch (reply->outcome) {
    case HTTP_NOT_RESOLVED:
        err_set_hint(reterr, "%s",
                call->unresolved_hint != NULL
                        ? call->unresolved_hint
                        : "check the region and the endpoint, and that this machine resolves names "
                          "(in a VPC without internet access, an interface endpoint with private "
                          "DNS)");
        break;
    case HTTP_NOT_CONNECTED:
        err_set_hint(reterr,
                "check that the endpoint is correct and reachable from here: routes, security "
                "groups, HTTPS_PROXY and NO_PROXY");
        break;
    case HTTP_UNTRUSTED:
        err_set_hint(reterr,
                "the server's certificate is not trusted: if a proxy or a private endpoint "
                "uses its own CA, give that CA's certificate with --ca-bundle or AWS_CA_BUNDLE");
        break;
    case HTTP_TLS_FAILED:
        err_set_hint(reterr,
                "no TLS connection: is something else listening there, or a plain http endpoint?");
        break;
    case HTTP_PROXY_FAILED:
    case HTTP_PROXY_BUSY:
    case HTTP_PROXY_NOT_RESOLVED:
    case HTTP_PROXY_NOT_CONNECTED:
        hint_at_proxy(call, &reply->via, reterr);
        break;
    case HTTP_TOO_LARGE:
    case HTTP_MALFORMED:
        reterr->kind = ERR_PROTOCOL;
        err_set_hint(
                reterr, "AWS does not answer like this: is %s the right endpoint?", call->host);
        break;
    case HTTP_TIMED_OUT:
    case HTTP_DROPPED:
        if (reply->via.variable != NULL) {
            hint_at_proxy(call, &reply->via, reterr);
        }
        break;
    case HTTP_NO_SOCKET:
        err_set_hint(reterr,
                "no network socket may be opened here: RestrictAddressFamilies= of the unit needs "
                "AF_INET or AF_INET6, a seccomp profile socket(2)");
        break;
    case HTTP_REPLIED:
    case HTTP_IMPOSSIBLE:
        break;
    }
}
