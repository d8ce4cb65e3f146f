/* SPDX-License-Identifier: MIT */
#include "base/utf8.h"

size_t utf8_decode(const char *bytes, size_t len, uint32_t *ret_code_point)
{
    if (len == 0) {
        return 0;
    }
    unsigned char first = (unsigned char)bytes[0];
    if (first < 0x80) {
        *ret_code_point = first;
        return 1;
    }
    size_t wanted = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
    static const uint32_t smallest[] = { 0, 0, 0x80, 0x800, 0x10000 };
    if (first < 0xc2 || first > 0xf4 || len < wanted) {
        return 0;
    }
    uint32_t code_point = first & (0xffu >> (wanted + 1));
    for (size_t i = 1; i < wanted; i++) {
        unsigned char next = (unsigned char)bytes[i];
        if ((next & 0xc0u) != 0x80) {
            return 0;
        }
        code_point = (code_point << 6) | (next & 0x3fu);
    }
    if (code_point < smallest[wanted] || code_point > 0x10ffff
            || (code_point >= 0xd800 && code_point <= 0xdfff)) {
        return 0;
    }
    *ret_code_point = code_point;
    return wanted;
}

size_t utf8_count(const char *bytes, size_t len)
{
    size_t count = 0;
    for (size_t i = 0; i < len; i++) {
        count += ((unsigned char)bytes[i] & 0xc0u) != 0x80 ? 1 : 0;
    }
    return count;
}

size_t utf8_encode(uint32_t code_point, char ret_bytes[static UTF8_MAX_BYTES])
{
    if (code_point < 0x80) {
        ret_bytes[0] = (char)code_point;
        return 1;
    }
    size_t len = code_point < 0x800 ? 2 : code_point < 0x10000 ? 3 : 4;
    static const uint32_t lead[] = { 0, 0, 0xc0, 0xe0, 0xf0 };
    for (size_t i = len - 1; i > 0; i--) {
        ret_bytes[i] = (char)(0x80u | (code_point & 0x3fu));
        code_point >>= 6;
    }
    ret_bytes[0] = (char)(lead[len] | code_point);
    return len;
}
