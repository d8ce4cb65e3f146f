/* The places where credentials may be: what they have in common, and what they may look at. */
/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "aws/config/settings.h"
#include "aws/credentials.h"
#include "aws/uri.h"
#include "base/attrs.h"
#include "base/clock.h"
#include "base/error.h"
#include "base/meanwhile.h"
#include "base/runner.h"
#include "http/calls.h"

enum {
    PROVIDER_MARGIN_S = 60, /* what expires sooner is refused: a run may last that long */
};

enum provider_outcome {
    PROVIDER_FOUND,
    PROVIDER_ABSENT, /* this place has nothing to say: the next one is asked */
    PROVIDER_FAILED, /* this place decides, and cannot give any: the search ends */
};

struct imds;

/* What providers may look at. Borrows everything. */
struct provider_context {
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
struct provider {
    const char *name;
    bool is_skipped_with_profile; /* --profile means that one */
    enum provider_outcome (*fetch)(struct provider_context *context,
            struct credentials *ret_credentials,
            struct err *reterr);
};

/* Sets reterr->why, and gives PROVIDER_ABSENT. */
enum provider_outcome provider_absent(struct err *reterr, const char *why);

/* Refuses empty or malformed fields, and what has expired or is about to. ERR_CREDENTIALS. */
MUST_CHECK bool provider_check(const struct provider_context *context,
        const struct credentials *credentials,
        struct err *reterr);

/*
 * To be told by a provider before it waits, and once it is sure that it is its turn: the meanwhile
 * begins, if the region is known that it needs. Not where it would cost more than it gains: if who is
 * asked (NULL: nobody on the network) is where Parameter Store is, whose connection then serves both,
 * or is asked over TLS whose certificates would have to be read twice.
 */
void provider_will_wait(const struct provider_context *context, const struct uri *asked);
