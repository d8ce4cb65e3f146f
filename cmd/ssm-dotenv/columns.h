/* Rows for people to read: their columns fit the terminal, and the last one is wrapped. Elsewhere nothing is cut. */
/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/environment.h"
#include "base/text.h"

enum {
    COLUMNS_MAX = 7
};

/* Which part of a cell that is too wide is left out. */
enum columns_cut {
    COLUMNS_WHOLE, /* none, if there is any other way */
    COLUMNS_CUT_END,
    COLUMNS_CUT_BEGINNING, /* of a place, whose end tells more */
};

struct columns_form {
    size_t count; /* the last column has sentences: it is wrapped, never cut */
    const char *heads[COLUMNS_MAX];
    enum columns_cut cuts[COLUMNS_MAX];
};

/* What standard output is. All zero: not a terminal. */
struct columns_terminal {
    bool has_colour;
    size_t width; /* 0: nothing is cut or wrapped */
};

/* Colours unless NO_COLOR is set, or TERM says that there are none. */
struct columns_terminal columns_terminal_of(const struct environment *environment);

struct columns_row {
    struct text cells[COLUMNS_MAX];
    const char *colours[COLUMNS_MAX]; /* SGR parameters; NULL: none */
};

void columns_row_init(struct columns_row *row);
void columns_row_clear(struct columns_row *row);

void columns_row_reset(struct columns_row *row);

/* Appends to a cell: a sentence or a word, escaped as printable_append does it. */
void columns_put(struct columns_row *row, size_t column, const char *sentence);
void columns_put_word(struct columns_row *row, size_t column, const char *word);

/* A sentence; an append to it that failed counts as failed in the cell. */
void columns_put_text(struct columns_row *row, size_t column, const struct text *sentence);

/* Initialise form and terminal, and the rest with zeros. */
struct columns {
    const struct columns_form *form;
    struct columns_terminal terminal;
    size_t widths[COLUMNS_MAX];
    bool is_stacked; /* a row has several lines: the terminal has no room for its columns */
};

/* First each row is measured; then the columns are fitted once; then each row is written. */
void columns_measure(struct columns *columns, const struct columns_row *row);
void columns_fit(struct columns *columns);
void columns_write(const struct columns *columns, const struct columns_row *row, struct text *out);

/* Fills an empty row with what the subject has at the index. */
typedef void columns_fill(struct columns_row *row, const void *subject, size_t index);

/* Does all of this for `count` rows, and writes the heads if the form has any. */
void columns_write_all(struct columns *columns,
        const void *subject,
        size_t count,
        columns_fill *fill,
        struct text *out);

/* The heads of the form; they are measured by columns_fit. */
void columns_write_heads(const struct columns *columns, struct text *out);
