/* Slices of a text, as a pointer into it and a length. They may contain any bytes. */
/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>
#include <stddef.h>

struct span {
    const char *bytes;
    size_t len;
};

bool span_equals(struct span a, struct span b);

/* Orders by bytes, then by length; returns less than, equal to or more than 0, as strcmp(3) does. */
int span_compare(struct span a, struct span b);

/* Whether its bytes are exactly word. */
bool span_is(struct span span, const char *word);

bool span_starts_with(struct span span, const char *beginning);

/* Without its first len bytes; it must be at least that long. */
struct span span_skip(struct span span, size_t len);

/* Without the blanks and tabs at its beginning. */
struct span span_skip_blanks(struct span span);

/* Without the byte order mark of UTF-8 that some editors put at the beginning of a file. */
struct span span_skip_byte_order_mark(struct span span);

/* Without the blanks and tabs at both ends; ascii_trim drops all white space. */
struct span span_trim(struct span span);
