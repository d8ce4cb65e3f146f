/* One path: its pages in a row, and further requests that explain a failure. */
/* SPDX-License-Identifier: MIT */
#pragma once

#include <stddef.h>

#include "aws/ssm/ssm.h"

enum path_step {
    PATH_LISTING,
    PATH_NAMING_SECRETS, /* a page could not be decrypted: the same pages again, undecrypted */
    PATH_ASKING_ITSELF,  /* nothing is below the path: is it a parameter itself? */
};

struct path_call {
    struct call call; /* first: calls_run hands it back */
    const struct ssm *ssm;
    struct ssm_path_query *query;
    struct client_attempt attempt;
    enum path_step step;
    char *next_token; /* NULL: the first page */
    size_t page;      /* that is being asked for, from 0 on */
    size_t failed_page;
    struct err *failure; /* kept while further requests explain it */
};

/* Borrows ssm and query. Release with path_call_clear. */
void path_call_init(
        struct path_call *ret_call, const struct ssm *ssm, struct ssm_path_query *query);

void path_call_clear(struct path_call *call);
