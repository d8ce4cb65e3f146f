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
 * Makes sure that settings->region is known: asks the metadata service, once, where nothing says it.
 * ERR_INPUT, or what the network gives.
 */
MUST_CHECK bool provider_need_region(struct provider_context *context, struct err *reterr);
