/* What Parameter Store has for the lines of a map, asked for at once. Nothing is written. */
/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "aws/ssm/parameter.h"
#include "aws/ssm/ssm.h"
#include "aws/ssm_describe/describe.h"
#include "base/attrs.h"
#include "base/error.h"
#include "command.h"
#include "migrate/compare.h"
#include "migrate/map.h"
#include "options_shared.h"

/* Borrows everything. */
struct stored_request {
    const struct command_run *run;
    const struct aws_options *aws;
    const struct map *map;
    const char *path;   /* also list what is below it; NULL: nothing is listed */
    bool is_names_only; /* nothing is decrypted */
    bool with_keys;     /* also ask which keys the SecureStrings have, where that may be asked */
};

/* Zero-initialise; release with stored_clear. */
struct stored {
    struct ssm_name_query *queries; /* one for each parameter of the map */
    size_t query_count;
    char **denials;                       /* for each query: what was refused, or NULL */
    struct ssm_description *descriptions; /* for each query, with_keys */
    struct parameter_list below;
    struct compare_stored *lines; /* for each line of the map; borrows from the above */
    struct compare_extra *extras;
};

/*
 * Fills *ret_stored. A refusal of one parameter hides no other: it is kept as its denial. False with all else that
 * is wrong added to problems, also if the path may not be listed.
 */
MUST_CHECK bool stored_fetch(
        const struct stored_request *request, struct stored *ret_stored, struct err_list *problems);

void stored_clear(struct stored *stored);
