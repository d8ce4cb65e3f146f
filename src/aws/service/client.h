/*
 * One AWS service as seen by its caller: requests signed for it, refusals read the way AWS writes
 * them, the clock corrected where it is off.
 */
/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "aws/credentials.h"
#include "aws/sign/digest.h"
#include "aws/uri.h"
#include "base/attrs.h"
#include "base/clock.h"
#include "base/error.h"
#include "base/event.h"
#include "http/calls.h"
#include "http/http.h"

enum client_protocol {
    CLIENT_JSON_1_1, /* SSM: Content-Type application/x-amz-json-1.1, X-Amz-Target */
    CLIENT_QUERY,    /* STS: a form, application/x-www-form-urlencoded */
};

/* Borrows everything. The skew is learnt on the way and serves all calls of the client. */
struct client {
    enum client_protocol protocol;
    const char *service; /* of the signature: "ssm" */
    const char *region;
    const struct uri *endpoint;
    const struct credentials *credentials; /* NULL: requests are not signed */
    const struct secret *token_in_body;    /* to be cut out of what AWS echoes; may be NULL */
    const struct clock *clock;
    struct event_sink *events;
    int64_t skew_s; /* to be added to our clock to get AWS's */
};

/* What the client keeps of a call from one try to the next; zero-initialise, release with _clear. */
struct client_attempt {
    char signature
            [DIGEST_SHA256_HEX_BYTES]; /* of the present try, to be cut out of what AWS echoes */
    int64_t skew_s;                    /* that the present try was signed with */
    bool clock_was_corrected;          /* once is enough */
};

/* Wipes the signature, with which the request could be sent again for some minutes. */
void client_attempt_clear(struct client_attempt *attempt);

/* How hosts of AWS's own are looked up and trusted; others stay as they are. */
void client_set_host_rules(struct http_request *request, const char *host);

/* Says where the request goes. Looks at the endpoint only: the credentials may still be on their way. */
void client_address(const struct client *client, struct http_request *request);

/*
 * Adds the headers to an addressed POST whose body is there, and Authorization where there are
 * credentials. target is X-Amz-Target for CLIENT_JSON_1_1, else NULL. ERR_SYSTEM, ERR_INPUT.
 */
MUST_CHECK bool client_sign(const struct client *client,
        struct client_attempt *attempt,
        const char *target,
        struct http_request *request,
        struct err *reterr);

/*
 * Reads a reply whose status is not 200 and decides: throttling and server errors are retried, a
 * wrong clock is corrected once, everything else has failed. Fills *reterr (ERR_SERVICE, or
 * ERR_PROTOCOL where it is not AWS that answers) with AWS's code, text and request id; our own
 * token, keys and signature are cut out of that text.
 */
enum call_verdict client_judge_refusal(struct client *client,
        struct client_attempt *attempt,
        const char *subject,
        const struct http_reply *reply,
        enum retry_cause *ret_cause,
        struct err *reterr);

/*
 * Completes the failure of reading a success: whose reply that is, and what to do if it is not AWS's.
 * The part of it that is shown contains none of our secrets.
 */
void client_blame_reply(const struct client *client,
        const struct client_attempt *attempt,
        const struct http_reply *reply,
        struct err *err);
