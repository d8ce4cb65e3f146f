/* AWS credentials: what requests are signed with. aws/providers finds them. */
/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/attrs.h"
#include "base/error.h"
#include "base/secret.h"

enum {
    CREDENTIALS_FIELD_MAX_BYTES = 16 * 1024,
};

/* Release with credentials_clear, which wipes. */
struct credentials {
    struct secret access_key_id;
    struct secret secret_access_key;
    struct secret session_token; /* empty: none */
    int64_t expires_s;           /* since the epoch; 0: not known to expire */
    bool may_be_past_expiry; /* EC2 gives expired ones while it cannot renew them, and AWS accepts them */
    char origin[512];        /* for messages: "environment", "profile x" */
    char renewal[640];       /* how to get new ones: a clause for hints */
};

#define CREDENTIALS_INIT                                                              \
    ((struct credentials){ .access_key_id = SECRET_INIT(CREDENTIALS_FIELD_MAX_BYTES), \
            .secret_access_key = SECRET_INIT(CREDENTIALS_FIELD_MAX_BYTES),            \
            .session_token = SECRET_INIT(CREDENTIALS_FIELD_MAX_BYTES) })

void credentials_clear(struct credentials *credentials);

/* Set origin and renewal; texts that do not fit are cut. */
void credentials_set_origin(struct credentials *credentials, const char *format, ...)
        PRINTF_LIKE(2, 3);
void credentials_set_renewal(struct credentials *credentials, const char *format, ...)
        PRINTF_LIKE(2, 3);

/* *to takes over what *from holds; *from is empty afterwards. */
void credentials_move(struct credentials *to, struct credentials *from);

enum credentials_field {
    CREDENTIALS_ACCESS_KEY_ID,
    CREDENTIALS_SECRET_ACCESS_KEY,
    CREDENTIALS_SESSION_TOKEN, /* may be empty */
};

/*
 * Refuses what AWS never issues: blanks, line ends, quotation marks, anything but ASCII. For
 * callers that read a field and know its place. ERR_CREDENTIALS at `where`.
 */
MUST_CHECK bool credentials_check_field(enum credentials_field field,
        const struct secret *value,
        const char *where,
        struct err *reterr);
