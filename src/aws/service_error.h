/* The error replies of AWS's protocols: JSON (SSM, SSO, container endpoints) and query XML (STS). */
/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>

#include "base/secret.h"
#include "http/http.h"
#include "http/retry.h"

enum {
    SERVICE_ERROR_MESSAGE_MAX_BYTES = 8 * 1024
};

/* The message may echo the request: it is a secret until that is cut out. */
struct service_error {
    char code[96]; /* "AccessDeniedException"; empty where the reply is not AWS's */
    char request_id[80];
    struct secret message; /* may be empty */
};

#define SERVICE_ERROR_INIT \
    ((struct service_error){ .message = SECRET_INIT(SERVICE_ERROR_MESSAGE_MAX_BYTES) })

/* Reads code, message and request id; whatever is not there stays empty. */
void service_error_read(const struct http_reply *reply, struct service_error *ret_error);

void service_error_clear(struct service_error *error);

/* Whether and how a refusal is worth another try. */
enum retry_cause service_error_retry_cause(int status, const char *code);

/* Whether the code may mean that our clock is off. */
bool service_error_may_be_clock(const char *code);

/*
 * Replaces in text every piece of 12 or more bytes that it shares with secret by "[removed]"; pieces
 * of what was cut or wrapped are found too. The time is the product of the lengths.
 */
void service_error_cut_out(struct secret *text, const struct secret *secret);
