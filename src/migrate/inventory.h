/* The variables of several env files side by side: what each is, where it is set, and what to look at. */
/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/attrs.h"
#include "base/error.h"
#include "migrate/classify.h"
#include "migrate/env_file.h"

enum inventory_spread {
    INVENTORY_ALONE,    /* fewer than two files set it */
    INVENTORY_SHARED,   /* one value in all files that set it */
    INVENTORY_SPECIFIC, /* several values */
    INVENTORY_SAME,     /* a secret that at least two files share */
};

/* Behind those of enum classify_note, in the same set. */
enum inventory_note {
    INVENTORY_TWICE = 1 << CLASSIFY_NOTE_COUNT, /* set twice in one file */
    INVENTORY_REUSED = INVENTORY_TWICE << 1,    /* INVENTORY_SAME */
    INVENTORY_MISSING = INVENTORY_TWICE << 2,   /* not in all files */
};

enum {
    INVENTORY_NOTE_COUNT = CLASSIFY_NOTE_COUNT + 3
};

/* A variable in one file. */
struct inventory_cell {
    const struct dotenv_entry *entry; /* NULL: the file does not set it */
    struct classification found;
    size_t same_as; /* the first file with the same secret; its own index if there is none */
};

struct inventory_row {
    const char *name;
    enum classify_kind kind; /* of all files the one that asks for most care, and its reason */
    enum classify_why why;
    enum inventory_spread spread;
    size_t set_count; /* files that set it */
    unsigned notes;
    struct inventory_cell *cells; /* one for each file */
    size_t *expanded; /* the rows that its values refer to as $NAME or ${NAME}, in their order */
    size_t expanded_len;
    size_t expanded_cap;
    bool is_expanded; /* a value of another row refers to it */
};

/* Zero-initialise; release with inventory_clear. */
struct inventory {
    const struct env_file *files; /* usually one for each environment */
    size_t file_count;
    struct inventory_row *rows; /* sorted by name */
    size_t len;
    size_t cap;
};

/* Borrows the files as long as the inventory is used. ERR_SYSTEM. */
MUST_CHECK bool inventory_make(const struct env_file *files,
        size_t file_count,
        struct inventory *ret_inventory,
        struct err *reterr);

void inventory_clear(struct inventory *inventory);

/* "shared", "specific", "SAME"; "-" for INVENTORY_ALONE */
const char *inventory_spread_word(enum inventory_spread spread);
