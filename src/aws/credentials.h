/* AWS credentials, and the chain of places where they are looked for. */
/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "aws/settings.h"
#include "aws/uri.h"
#include "base/attrs.h"
#include "base/clock.h"
#include "base/error.h"
#include "base/meanwhile.h"
#include "base/runner.h"
#include "base/secret.h"
#include "http/calls.h"

enum {
    CREDENTIALS_FIELD_MAX_BYTES = 16 * 1024,
    CREDENTIALS_MARGIN_S = 60, /* what expires sooner is refused: a run may last that long */
};

/* Release with credentials_clear, which wipes. */
struct credentials {
    struct secret access_key_id;
    struct secret secret_access_key;
    struct secret session_token; /* empty: none */
    int64_t expires_s;           /* since the epoch; 0: not known to expire */
    bool may_be_past_expiry;     /* EC2 may give such, and AWS takes them while it cannot renew */
    char origin[512];            /* who gave them, for messages: "environment", "profile x" */
    char renewal[640];           /* how to get others in their place: a clause for hints */
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

struct imds;

/* What providers may look at. Borrows everything. */
struct credentials_context {
    struct settings *settings;
    const struct clock *clock;
    const struct call_settings *calls;
    const struct runner *runner; /* for credential_process */
    struct imds *imds;           /* the metadata service, asked by several */
    struct meanwhile *meanwhile; /* what else may be done while one is waited for; may be NULL */
    bool meanwhile_costs_trust;  /* beside a TLS connection it reads all certificates once more */
    int64_t skew_s;              /* to be added to our clock, as far as STS has told */
    struct err no_region; /* why the metadata service gave none; ERR_NONE: not asked, or it did */
};

/*
 * One place where credentials may be. fetch fills *ret_credentials (initialised, empty) when FOUND;
 * when FAILED, *reterr is the error; when ABSENT, reterr->why says in a few words what is missing.
 */
struct credentials_provider {
    const char *name;
    bool is_skipped_with_profile; /* --profile means that one */
    enum credentials_outcome (*fetch)(struct credentials_context *context,
            struct credentials *ret_credentials,
            struct err *reterr);
};

/* Sets reterr->why, and gives CREDENTIALS_ABSENT. */
enum credentials_outcome credentials_absent(struct err *reterr, const char *why);

enum credentials_field {
    CREDENTIALS_ACCESS_KEY_ID,
    CREDENTIALS_SECRET_ACCESS_KEY,
    CREDENTIALS_SESSION_TOKEN, /* may be empty */
};

/*
 * Refuses what AWS never issues: blanks, line ends, quotation marks, anything but ASCII. For whoever
 * reads a field and can name the place. ERR_CREDENTIALS at `where`.
 */
MUST_CHECK bool credentials_check_field(enum credentials_field field,
        const struct secret *value,
        const char *where,
        struct err *reterr);

/* Refuses empty or malformed fields, and what has expired or is about to. ERR_CREDENTIALS. */
MUST_CHECK bool credentials_check(const struct credentials_context *context,
        const struct credentials *credentials,
        struct err *reterr);

/* Makes sure that settings->region is known: asks the metadata service where nothing says it. */
MUST_CHECK bool credentials_need_region(struct credentials_context *context, struct err *reterr);

/*
 * To be told by a provider before it waits, and once it is sure that it is its turn: the meanwhile
 * begins, if the region is known that it needs. Not where it would cost more than it gains: if who is
 * asked (NULL: nobody on the network) is where Parameter Store is, whose connection then serves both,
 * or is asked over TLS whose certificates would have to be read twice.
 */
void credentials_will_come(const struct credentials_context *context, const struct uri *asked);

/* *to takes over what *from holds; *from is empty afterwards. */
void credentials_move(struct credentials *to, struct credentials *from);

/*
 * Asks the providers in the order of the AWS SDKs; the first whose condition holds decides. Then
 * assumes the role of --role-arn. Checks what is found. ERR_CREDENTIALS, or what the network gives; where
 * none has any, the message lists what each of them said.
 */
MUST_CHECK bool credentials_find(struct credentials_context *context,
        struct credentials *ret_credentials,
        struct err *reterr);
