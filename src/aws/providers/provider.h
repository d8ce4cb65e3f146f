/* Providers of credentials: their interface, and their list. */
/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "aws/config/settings.h"
#include "aws/credentials.h"
#include "base/attrs.h"
#include "base/clock.h"
#include "base/error.h"
#include "base/runner.h"
#include "http/calls.h"

enum {
    PROVIDER_MARGIN_S = 60, /* the minimum time until expiry: a run may take that long */
};

/* What fetch will wait for, according to the settings. */
enum provider_wait {
    PROVIDER_NOT_CONFIGURED, /* fetch gives PROVIDER_ABSENT */
    PROVIDER_WAIT_NONE,      /* the credentials are available, or fetch fails at once */
    PROVIDER_WAIT_PROCESS,   /* a credential_process */
    PROVIDER_WAIT_PLAIN,     /* an endpoint without TLS */
    PROVIDER_WAIT_METADATA,  /* the metadata service of EC2, if there is one */
    PROVIDER_WAIT_TLS,       /* a service over TLS, first or after something else */
};

enum provider_outcome {
    PROVIDER_FOUND,
    PROVIDER_ABSENT, /* nothing here: the search goes on */
    PROVIDER_FAILED, /* something here that cannot be used: the search ends */
};

struct imds;

/* What providers share. Borrows everything. */
struct provider_context {
    struct settings *settings;
    const struct clock *clock;
    const struct call_settings *calls;
    const struct runner *runner; /* for credential_process */
    struct imds *imds;
    int64_t skew_s;       /* AWS's clock minus ours; 0 until STS has replied */
    struct err no_region; /* why the metadata service gave none; ERR_NONE: not tried, or it did */
    /* Set by provider_profile for the providers of a profile: the profile to read. */
    const char *profile_name;
    const struct profile_section *profile;
};

struct provider {
    const char *name;
    bool is_skipped_with_profile; /* --profile excludes it */
    /* Makes no request: reads the settings and the profile. */
    enum provider_wait (*wait)(struct provider_context *context);
    /*
     * Fills *ret_credentials, which must be empty, with origin and renewal, if FOUND. Fills *reterr if
     * FAILED; if ABSENT only reterr->why, with a phrase that says what is missing.
     */
    enum provider_outcome (*fetch)(struct provider_context *context,
            struct credentials *ret_credentials,
            struct err *reterr);
};

/* Each is in the file of that name. */
extern const struct provider provider_env;
extern const struct provider provider_web_identity;
extern const struct provider
        provider_profile; /* the selected profile; selects one of those below */
extern const struct provider provider_container;
extern const struct provider provider_instance_role;

/* Of a profile; provider_profile_web_identity is in web_identity.c. */
extern const struct provider provider_profile_web_identity;
extern const struct provider provider_sso;
extern const struct provider provider_login;
extern const struct provider provider_process;
extern const struct provider provider_static_keys;

/* Sets reterr->why, and returns PROVIDER_ABSENT. */
enum provider_outcome provider_absent(struct err *reterr, const char *format, ...)
        PRINTF_LIKE(2, 3);

/* Rejects empty or malformed fields, and credentials that have expired or soon will. ERR_CREDENTIALS. */
MUST_CHECK bool provider_check(const struct provider_context *context,
        const struct credentials *credentials,
        struct err *reterr);

/*
 * Makes sure that settings->region is known. If it is not set, requests it from the metadata service, once.
 * ERR_INPUT, or the error of that request.
 */
MUST_CHECK bool provider_need_region(struct provider_context *context, struct err *reterr);
