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

/* The message may echo the request: it is a secret until that is cut out. */
struct service_error {
    char code[96]; /* "AccessDeniedException"; empty where the reply is not AWS's */
    char request_id[80];
    struct secret message; /* may be empty */
};

#define SERVICE_ERROR_INIT \
    ((struct service_error){ .message = SECRET_INIT(SERVICE_ERROR_MESSAGE_MAX_BYTES) })

/*
 * Reads code, message and request id; whatever is not there stays empty. Credentials that the document
 * holds as well are cut out.
 */
void service_error_read(const struct http_reply *reply, struct service_error *ret_error);

/*
 * The same for a document that came with status 200 and may nevertheless say why it cannot be used. Its
 * code is dropped if it is "Success".
 */
void service_error_read_document(const struct secret *body, struct service_error *ret_error);

/*
 * For a reply without a code or a message in AWS's forms: its body, if it is a sentence and neither JSON,
 * which may hold values, nor a page of a web server. Shortened to a length that people read.
 */
void service_error_read_sentence(const struct http_reply *reply, struct service_error *error);

/* Cuts secrets of ours out of the message; a code or request id that holds a piece of one is dropped. */
void service_error_clean(
        struct service_error *error, const struct secret *const secrets[], size_t count);

/* Whether a word holds a piece of a secret. */
bool service_error_is_echo(const char *word, const struct secret *const secrets[], size_t count);

/* Appends the message to err->why, and sets err's code and request id where there are any. */
void service_error_pass_on(const struct service_error *error, struct err *err);

void service_error_clear(struct service_error *error);

/* Whether and how a refusal is worth another try. */
enum retry_cause service_error_retry_cause(int status, const char *code);

/* Whether the code may mean that our clock is off. */
bool service_error_may_be_clock(const char *code);

/*
 * Replaces in text every piece of 12 or more bytes that it shares with secret by "[removed]",
 * also where it is URL-encoded; pieces of what was cut or wrapped are found too. The time is the product of the lengths.
 */
void service_error_cut_out(struct secret *text, const struct secret *secret);
