/* UTF-8 as RFC 3629 has it: shortest forms, no surrogates, nothing past U+10FFFF. */
/* SPDX-License-Identifier: MIT */
#pragma once

#include <stddef.h>
#include <stdint.h>

/*
 * Length in bytes of the well-formed character at bytes[0..len), 1 to 4, and in *ret_code_point
 * which one it is; 0 if there is none (len is 0, malformed, cut off).
 */
size_t utf8_decode(const char *bytes, size_t len, uint32_t *ret_code_point);

/* The number of characters in bytes[0..len), which is UTF-8. */
size_t utf8_count(const char *bytes, size_t len);

enum {
    UTF8_MAX_BYTES = 4
};

/* Encodes a code point that is not a surrogate and at most U+10FFFF; gives the length in bytes. */
size_t utf8_encode(uint32_t code_point, char ret_bytes[static UTF8_MAX_BYTES]);
