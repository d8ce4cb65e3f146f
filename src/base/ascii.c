/* SPDX-License-Identifier: MIT */
#include "base/ascii.h"

static bool is_lower(char c)
{
    return c >= 'a' && c <= 'z';
}

static bool is_upper(char c)
{
    return c >= 'A' && c <= 'Z';
}

bool ascii_is_letter(char c)
{
    return is_lower(c) || is_upper(c);
}

bool ascii_is_digit(char c)
{
    return c >= '0' && c <= '9';
}

bool ascii_is_alnum(char c)
{
    return ascii_is_letter(c) || ascii_is_digit(c);
}

bool ascii_is_blank(char c)
{
    return c == ' ' || c == '\t';
}

bool ascii_is_space(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

bool ascii_is_control(char c)
{
    return (unsigned char)c < 0x20 || c == 0x7f;
}

char ascii_lower(char c)
{
    return is_upper(c) ? (char)(c - 'A' + 'a') : c;
}

char ascii_upper(char c)
{
    return is_lower(c) ? (char)(c - 'a' + 'A') : c;
}

int ascii_hex_value(char c)
{
    if (ascii_is_digit(c)) {
        return c - '0';
    }
    char lower = ascii_lower(c);
    return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

bool ascii_equals_ignoring_case(const char *a, const char *b)
{
    while (*a != '\0' && ascii_lower(*a) == ascii_lower(*b)) {
        a++;
        b++;
    }
    return ascii_lower(*a) == ascii_lower(*b);
}

size_t ascii_trim(const char *bytes, size_t len, size_t *ret_start)
{
    size_t start = 0;
    while (start < len && ascii_is_space(bytes[start])) {
        start++;
    }
    while (len > start && ascii_is_space(bytes[len - 1])) {
        len--;
    }
    *ret_start = start;
    return len - start;
}
