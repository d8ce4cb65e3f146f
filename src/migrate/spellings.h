/*
 * The spellings of names that a text is searched for, by the hash of their letters and digits in lower
 * case: DB_PASSWORD, dbPassword, db.password and db-password are the same spelling.
 */
/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attrs.h"
#include "base/span.h"

enum spelling_kind {
    SPELLING_NAME,   /* the name itself */
    SPELLING_NESTED, /* its last words, behind a "__" */
    SPELLING_TAIL,   /* its last words, behind a "_": counts where code adds a prefix to names */
    SPELLING_HEAD,   /* what comes before such a tail */
    SPELLING_PREFIX, /* not of a name: a setting that adds such a prefix */
};

#define SPELLING_FACTOR UINT64_C(0x9E3779B97F4A7C15)

struct spelling {
    uint64_t hash;
    struct span text; /* borrowed */
    size_t name;      /* which one */
    enum spelling_kind kind;
    unsigned split; /* of a tail and its head: which '_' is between them */
    uint32_t next;  /* in the same bucket, plus 1; or 0 */
};

enum {
    SPELLING_SPLITS_MAX = 64,
    SPELLING_POWERS = 256,
    SPELLINGS_BUCKETS = 1 << 14,
    SPELLINGS_FILTER_BITS = 1 << 17,
};

/* Prepare with spellings_init, release with spellings_clear. Big: not for the stack. */
struct spellings {
    struct spelling *items;
    size_t len;
    size_t cap;
    uint32_t buckets[SPELLINGS_BUCKETS]; /* index plus 1; or 0 */
    uint64_t filter[SPELLINGS_FILTER_BITS / 64];
    uint64_t powers[SPELLING_POWERS]; /* of the hash's factor */
};

void spellings_init(struct spellings *spellings);

/* One more character of a hash, which begins as 0: a letter in lower case or a digit. */
static inline uint64_t spelling_hash_add(uint64_t hash, unsigned char lower)
{
    return hash * SPELLING_FACTOR + lower + 1;
}

/*
 * The hash of the end of a text, `len` characters: that of the whole text without that of what comes before. 0,
 * which no spelling has, where the end is too long.
 */
static inline uint64_t spelling_hash_end(
        const struct spellings *spellings, uint64_t whole, uint64_t beginning, size_t len)
{
    return beginning == 0           ? whole
            : len < SPELLING_POWERS ? whole - beginning * spellings->powers[len]
                                    : 0;
}

/* All but hash and next are the caller's. False without memory. A text without letters and digits is left out. */
MUST_CHECK bool spellings_add(struct spellings *spellings, const struct spelling *spelling);

/* Adds the name, its nested part, its tails and their heads. */
MUST_CHECK bool spellings_add_name(struct spellings *spellings, struct span text, size_t name);

/* The first spelling with the hash, or the next one behind `last`; NULL if there is none. */
const struct spelling *spellings_find(const struct spellings *spellings, uint64_t hash);
const struct spelling *spellings_next(
        const struct spellings *spellings, const struct spelling *last);

/* Whether the letters and digits of both are the same, whatever their case. */
bool spelling_equals(struct span a, struct span b);

void spellings_clear(struct spellings *spellings);
