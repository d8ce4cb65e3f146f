/* Reading JSON (RFC 8259) that came from outside and may hold secrets. */
/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attrs.h"
#include "base/error.h"
#include "base/secret.h"
#include "base/text.h"

enum json_type {
    JSON_OBJECT,
    JSON_ARRAY,
    JSON_STRING,
    JSON_NUMBER,
    JSON_TRUE,
    JSON_FALSE,
    JSON_NULL
};

/* Deeper nesting is refused: no reply that is read here needs more than five levels. */
enum {
    JSON_DEPTH_MAX = 32
};

/* How many values and member names a text may hold: each takes 20 bytes while it is looked at. */
enum {
    JSON_TOKENS_REPLY = 4096,       /* a reply of AWS, a credentials document, a cached token */
    JSON_TOKENS_VALUE = 64 * 1024,  /* a parameter's value: a secret has 64 KiB */
    JSON_TOKENS_FILE = 1024 * 1024, /* a file of the user's own */
};

struct json_token;

/* Borrows the text that was parsed, which must stay as it is meanwhile. Release with _clear. */
struct json_document {
    const char *text;
    struct json_token *tokens;
    size_t token_count;
    bool has_escapes; /* somewhere */
};

/* One value inside a document; to be passed by value, valid as long as the document is. */
struct json_value {
    const struct json_document *document;
    size_t token;
};

/*
 * Reads one JSON value that fills the whole text. ERR_PROTOCOL at `where` for anything that RFC
 * 8259 does not allow, for invalid UTF-8, for nesting past JSON_DEPTH_MAX and for more than tokens_max
 * values and names; ERR_SYSTEM without memory. No message quotes the text. Time is linear in the text.
 */
MUST_CHECK bool json_parse(const struct secret *text,
        size_t tokens_max,
        const char *where,
        struct json_document *ret_document,
        struct err *reterr);

void json_document_clear(struct json_document *document);

struct json_value json_root(const struct json_document *document);

enum json_type json_type_of(struct json_value value);

/*
 * The object's own member of that name, never a nested one's; of several the last. False if there
 * is none, if it is null, or if value is no object. Names may be escaped in the text.
 */
bool json_find(struct json_value value, const char *name, struct json_value *ret_member);

/* json_find for a member that must be of one type: false for any other type as well. */
bool json_find_typed(struct json_value value,
        const char *name,
        enum json_type type,
        struct json_value *ret_member);

/*
 * Appends the decoded text of a member that is a string. False for any other type, for a string that is
 * not a text (see json_decode_text), and for one that does not fit; *ret_text is of no use then.
 */
MUST_CHECK bool json_find_text(struct json_value value, const char *name, struct text *ret_text);

/* Items of an array in order: false when there are no more. Start with *cursor 0. */
bool json_next_item(struct json_value array, size_t *cursor, struct json_value *ret_item);

/* Number of items of an array, or members of an object; 0 for others. */
size_t json_count(struct json_value value);

/*
 * Appends the decoded string to a secret or to a public text. A lone surrogate (half of a
 * character) is ERR_PROTOCOL at `where`; a NUL is a character like others. The limits of the
 * target are for the caller to check.
 */
MUST_CHECK bool json_decode_secret(
        struct json_value string, const char *where, struct secret *ret_secret, struct err *reterr);
MUST_CHECK bool json_decode_text(
        struct json_value string, const char *where, struct text *ret_text, struct err *reterr);

/* Appends the value as it is written: digits, true, ... */
void json_append_raw(struct json_value value, struct secret *ret_text);

/* Upper bound of the decoded length in bytes. */
size_t json_encoded_len(struct json_value string);

/* The number, exponents included; false if it is no number (or, for int64, not a whole one in range). */
bool json_number(struct json_value value, double *ret_number);
bool json_int64(struct json_value value, int64_t *ret_number);
