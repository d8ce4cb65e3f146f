/* Character classes of ASCII, whatever the locale says: names, hosts and protocols are ASCII. */
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
bool ascii_is_blank(char c);   /* blank or tab */
bool ascii_is_space(char c);   /* blank, tab, CR, LF, FF, VT */
bool ascii_is_control(char c); /* below blank, and DEL */
char ascii_lower(char c);
char ascii_upper(char c);

/* The value of a hexadecimal digit, or -1. */
int ascii_hex_value(char c);

/* Equal but for the case of ASCII letters. */
bool ascii_equals_ignoring_case(const char *a, const char *b);

/* The length of bytes[0..len) without white space at both ends; *ret_start is where it begins. */
size_t ascii_trim(const char *bytes, size_t len, size_t *ret_start);
