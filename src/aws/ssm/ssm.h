/* Queries of Parameter Store, and the limits for their results. */
/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "aws/service/client.h"
#include "aws/ssm/parameter.h"
#include "base/attrs.h"
#include "base/budget.h"
#include "base/error.h"
#include "http/calls.h"

enum {
    SSM_NAMES_PER_CALL = 10, /* the maximum of GetParameters */
    SSM_PAGE_ITEMS = 10,     /* the maximum of GetParametersByPath */
    SSM_PAGES_MAX = 2000,    /* of one path; more than a process's environment can hold */
    SSM_PATH_REPLY_MAX_BYTES = 4 * 1024 * 1024,
    /* Ten secrets of 64 KiB, each twice: as Value and, quoted once more, in SourceResult. */
    SSM_NAMES_REPLY_MAX_BYTES = 9 * 1024 * 1024,
    /*
     * For the replies that are being received and what a run keeps of the others, together. Enough
     * for 10,000 standard parameters of 4 KB; an environment holds 6 MiB at most. With one more
     * reply that is being parsed, the connections and the libraries, the process stays below 80
     * MiB, whatever is sent.
     */
    SSM_BUDGET_BYTES = 56 * 1024 * 1024,
};

/* Every parameter below a path. Texts are borrowed; the caller clears found. */
struct ssm_path_query {
    const char *subject; /* what the user wrote, for messages */
    const char *path;    /* without a trailing slash, except for "/" itself */
    const char *label;   /* only versions with this label; NULL: the latest */
    bool recursive;
    bool optional; /* may be empty */
    struct parameter_list found;
};

/* One parameter by name, with its version or label, or by ARN. */
struct ssm_name_query {
    const char *subject;
    const char *name;         /* as in GetParameters: "/a/b", "/a/b:3", "arn:..." */
    bool optional;            /* may be missing */
    const char *missing_hint; /* what to do if it is; NULL: --optional */
    bool is_found;
    bool was_answered;
    struct parameter found;
};

struct ssm {
    struct client *client;
    struct budget *budget; /* of this run */
    enum parameter_decryption decryption;
    const char *undecrypted_hint; /* what to do without the permission to decrypt; NULL: nothing */
};

/* Initialises a request of a call with what all requests have in common. */
void ssm_begin_request(const struct ssm *ssm, struct call *call, struct http_request *ret_request);

/* Charges a parameter's memory to the budget. ERR_PROTOCOL at `where` if it is exceeded. */
MUST_CHECK bool ssm_keep(const struct ssm *ssm,
        const struct parameter *parameter,
        const char *where,
        struct err *reterr);

/*
 * Copies a failure, which further requests of the call may explain, to *ret_kept, which the caller frees,
 * and makes it the call's known failure. False if memory runs out.
 */
bool ssm_keep_failure(struct call *call, const struct err *failure, struct err **ret_kept);
