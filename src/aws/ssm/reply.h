/* Replies of GetParametersByPath and GetParameters, read into parameters. */
/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>

#include "aws/ssm/parameter.h"
#include "base/attrs.h"
#include "base/error.h"
#include "base/secret.h"
#include "base/string_list.h"

enum {
    SSM_NEXT_TOKEN_MAX_BYTES = 16
            * 1024 /* AWS documents no limit; its tokens have some hundred bytes */
};

/* Release with ssm_reply_clear. */
struct ssm_reply {
    struct parameter_list parameters;
    char *next_token; /* NULL: this was the last page (missing, null and "" are the same) */
    struct string_list invalid_names; /* InvalidParameters */
};

/*
 * Reads a reply. ERR_PROTOCOL at `where` if it is malformed, or has more than ten parameters or names, or
 * fields longer than AWS documents. Never quotes a value. PARAMETER_UNDECRYPTED: reads the
 * values of Strings and StringLists only.
 */
MUST_CHECK bool ssm_reply_read(const struct secret *body,
        enum parameter_decryption decryption,
        const char *where,
        struct ssm_reply *ret_reply,
        struct err *reterr);

void ssm_reply_clear(struct ssm_reply *reply);
