/* Reads JSON (RFC 8259) that comes from outside and may contain secrets. */
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

/* Deeper nesting is an error: no reply that is read here needs more than five levels. */
enum {
    JSON_DEPTH_MAX = 32
};

/* The most values and member names in a text. Each takes 20 bytes until json_document_clear. */
enum {
    JSON_TOKENS_REPLY = 4096,       /* a reply of AWS, a credentials document, a cached token */
    JSON_TOKENS_VALUE = 64 * 1024,  /* a parameter's value: a secret has up to 64 KiB */
    JSON_TOKENS_FILE = 1024 * 1024, /* one of the user's files */
};

struct json_token;

/* Points into the text that was parsed, which must not change. Release with json_document_clear. */
struct json_document {
    const char *text;
    struct json_token *tokens;
    size_t token_count;
};

/* One value of a document. Passed by value; valid as long as the document is. */
struct json_value {
    const struct json_document *document;
    size_t token;
};

/*
 * Reads a text that is one JSON value and nothing else. ERR_PROTOCOL at `where` for anything that RFC
 * 8259 does not allow, for invalid UTF-8, for nesting deeper than JSON_DEPTH_MAX and for more than
 * tokens_max values and names; ERR_SYSTEM if memory runs out. Messages never quote the text. The time is
 * linear in the length of the text.
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
 * Finds a member by name: a direct one, and the last of several. False if there is none, if it is null, or
 * if value is not an object. Names may be escaped in the text.
 */
bool json_find(struct json_value value, const char *name, struct json_value *ret_member);

/* The same; false also if the member has another type. */
bool json_find_typed(struct json_value value,
        const char *name,
        enum json_type type,
        struct json_value *ret_member);

/*
 * Appends the decoded text of a member that is a string. False for other types, for a lone surrogate, and if
 * the text does not fit; *ret_text is unspecified then.
 */
MUST_CHECK bool json_find_text(struct json_value value, const char *name, struct text *ret_text);

/* Gives the items of an array in order; false after the last one. Start with *cursor 0. */
bool json_next_item(struct json_value array, size_t *cursor, struct json_value *ret_item);

/* The number of items of an array or members of an object; 0 for other values. */
size_t json_count(struct json_value value);

/*
 * Decodes a string and appends it to a secret or to a public text. ERR_PROTOCOL at `where` for a lone
 * surrogate (half a character); a NUL is a character like any other. The caller checks the limit of the
 * target.
 */
MUST_CHECK bool json_decode_secret(
        struct json_value string, const char *where, struct secret *ret_secret, struct err *reterr);
MUST_CHECK bool json_decode_text(
        struct json_value string, const char *where, struct text *ret_text, struct err *reterr);

/* Appends the value as it is written in the text: digits, true, ... */
void json_append_raw(struct json_value value, struct secret *ret_text);

/* An upper bound of the decoded length in bytes. */
size_t json_encoded_len(struct json_value string);

/* Read a number, exponents included. False for other types; json_int64: also unless whole and within 2^53. */
bool json_number(struct json_value value, double *ret_number);
bool json_int64(struct json_value value, int64_t *ret_number);
