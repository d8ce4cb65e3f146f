/*
 * The client of one AWS service: signs requests, reads refusals in AWS's forms, and corrects the clock
 * if it is wrong.
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

/* Borrows everything. skew_s is learnt from a reply and used for all later calls of the client. */
struct client {
    enum client_protocol protocol;
    const char *service; /* of the signature: "ssm" */
    const char *region;
    const struct uri *endpoint;
    const struct credentials *credentials; /* NULL: requests are not signed */
    const struct secret *token_in_body;    /* is removed from what AWS echoes; may be NULL */
    const struct clock *clock;
    struct event_sink *events;
    int64_t skew_s; /* AWS's clock minus ours */
};

/* What the client keeps between the tries of a call. Zero-initialise; release with _clear. */
struct client_attempt {
    char signature
            [DIGEST_SHA256_HEX_BYTES]; /* of the current try; is removed from what AWS echoes */
    int64_t skew_s;                    /* with which the current try was signed */
    bool clock_was_corrected;          /* at most once per call */
};

/* Wipes the signature, with which the request could be replayed for some minutes. */
void client_attempt_clear(struct client_attempt *attempt);

/* Sets how hosts of AWS are looked up and trusted; for other hosts nothing changes. */
void client_set_host_rules(struct http_request *request, const char *host);

/* Sets the URL of the request. Uses the endpoint only: the credentials may still be unknown. */
void client_address(const struct client *client, struct http_request *request);

/*
 * Adds the headers to a POST that has its URL and body, and Authorization if there are
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
 * ERR_PROTOCOL if the reply is not from AWS) with AWS's code, text and request id; our own
 * token, keys and signature are removed from that text.
 */
enum call_verdict client_judge_refusal(struct client *client,
        struct client_attempt *attempt,
        const char *subject,
        const struct http_reply *reply,
        enum retry_cause *ret_cause,
        struct err *reterr);

/*
 * Completes an error about a reply with status 200: adds its request id and the host that sent it, and a
 * hint if it is not from AWS. A request id that echoes one of our secrets is left out.
 */
void client_add_reply_details(const struct client *client,
        const struct client_attempt *attempt,
        const struct http_reply *reply,
        struct err *err);
