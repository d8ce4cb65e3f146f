/*
 * Compares what a map says, and the env file it was made of, with what Parameter Store has. Values are
 * compared in memory; nothing of one is in the result.
 */
/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attrs.h"
#include "base/error.h"
#include "base/secret.h"
#include "migrate/map.h"
#include "vars/dotenv.h"

enum compare_state {
    COMPARE_SAME,
    COMPARE_DIFFERS, /* the command would not see what the env file gave it */
    COMPARE_MISSING,
    COMPARE_DENIED, /* what it is may not be asked, or not be decrypted */
    COMPARE_TYPE,   /* another one than the map says */
    COMPARE_KEY,    /* the same for the key */
    COMPARE_EXTRA,  /* a parameter that is in no line of the map */
    COMPARE_STATES
};

/* What Parameter Store has for one line of the map. Borrowed. */
struct compare_stored {
    bool is_found;
    const char *type;
    int64_t version;
    const struct secret *value; /* NULL: it was not asked for */
    const char *key_id;         /* NULL: not known */
    const char *denied;         /* NULL, or what was refused and why */
};

/* A parameter below the path. Borrowed. */
struct compare_extra {
    const char *parameter;
    const char *type;
    int64_t version;
};

/* One row. Owns the note, borrows the rest. */
struct compare_row {
    enum compare_state state;
    const char *variable;  /* NULL for COMPARE_EXTRA */
    const char *parameter; /* NULL: there is none */
    const char *type;      /* NULL: not known */
    int64_t version;       /* 0: not known */
    char *note;            /* NULL: nothing to say */
};

/* Zero-initialise; release with compare_rows_clear. */
struct compare_rows {
    struct compare_row *items;
    size_t len;
    size_t cap;
};

/* Borrows everything. */
struct compare_input {
    const struct map *map;
    const struct compare_stored *stored; /* for each line of the map that is a MAP_PARAMETER */
    const struct dotenv *dotenv;         /* NULL: there is no env file */
    const char *path;                    /* NULL: the path form is not used */
    const struct compare_extra *extras;  /* that may be in the map: all below the path */
    size_t extra_count;
};

/* Rows sorted by variable; behind them those without one, sorted by parameter. ERR_SYSTEM. */
MUST_CHECK bool compare(
        const struct compare_input *input, struct compare_rows *ret_rows, struct err *reterr);

size_t compare_count(const struct compare_rows *rows, enum compare_state state);

/* "same", "differs", ... */
const char *compare_state_word(enum compare_state state);

/* Whether two values are the same bytes, in a time that does not depend on where they differ. */
bool compare_same_bytes(const struct secret *a, const struct secret *b);

void compare_rows_clear(struct compare_rows *rows);
