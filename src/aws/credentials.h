/* AWS credentials, with which requests are signed. aws/providers finds them. */
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
    bool may_be_past_expiry; /* while EC2 cannot renew them it returns expired ones, and AWS accepts those */
    char origin[512];  /* for messages: "environment", "profile x" */
    char renewal[640]; /* how to get new ones, as part of a hint */
};

#define CREDENTIALS_INIT                                                              \
    ((struct credentials){ .access_key_id = SECRET_INIT(CREDENTIALS_FIELD_MAX_BYTES), \
            .secret_access_key = SECRET_INIT(CREDENTIALS_FIELD_MAX_BYTES),            \
            .session_token = SECRET_INIT(CREDENTIALS_FIELD_MAX_BYTES) })

void credentials_clear(struct credentials *credentials);

/* Set origin and renewal; texts that do not fit are truncated. */
void credentials_set_origin(struct credentials *credentials, const char *format, ...)
        PRINTF_LIKE(2, 3);
void credentials_set_renewal(struct credentials *credentials, const char *format, ...)
        PRINTF_LIKE(2, 3);

/* Moves the credentials in *from to *to, whose old ones are wiped; *from becomes empty. */
void credentials_move(struct credentials *to, struct credentials *from);

enum credentials_field {
    CREDENTIALS_ACCESS_KEY_ID,
    CREDENTIALS_SECRET_ACCESS_KEY,
    CREDENTIALS_SESSION_TOKEN, /* may be empty */
};

/*
 * Rejects what AWS never issues: blanks, line ends, quotation marks, anything but ASCII. ERR_CREDENTIALS
 * at `where`, which is where the field was read.
 */
MUST_CHECK bool credentials_check_field(enum credentials_field field,
        const struct secret *value,
        const char *where,
        struct err *reterr);
