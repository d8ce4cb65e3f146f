/* The requests for one path: its pages in turn, then those that explain a failure. */
/* SPDX-License-Identifier: MIT */
#pragma once

#include <stddef.h>

#include "aws/ssm/ssm.h"

enum path_step {
    PATH_LISTING,
    PATH_NAMING_SECRETS, /* a page could not be decrypted: read the same pages again without decryption */
    PATH_CHECKING_ITSELF, /* nothing is below the path: is it a parameter itself? */
};

struct path_call {
    struct call call; /* must be first: cast back in its functions */
    const struct ssm *ssm;
    struct ssm_path_query *query;
    struct client_attempt attempt;
    enum path_step step;
    char *next_token; /* NULL: the first page */
    size_t page;      /* that is being requested, from 0 on */
    size_t failed_page;
    struct err *failure; /* kept while further requests explain it */
};

/* Borrows ssm and query. Release with path_call_clear. */
void path_call_init(
        struct path_call *ret_call, const struct ssm *ssm, struct ssm_path_query *query);

void path_call_clear(struct path_call *call);
