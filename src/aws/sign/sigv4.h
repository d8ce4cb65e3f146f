/*
 * AWS Signature Version 4 in the Authorization header, in the order of its steps: canonical
 * request, string to sign, signature. Source: AWS IAM user guide, "Create a signed AWS API request".
 */
/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "aws/sign/digest.h"
#include "base/attrs.h"
#include "base/error.h"
#include "base/secret.h"
#include "base/text.h"

/* The name in any case, the value as it will be sent. All headers of a request are signed. */
struct sigv4_header {
    const char *name;
    const char *value;
};

struct sigv4_request {
    const char *method;
    const char *path;  /* as in the request line, without the query */
    bool path_as_sent; /* do not resolve "." and ".." and empty segments before encoding (S3) */
    const char *query; /* without '?', percent-encoded or raw; "" for none */
    const struct sigv4_header *headers;
    size_t header_count;
    const char *body;
    size_t body_len;
};

struct sigv4_scope {
    const char *date; /* the X-Amz-Date that is sent, YYYYMMDDTHHMMSSZ */
    const char *region;
    const char *service;
};

struct sigv4_keys {
    const struct secret *access_key_id;
    const struct secret *secret_access_key;
};

enum {
    SIGV4_HEADERS_MAX = 16,
    SIGV4_CANONICAL_MAX_BYTES = 64 * 1024
};

/*
 * Appends the canonical request, a secret because it contains the session token, and the list of signed
 * header names ("content-type;host;x-amz-date"). ERR_SYSTEM, or ERR_INPUT beyond the limits.
 */
MUST_CHECK bool sigv4_canonical_request(const struct sigv4_request *request,
        struct secret *ret_canonical,
        struct text *ret_signed_headers,
        struct err *reterr);

MUST_CHECK bool sigv4_string_to_sign(const struct secret *canonical,
        const struct sigv4_scope *scope,
        struct text *ret_string,
        struct err *reterr);

/* 64 lower-case hexadecimal digits. Derived keys are wiped. */
MUST_CHECK bool sigv4_signature(const struct secret *secret_access_key,
        const struct sigv4_scope *scope,
        const char *string_to_sign,
        char ret_signature[static DIGEST_SHA256_HEX_BYTES],
        struct err *reterr);

/* All steps: appends the value of the Authorization header, and returns the signature in it. */
MUST_CHECK bool sigv4_sign(const struct sigv4_request *request,
        const struct sigv4_scope *scope,
        const struct sigv4_keys *keys,
        struct secret *ret_authorization,
        char ret_signature[static DIGEST_SHA256_HEX_BYTES],
        struct err *reterr);
