/* The JSON documents in which processes, endpoints and caches provide credentials. */
/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>

#include "aws/providers/provider.h"
#include "base/attrs.h"
#include "base/error.h"
#include "json/json.h"

/* Names of members; those that are NULL are not read. */
struct document_members {
    const char *access_key_id;
    const char *secret_access_key;
    const char *session_token;
    const char *expiration;    /* ISO 8601 text; may be NULL */
    const char *expiration_ms; /* milliseconds since the epoch, a number; may be NULL */
    bool expiration_is_required;
};

/* The names that the metadata service and container endpoints use. */
extern const struct document_members document_endpoint_members;

/*
 * False if the document says that it has no credentials: in that case endpoints reply with status 200 and
 * a "Code" other than "Success". ERR_CREDENTIALS at `where`.
 */
MUST_CHECK bool document_is_success(
        struct json_value object, const char *where, struct err *reterr);

/*
 * Reads an object's members into ret_credentials, which must be empty; origin stays as it is.
 * ERR_CREDENTIALS at `where` names the member that is missing or malformed, never a value.
 */
MUST_CHECK bool document_read(struct json_value object,
        const struct document_members *members,
        const char *where,
        struct credentials *ret_credentials,
        struct err *reterr);
