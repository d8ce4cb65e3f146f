/*
 * Writing to Parameter Store, one request at a time, and what a writer has to know beforehand. ssm-exec does not
 * link any of it.
 */
/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "aws/ssm/ssm.h"
#include "aws/ssm_write/write_request.h"
#include "base/attrs.h"
#include "base/error.h"
#include "http/calls.h"
#include "http/retry.h"

/* Borrows both. */
struct ssm_writer {
    const struct ssm *ssm;
    const struct call_settings *calls;
};

/* What is known after one request. */
enum write_outcome {
    WRITE_DONE,
    WRITE_REFUSED, /* AWS refused, or nothing could be sent: nothing was written, and that is final */
    WRITE_PUT_OFF,   /* nothing was written; worth another try (throttled, not connected) */
    WRITE_UNSETTLED, /* no answer, or one that does not tell: it may have been written */
};

struct write_result {
    enum write_outcome outcome;
    enum retry_cause cause; /* of another try, unless it is done or refused */
    int64_t retry_after_ms; /* what the server asked for; -1 if nothing */
    int64_t version;        /* the one that ssm_put wrote */
    struct err err; /* unless it is done; without anything of a value, even where AWS repeats it */
};

/* Sends one PutParameter. Never repeats it by itself. */
void ssm_put(const struct ssm_writer *writer,
        const struct ssm_put *put,
        struct write_result *ret_result);

/* Sends one AddTagsToResource. */
void ssm_add_tags(const struct ssm_writer *writer,
        const char *name,
        const struct ssm_tags *tags,
        struct write_result *ret_result);

/* Whether the parameter has all these tags, with these values; asks ListTagsForResource, with retries. */
MUST_CHECK bool ssm_has_tags(const struct ssm_writer *writer,
        const char *name,
        const struct ssm_tags *tags,
        bool *ret_has,
        struct err *reterr);
