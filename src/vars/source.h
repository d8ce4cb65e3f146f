/* The SOURCE arguments: which parameters to read, and which variables they set. */
/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/attrs.h"
#include "base/error.h"
#include "base/secret.h"

enum source_kind {
    SOURCE_PATH, /* "/prod/api", "/prod/db=DB_": everything below a path */
    SOURCE_NAME, /* "STRIPE_KEY=/shared/stripe_key:7": one parameter for one variable */
    SOURCE_LOCK, /* a lock file, to be replaced by its entries */
};

/* What sets a variable; a later layer wins over an earlier one. */
enum source_layer {
    LAYER_INHERITED, /* the environment, and references in it */
    LAYER_ENV_FILE,
    LAYER_SOURCES,
};

/* Owns its texts; release with source_clear. */
struct source {
    enum source_kind kind;
    enum source_layer layer;
    size_t order;   /* in its layer: the larger one wins */
    char *text;     /* as it was written */
    char *shown;    /* the text for messages, without the name of a member */
    bool optional;  /* may be missing or empty */
    char *path;     /* SOURCE_PATH: without trailing slashes, except "/" itself */
    char *prefix;   /* SOURCE_PATH: for the names of its variables; may be "" */
    char *variable; /* SOURCE_NAME */
    char *name;     /* SOURCE_NAME: a name or an ARN, with its version or label */
    char *member;   /* SOURCE_NAME: of the JSON object that the value is; NULL: all of it */
    bool is_locked; /* SOURCE_NAME: it is from a lock file */
    bool as_file;   /* SOURCE_NAME: the value goes into a file, whose path the variable gets */
};

/*
 * Parses one SOURCE. ERR_USAGE if it is malformed; `where` is as much of the text as cannot be a
 * secret: a path, "NAME=...", or "", which the caller completes. Prefixes are letters, digits and
 * '_'; trailing slashes of a path are ignored.
 */
MUST_CHECK bool source_parse(
        const char *text, bool optional, struct source *ret_source, struct err *reterr);

/* Parses NAME=REF only, for --file. ERR_USAGE. */
MUST_CHECK bool source_parse_file(const char *text, struct source *ret_source, struct err *reterr);

/*
 * Parses a variable's value "ssm://REF"; the caller sets layer and order. ERR_INPUT, with the
 * variable as `where`, if what follows "ssm://" is not a REF.
 */
MUST_CHECK bool source_parse_reference(
        const char *variable, const char *value, struct source *ret_source, struct err *reterr);

/* Whether a value is a reference: it begins with "ssm://". */
bool source_is_reference(const char *value);

/* The same for values of env files, which are secrets unless they are references. */
bool source_is_secret_reference(const struct secret *value);
MUST_CHECK bool source_parse_secret_reference(const char *variable,
        const struct secret *value,
        struct source *ret_source,
        struct err *reterr);

/* The source of a whole lock file; its text is the path. ERR_SYSTEM. */
MUST_CHECK bool source_make_lock(const char *path, struct source *ret_source, struct err *reterr);

/* The source of one entry of a lock file, whose path is the text; ref has a version. ERR_INPUT. */
MUST_CHECK bool source_make_locked(const char *lock_path,
        const char *variable,
        const char *ref,
        bool as_file,
        struct source *ret_source,
        struct err *reterr);

void source_clear(struct source *source);

/*
 * The name of the path or parameter, without ARN, version and label: "/shared/stripe_key". Points
 * into the source; *ret_len is its length.
 */
const char *source_parameter_name(const struct source *source, size_t *ret_len);

/* In the order of the run. Zero-initialise; release with source_list_clear. */
struct source_list {
    struct source *items;
    size_t len;
    size_t cap;
};

/* Moves *source to the list and leaves it empty. ERR_SYSTEM if memory runs out. */
MUST_CHECK bool source_list_add_owned(
        struct source_list *list, struct source *source, struct err *reterr);

void source_list_clear(struct source_list *list);
