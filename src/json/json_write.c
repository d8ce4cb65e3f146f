/* SPDX-License-Identifier: MIT */
#include "json/json_write.h"

#include <stdint.h>
#include <string.h>

#include "base/ascii.h"
#include "base/printable.h"
#include "base/utf8.h"

/* As one UTF-16 unit; above U+FFFF as two. */
static void write_escaped(struct text *out, uint32_t code_point)
{
    if (code_point > 0xffff) {
        text_append_format(out, "\\u%04x", (unsigned int)(0xd7c0 + (code_point >> 10)));
        code_point = 0xdc00 + (code_point & 0x3ff);
    }
    text_append_format(out, "\\u%04x", (unsigned int)code_point);
}

static void write_ascii(struct text *out, char c)
{
    static const char *const names = "\b\t\n\f\r\"\\";
    static const char *const letters = "btnfr\"\\";
    const char *known = strchr(names, c);
    if (known != NULL && c != '\0') {
        text_append_char(out, '\\');
        text_append_char(out, letters[known - names]);
    } else if (ascii_is_control(c)) {
        write_escaped(out, (unsigned char)c);
    } else {
        text_append_char(out, c);
    }
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
        } else if (!printable_is_shown(code_point)) {
            write_escaped(out, code_point);
            at += bytes;
        } else {
            text_append(out, string + at, bytes);
            at += bytes;
        }
    }
    text_append_char(out, '"');
}
