/* AWS credentials, and the chain of places where they are looked for. */
/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "aws/settings.h"
#include "base/attrs.h"
#include "base/clock.h"
#include "base/error.h"
#include "base/secret.h"

enum {
    CREDENTIALS_FIELD_MAX_BYTES = 16 * 1024
};

/* Release with credentials_clear, which wipes. */
struct credentials {
    struct secret access_key_id;
    struct secret secret_access_key;
    struct secret session_token; /* empty: none */
    int64_t expires_s;           /* since the epoch; 0: not known to expire */
    char origin[256];            /* who gave them, for messages: "environment", "profile x" */
};

#define CREDENTIALS_INIT                                                              \
    ((struct credentials){ .access_key_id = SECRET_INIT(CREDENTIALS_FIELD_MAX_BYTES), \
            .secret_access_key = SECRET_INIT(CREDENTIALS_FIELD_MAX_BYTES),            \
            .session_token = SECRET_INIT(CREDENTIALS_FIELD_MAX_BYTES) })

void credentials_clear(struct credentials *credentials);

enum credentials_outcome {
    CREDENTIALS_FOUND,
    CREDENTIALS_ABSENT, /* this place has nothing to say: the next one is asked */
    CREDENTIALS_FAILED, /* this place decides, and cannot give any: the search ends */
};

/* What providers may look at. */
struct credentials_context {
    const struct settings *settings;
    const struct clock *clock;
};

/*
 * One place where credentials may be. fetch fills *ret_credentials (initialised, empty) when FOUND;
 * when FAILED, *reterr is the error; when ABSENT, reterr->why says in a few words what is missing.
 */
struct credentials_provider {
    const char *name;
    enum credentials_outcome (*fetch)(const struct credentials_context *context,
            struct credentials *ret_credentials,
            struct err *reterr);
};

/*
 * Asks the providers in the order of the AWS SDKs; the first whose condition holds decides. Refuses
 * empty or malformed fields and credentials that have expired. ERR_CREDENTIALS; where none has any,
 * the message lists what each of them said.
 */
MUST_CHECK bool credentials_find(const struct credentials_context *context,
        struct credentials *ret_credentials,
        struct err *reterr);
