/* The error replies of AWS's protocols: JSON (SSM, SSO, container endpoints) and query XML (STS). */
/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "base/secret.h"
#include "http/http.h"
#include "http/retry.h"

enum {
    SERVICE_ERROR_MESSAGE_MAX_BYTES = 8 * 1024
};

/* The message may echo the request: it is a secret until that is removed. */
struct service_error {
    char code[96]; /* "AccessDeniedException"; empty if the reply is not from AWS */
    char request_id[80];
    struct secret message; /* may be empty */
};

#define SERVICE_ERROR_INIT \
    ((struct service_error){ .message = SECRET_INIT(SERVICE_ERROR_MESSAGE_MAX_BYTES) })

/*
 * Reads code, message and request id; those that are missing stay empty. Credentials in the same
 * document are cut out of them.
 */
void service_error_read(const struct http_reply *reply, struct service_error *ret_error);

/*
 * The same for a document with status 200, which may say why there are no credentials. A code of
 * "Success" is dropped.
 */
void service_error_read_document(const struct secret *body, struct service_error *ret_error);

/*
 * For a reply without a message in AWS's forms: uses its body as the message, if it is neither JSON, which
 * may contain values, nor a page of a web server. Truncated to SERVICE_ERROR_MESSAGE_MAX_BYTES.
 */
void service_error_read_sentence(const struct http_reply *reply, struct service_error *error);

/* Cuts our secrets out of the message; drops a code or request id that contains a piece of one. */
void service_error_clean(
        struct service_error *error, const struct secret *const secrets[], size_t count);

/* Whether a word contains a piece of a secret. */
bool service_error_is_echo(const char *word, const struct secret *const secrets[], size_t count);

/* Appends the message, truncated, to err->why, and sets err's code and request id. */
void service_error_report(const struct service_error *error, struct err *err);

void service_error_clear(struct service_error *error);

/* Whether and how a refusal is retried. */
enum retry_cause service_error_retry_cause(int status, const char *code);

/* Whether the reason for the code may be that our clock is wrong. */
bool service_error_may_be_clock(const char *code);

/*
 * Replaces every piece of 12 or more bytes that text shares with secret by "[removed]", also if it is
 * URL-encoded. That finds secrets that were truncated or wrapped, too. The time is proportional to the
 * product of the lengths.
 */
void service_error_cut_out(struct secret *text, const struct secret *secret);
