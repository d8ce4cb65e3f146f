/* One unsigned request for a small document: how the credential endpoints of AWS are asked. */
/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "aws/service/service_error.h"
#include "aws/uri.h"
#include "base/attrs.h"
#include "base/error.h"
#include "base/secret.h"
#include "http/calls.h"
#include "http/http.h"

enum {
    PLAIN_CALL_HEADERS_MAX = 4,
    PLAIN_CALL_REPLY_MAX_BYTES = 64 * 1024
};

struct plain_header {
    const char *name;
    const struct secret *value;
    bool is_secret; /* to be cut out of whatever is said back */
};

/* Borrows everything but the reply; release with plain_call_clear. */
struct plain_call {
    struct call call;
    enum http_method method;
    const char *subject;        /* stands before every message */
    const struct uri *endpoint; /* who is asked */
    const char *operation;      /* what is asked for */
    const char *url;
    struct plain_header headers[PLAIN_CALL_HEADERS_MAX]; /* the first without a name ends them */
    bool never_proxied;

    const struct secret *secret_path; /* part of the URL that nobody may read back; may be NULL */

    int status; /* of the reply */
    struct secret body;
    struct service_error refusal; /* what the reply says, cleaned, unless its status is 200 */
    bool was_answered;            /* by some status, at any try */
};

/*
 * True with a reply of any status that is not worth another try (see service_error_retry_cause).
 * False with what calls_run says otherwise.
 */
MUST_CHECK bool plain_call_run(
        const struct call_settings *settings, struct plain_call *plain, struct err *reterr);

/*
 * Sets *reterr to the refusal: ERR_CREDENTIALS at the subject, with host and status and whatever the
 * service says, cleaned of what it echoes of our headers. Always false.
 */
bool plain_call_refuse(const struct plain_call *plain, struct err *reterr);

/*
 * Completes an error about a document of status 200 that is of no use by the reason that stands in it, in
 * AWS's forms, if one does.
 */
void plain_call_explain(const struct plain_call *plain, struct err *err);

/* Completes an error about what a reply holds: whose reply that is. */
void plain_call_blame_reply(const struct plain_call *plain, struct err *err);

void plain_call_clear(struct plain_call *plain);
