/*
 * One limit for the memory of all replies of a run: those being received, and what is kept of the
 * others. Each reply and each field also has a limit of its own; this one bounds their sum.
 */
/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/attrs.h"
#include "base/error.h"

struct budget {
    size_t max_bytes;
    size_t kept_bytes; /* until the end of the run */
};

/* Counts bytes that are about to be kept. ERR_PROTOCOL at `where` if they exceed the maximum. */
MUST_CHECK bool budget_keep(
        struct budget *budget, size_t bytes, const char *where, struct err *reterr);

/* How many bytes are left for replies that are being received. */
size_t budget_left(const struct budget *budget);
