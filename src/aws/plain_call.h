/* One unsigned request for a small document: how the credential endpoints of AWS are asked. */
/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>
#include <stddef.h>

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
};

/* Borrows everything but the reply; release with plain_call_clear. */
struct plain_call {
    struct call call;
    enum http_method method;
    const char *subject;   /* stands before every message */
    const char *host;      /* who is asked */
    const char *operation; /* what is asked for */
    const char *url;
    struct plain_header headers[PLAIN_CALL_HEADERS_MAX]; /* the first without a name ends them */
    bool never_proxied;

    int status; /* of the reply */
    struct secret body;
    bool was_answered; /* by some status, at any try */
};

/*
 * True with a reply of any status that is not worth another try (see service_error_retry_cause).
 * False with what calls_run says otherwise.
 */
MUST_CHECK bool plain_call_run(
        const struct call_settings *settings, struct plain_call *plain, struct err *reterr);

void plain_call_clear(struct plain_call *plain);
