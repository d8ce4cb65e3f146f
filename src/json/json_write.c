/* SPDX-License-Identifier: MIT */
#include "json/json_write.h"

#include <stdint.h>
#include <string.h>

#include "base/utf8.h"

static void write_ascii(struct text *out, char c)
{
    static const char *const names = "\b\t\n\f\r\"\\";
    static const char *const letters = "btnfr\"\\";
    const char *known = strchr(names, c);
    if (known != NULL && c != '\0') {
        text_append_char(out, '\\');
        text_append_char(out, letters[known - names]);
    } else if ((unsigned char)c < 0x20 || c == 0x7f) {
        text_append_format(out, "\\u%04x", (unsigned int)(unsigned char)c);
    } else {
        text_append_char(out, c);
    }
}

/* Characters that would change how what follows them is shown on a terminal. */
static bool turns_text(uint32_t code_point)
{
    return code_point == 0x200e || code_point == 0x200f
            || (code_point >= 0x2028 && code_point <= 0x202e)
            || (code_point >= 0x2066 && code_point <= 0x2069);
}

void json_write_string(struct text *out, const char *string)
{
    size_t len = strlen(string);
    text_append_char(out, '"');
    for (size_t at = 0; at < len;) {
        uint32_t code_point = 0;
        size_t bytes = utf8_decode(string + at, len - at, &code_point);
        if (bytes == 0) {
            text_append_string(out, "\\ufffd");
            at++;
        } else if (bytes == 1) {
            write_ascii(out, string[at]);
            at++;
        } else if (code_point < 0xa0 || turns_text(code_point)) {
            text_append_format(out, "\\u%04x", (unsigned int)code_point);
            at += bytes;
        } else {
            text_append(out, string + at, bytes);
            at += bytes;
        }
    }
    text_append_char(out, '"');
}
