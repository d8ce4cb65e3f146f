/* Growable text with a maximum length: names, messages, request bodies. Never a secret. */
/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/attrs.h"
#include "base/error.h"

/*
 * Owns its bytes, which a NUL that does not count follows once something was appended. Initialise with
 * TEXT_INIT, release with text_clear. A failed append (no memory, max_bytes exceeded) is remembered
 * until text_check reports it.
 */
struct text {
    char *bytes;
    size_t len;
    size_t cap;
    size_t max_bytes;

    enum {
        TEXT_OK,
        TEXT_TOO_LONG,
        TEXT_NO_MEMORY
    } state;
};

#define TEXT_INIT(maximum) ((struct text){ .max_bytes = (maximum) })

/* Makes room for exactly `bytes` bytes in an empty text, if their number is known beforehand. */
void text_reserve(struct text *text, size_t bytes);

void text_append(struct text *text, const char *bytes, size_t len);
void text_append_string(struct text *text, const char *string);
void text_append_char(struct text *text, char c);

/* An append to `other` that failed counts as failed here too. */
void text_append_text(struct text *text, const struct text *other);
void text_append_format(struct text *text, const char *format, ...) PRINTF_LIKE(2, 3);

/* False if an append failed: ERR_INPUT "longer than ..." at `where`, or ERR_SYSTEM. */
MUST_CHECK bool text_check(const struct text *text, const char *where, struct err *reterr);

/* The text as a C string, "" when empty. Valid until the next change. */
const char *text_string(const struct text *text);

/* Empties it without releasing memory; an earlier failure is cleared too. */
void text_reset(struct text *text);

/* Empties the text and returns its string, for free(3); NULL if an append failed or memory ran out. */
char *text_detach(struct text *text);

void text_clear(struct text *text);
