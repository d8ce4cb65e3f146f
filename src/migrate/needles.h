/* Values of secrets in places where they should not be: all of them are looked for in one pass over a text. */
/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/attrs.h"
#include "base/error.h"
#include "base/secret.h"
#include "base/span.h"

enum {
    NEEDLES_MIN_BYTES = 8,        /* shorter values are everywhere */
    NEEDLES_MAX_BYTES = 16 * 1024 /* of longer values, only the beginning is looked for */
};

struct needles;

/* NULL without memory: ERR_SYSTEM. Release with needles_free, which wipes. */
MUST_CHECK struct needles *needles_new(struct err *reterr);

void needles_free(struct needles *needles);

/* For CLEANUP. */
void needles_release(struct needles **needles);

/*
 * Adds a value, as it is and as base64: of the value alone or with anything before and behind it, in both
 * alphabets, wrapped or not. A line end of the value may be "\n" in the text, and indented. The value is
 * copied into memory for secrets. `id` is the caller's, for example an index of variables. A value that is
 * shorter than NEEDLES_MIN_BYTES, or a placeholder, is left out. ERR_SYSTEM.
 */
MUST_CHECK bool needles_add(
        struct needles *needles, size_t id, const struct secret *value, struct err *reterr);

/* A file, or a piece of it: pieces of a file come one after the other, and overlap by 64 KiB or more. */
struct needles_piece {
    struct span text;
    size_t known; /* bytes at the beginning that were in the piece before, too; 0 begins a file */
    size_t line;  /* of the first byte, from 1 on */
};

struct needles_hit {
    size_t id;
    size_t line; /* from 1 on: where the value begins */
    bool is_base64;
};

/* Called for each hit in the order of the text: each value once a line. Must not add values. */
typedef void needles_report(void *context, const struct needles_hit *hit);

/* Remembers the last line of each value, for the next piece. */
void needles_search(struct needles *needles,
        const struct needles_piece *piece,
        needles_report *report,
        void *context);
