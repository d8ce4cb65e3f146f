/*
 * The instance metadata service of EC2, version 2 (with a session token), never version 1. Source:
 * Amazon EC2 user guide, "Use the Instance Metadata Service to access instance metadata".
 */
/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "aws/config/settings.h"
#include "aws/uri.h"
#include "base/attrs.h"
#include "base/error.h"
#include "base/secret.h"
#include "base/text.h"
#include "http/calls.h"

enum {
    IMDS_TRY_MS = 1000,
    IMDS_TRIES = 2,
    IMDS_TOKEN_TTL_S = 21600,
    IMDS_REPLY_MAX_BYTES = 64 * 1024,
};

enum imds_outcome {
    IMDS_GOOD,
    IMDS_ABSENT, /* no metadata service here, or no such document; reterr->why is a phrase */
    IMDS_FAILED,
};

/* Borrows settings and calls. Initialise with imds_init, release with imds_clear. */
struct imds {
    const struct settings *settings;
    const struct call_settings *calls;
    struct uri endpoint;
    struct call_settings bounded; /* as calls, limited to the budget */
    int64_t budget_ms;
    struct secret token;
    bool was_tried;
    enum imds_outcome outcome; /* of the token request, once tried */
    struct err err;            /* unless IMDS_GOOD */
};

void imds_init(
        struct imds *imds, const struct settings *settings, const struct call_settings *calls);

/* Requests the session token, once. Tells whether there is a metadata service here. */
enum imds_outcome imds_open_session(struct imds *imds, struct err *reterr);

/* Gets the document at /latest/PATH; requests the token first if there is none. */
enum imds_outcome imds_get(
        struct imds *imds, const char *path, struct secret *ret_body, struct err *reterr);

/* The host of the service, for messages; "" before the first request. */
const char *imds_address(const struct imds *imds);

void imds_clear(struct imds *imds);
