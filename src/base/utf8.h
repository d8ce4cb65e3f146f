/* UTF-8 (RFC 3629): shortest forms only, no surrogates, nothing above U+10FFFF. */
/* SPDX-License-Identifier: MIT */
#pragma once

#include <stddef.h>
#include <stdint.h>

/*
 * Decodes the character at the start of bytes[0..len) and returns its length in bytes, 1 to 4; 0 if
 * there is not a well-formed one (len is 0, malformed, incomplete).
 */
size_t utf8_decode(const char *bytes, size_t len, uint32_t *ret_code_point);

/* The number of characters in bytes[0..len), which is UTF-8. */
size_t utf8_count(const char *bytes, size_t len);

enum {
    UTF8_MAX_BYTES = 4
};

/* Encodes a code point that is not a surrogate and at most U+10FFFF; returns the length in bytes. */
size_t utf8_encode(uint32_t code_point, char ret_bytes[static UTF8_MAX_BYTES]);
