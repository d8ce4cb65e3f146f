/* One request of a writer, and whether it may be sent again. */
/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>

#include "aws/service/client.h"
#include "aws/ssm/ssm.h"
#include "aws/ssm_write/write.h"
#include "base/attrs.h"
#include "base/secret.h"
#include "http/calls.h"
#include "json/json.h"

struct write_call;

/* How the body is written, and a reply with status 200 is read (ERR_PROTOCOL). */
struct write_type {
    const char *target;
    const char *action; /* "PutParameter" */
    void (*write_body)(const struct write_call *call, struct secret *ret_body);
    MUST_CHECK bool (*read)(struct write_call *call, struct json_value root, struct err *reterr);
};

struct write_call {
    struct call call; /* first: calls_run hands it back */
    const struct write_type *type;
    const struct ssm *ssm;
    const char *name;    /* of the parameter */
    const void *request; /* what the type's functions know */
    void *answer;
    const struct secret *value; /* that is sent, which no message may repeat; NULL: none */
    struct client_attempt attempt;
    bool was_prepared;
    bool was_answered;
    enum call_verdict verdict; /* of the last answer */
    enum retry_cause cause;
    int64_t retry_after_ms;
};

void write_call_init(struct write_call *ret_call,
        const struct write_type *type,
        const struct ssm_writer *writer,
        const char *name);

/* Sends it once and says what is known then. */
void write_call_run_once(
        struct write_call *call, const struct ssm_writer *writer, struct write_result *ret_result);

/* For what only reads: with the usual retries. */
MUST_CHECK bool write_call_run(
        struct write_call *call, const struct ssm_writer *writer, struct err *reterr);
