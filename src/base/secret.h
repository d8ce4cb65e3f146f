/*
 * Bytes that must not be seen: credentials, tokens, keys, reply bodies, parameter values. A type of
 * its own, so that printing one does not compile by accident; kept in locked memory that is wiped
 * when it is released.
 */
/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/attrs.h"
#include "base/error.h"
#include "base/text.h"

/*
 * Owns its bytes. Initialise with SECRET_INIT, release with secret_clear. The members are the
 * module's own: secret_expose is the only way out, and tests/lint keeps the list of those that may
 * call it. An append that fails (no memory, max_bytes passed, or a part that is marked like this
 * itself) leaves a mark that secret_check reports, so that a text is put together first and checked once.
 */
struct secret {
    char *bytes_;
    size_t len_;
    size_t cap_;
    size_t max_bytes_;

    enum {
        SECRET_SOUND,
        SECRET_TOO_LONG,
        SECRET_NO_MEMORY
    } state_;
};

#define SECRET_INIT(max_bytes) ((struct secret){ .max_bytes_ = (max_bytes) })

void secret_append(struct secret *secret, const void *bytes, size_t len);
void secret_append_text(struct secret *secret, const char *text);
void secret_append_secret(struct secret *secret, const struct secret *other);
void secret_append_whole_text(struct secret *secret, const struct text *text);
void secret_append_char(struct secret *secret, char c);

/* False if an append failed: ERR_PROTOCOL "longer than N bytes" at `where`, or ERR_SYSTEM. */
MUST_CHECK bool secret_check(const struct secret *secret, const char *where, struct err *reterr);

/* Makes room for exactly `bytes` in all, so that later appends neither move nor over-allocate. */
void secret_reserve(struct secret *secret, size_t bytes);

size_t secret_len(const struct secret *secret);

/* How many bytes may still be appended. */
size_t secret_room(const struct secret *secret);

bool secret_is_empty(const struct secret *secret);

/* The bytes, with a NUL behind them that does not count; "" when empty. Valid until the next change. */
const char *secret_expose(const struct secret *secret);

/* The same for writing in place; NULL when empty. */
char *secret_expose_writable(struct secret *secret);

/* Drops and wipes everything after the first len bytes. */
void secret_shorten(struct secret *secret, size_t len);

/* *to, which must be empty, takes over what *from holds; *from is empty afterwards. */
void secret_move(struct secret *to, struct secret *from);

/* Wipes and releases; the maximum stays. May be called again. */
void secret_clear(struct secret *secret);
