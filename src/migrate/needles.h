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
    NEEDLES_MIN_BYTES = 8 /* shorter values are everywhere */
};

struct needles;

/* NULL without memory: ERR_SYSTEM. Release with needles_free, which wipes. */
MUST_CHECK struct needles *needles_new(struct err *reterr);

void needles_free(struct needles *needles);

/* For CLEANUP. */
void needles_release(struct needles **needles);

/*
 * Adds a value, as it is and as base64, also of the value with a line end (echo VALUE | base64). It is copied
 * into memory for secrets. `id` is the caller's, for example an index of variables. A value that is
 * shorter than NEEDLES_MIN_BYTES, or a placeholder, is left out. ERR_SYSTEM.
 */
MUST_CHECK bool needles_add(
        struct needles *needles, size_t id, const struct secret *value, struct err *reterr);

struct needles_hit {
    size_t id;
    size_t line; /* from 1 on */
    bool is_base64;
};

/* Called for each hit in the order of the text: each value once a line. Must not add values. */
typedef void needles_report(void *context, const struct needles_hit *hit);

void needles_search(
        const struct needles *needles, struct span text, needles_report *report, void *context);
