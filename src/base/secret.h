/*
 * Bytes that must stay secret: credentials, tokens, keys, reply bodies, parameter values. A distinct
 * type, so that code that prints one by accident does not compile; in locked memory that is wiped when
 * it is released.
 */
/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/attrs.h"
#include "base/error.h"
#include "base/text.h"

/*
 * Owns its bytes. Initialise with SECRET_INIT, release with secret_clear. The members are private: only
 * secret_expose reveals the bytes, and tests/lint has the list of the files that may call it. A failed
 * append (no memory, max_bytes exceeded, or a failed append to the part that is appended) is remembered
 * until secret_check reports it, so that a secret is assembled first and checked once.
 */
struct secret {
    char *bytes_;
    size_t len_;
    size_t cap_;
    size_t max_bytes_;

    enum {
        SECRET_OK,
        SECRET_TOO_LONG,
        SECRET_NO_MEMORY
    } state_;
};

#define SECRET_INIT(max_bytes) ((struct secret){ .max_bytes_ = (max_bytes) })

void secret_append(struct secret *secret, const void *bytes, size_t len);
void secret_append_string(struct secret *secret, const char *text);
void secret_append_secret(struct secret *secret, const struct secret *other);
void secret_append_text(struct secret *secret, const struct text *text);
void secret_append_char(struct secret *secret, char c);

/* False if an append failed: ERR_PROTOCOL "longer than N bytes" at `where`, or ERR_SYSTEM. */
MUST_CHECK bool secret_check(const struct secret *secret, const char *where, struct err *reterr);

/* Makes room for exactly `bytes` in total, so that later appends neither move nor over-allocate. */
void secret_reserve(struct secret *secret, size_t bytes);

size_t secret_len(const struct secret *secret);

/* How many bytes may still be appended. */
size_t secret_room(const struct secret *secret);

bool secret_is_empty(const struct secret *secret);

/* The bytes, followed by a NUL that does not count; "" when empty. Valid until the next change. */
const char *secret_expose(const struct secret *secret);

/* The same for writing in place; NULL when empty. */
char *secret_expose_writable(struct secret *secret);

/* Drops and wipes everything after the first len bytes. */
void secret_shorten(struct secret *secret, size_t len);

/* Drops and wipes white space at the end. */
void secret_trim_end(struct secret *secret);

/* Moves the bytes and the maximum of *from to *to, whose old bytes are wiped; *from becomes empty. */
void secret_move(struct secret *to, struct secret *from);

/* Wipes and releases; the maximum stays. May be called again. */
void secret_clear(struct secret *secret);
