/* One unsigned request for a small document, for AWS's credential endpoints. */
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
    bool is_secret; /* removed from all texts of the reply */
};

/* Borrows everything but the reply; release with plain_call_clear. */
struct plain_call {
    struct call call;
    enum http_method method;
    const char *subject;        /* the start of every message */
    const struct uri *endpoint; /* the server */
    const char *operation;      /* for progress messages */
    const char *url;
    struct plain_header headers[PLAIN_CALL_HEADERS_MAX]; /* up to the first without a name */
    bool never_proxied;

    const struct secret *secret_path; /* a secret part of the URL; may be NULL */

    int status; /* of the reply */
    struct secret body;
    struct service_error refusal; /* if status is not 200; without echoed secrets */
    bool was_answered;            /* at least one try got a reply */
};

/*
 * True with a reply of status 200 or of one that is not retried (see
 * service_error_retry_cause). Otherwise false with the error of calls_run.
 */
MUST_CHECK bool plain_call_run(
        const struct call_settings *settings, struct plain_call *plain, struct err *reterr);

/*
 * Sets *reterr to the refusal: ERR_CREDENTIALS at the subject, with host, status and the service's
 * message, without secrets that it echoes. Always returns false.
 */
bool plain_call_refuse(const struct plain_call *plain, struct err *reterr);

/*
 * Completes an error about an unusable document of status 200 with the reason that the document states,
 * if it does so in one of AWS's forms.
 */
void plain_call_explain(const struct plain_call *plain, struct err *err);

/* Sets the host that sent the reply in an error about it. */
void plain_call_set_replier(const struct plain_call *plain, struct err *err);

void plain_call_clear(struct plain_call *plain);
