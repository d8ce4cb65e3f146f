/* The SOURCE arguments: which parameters are wanted, and for which variables. */
/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/attrs.h"
#include "base/error.h"

enum source_kind {
    SOURCE_PATH, /* "/prod/api", "/prod/db=DB_": everything below a path */
    SOURCE_NAME, /* "STRIPE_KEY=/shared/stripe_key:7": one parameter for one variable */
};

/* Owns its texts; release with source_clear. */
struct source {
    enum source_kind kind;
    char *text;     /* as it was written */
    bool optional;  /* may be missing or empty */
    char *path;     /* SOURCE_PATH: without trailing slashes, but for "/" itself */
    char *prefix;   /* SOURCE_PATH: of its variables' names; may be "" */
    char *variable; /* SOURCE_NAME */
    char *name;     /* SOURCE_NAME: a name or an ARN, with its version or label */
};

/*
 * Reads one SOURCE. ERR_USAGE, `where` being the text, if it is none. Prefixes are letters, digits
 * and '_'; a trailing slash on a path means nothing.
 */
MUST_CHECK bool source_parse(
        const char *text, bool optional, struct source *ret_source, struct err *reterr);

void source_clear(struct source *source);

/*
 * The name of what is read, without ARN, version and label: "/shared/stripe_key". Points into the
 * source; *ret_len is its length.
 */
const char *source_parameter_name(const struct source *source, size_t *ret_len);

/* In the order of the run. Zero-initialise; release with source_list_clear. */
struct source_list {
    struct source *items;
    size_t len;
    size_t cap;
};

/* Takes over *source. ERR_SYSTEM without memory. */
MUST_CHECK bool source_list_add_take(
        struct source_list *list, struct source *source, struct err *reterr);

void source_list_clear(struct source_list *list);
