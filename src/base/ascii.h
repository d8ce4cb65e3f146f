/* ASCII character classes, independent of the locale: names, hosts and protocols are ASCII. */
/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>
#include <stddef.h>

/* The characters of some classes, for strspn(3). */
#define ASCII_DIGITS "0123456789"
#define ASCII_ALNUM  ASCII_DIGITS "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"

bool ascii_is_letter(char c);
bool ascii_is_digit(char c);
bool ascii_is_alnum(char c);
bool ascii_is_blank(char c);   /* space or tab */
bool ascii_is_space(char c);   /* space, tab, CR, LF, FF, VT */
bool ascii_is_control(char c); /* below space, and DEL */
char ascii_lower(char c);
char ascii_upper(char c);

/* The value of a hexadecimal digit, or -1. */
int ascii_hex_value(char c);

/* Whether a and b are equal, ignoring the case of ASCII letters. */
bool ascii_equals_ignoring_case(const char *a, const char *b);

/* Returns the length of bytes[0..len) without white space at both ends; *ret_start is its offset. */
size_t ascii_trim(const char *bytes, size_t len, size_t *ret_start);
