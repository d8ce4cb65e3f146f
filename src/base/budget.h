/*
 * One limit for the memory that the replies of a run may take: what is kept of them, and what is being
 * received. Each reply and each field also has a limit; this one bounds their sum.
 */
/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/attrs.h"
#include "base/error.h"

struct budget {
    size_t max_bytes;
    size_t kept_bytes; /* of what has been read and is kept until the end of the run */
};

/* Counts bytes that are about to be kept. ERR_PROTOCOL at `where` where they pass the maximum. */
MUST_CHECK bool budget_keep(
        struct budget *budget, size_t bytes, const char *where, struct err *reterr);

/* What is left for replies that are being received. */
size_t budget_left(const struct budget *budget);
