/* SPDX-License-Identifier: MIT */
#include "base/printable.h"

#include <string.h>

#include "base/utf8.h"

struct range {
    uint32_t first;
    uint32_t last;
};

static bool is_in(const struct range ranges[], size_t count, uint32_t code_point)
{
    for (size_t i = 0; i < count && ranges[i].first <= code_point; i++) {
        if (code_point <= ranges[i].last) {
            return true;
        }
    }
    return false;
}

bool printable_is_shown(uint32_t code_point)
{
    static const struct range HIDDEN[] = {
        { 0x0000, 0x001f },     /* C0 */
        { 0x007f, 0x009f },     /* DEL, C1 */
        { 0x00ad, 0x00ad },     /* soft hyphen */
        { 0x034f, 0x034f },     /* combining grapheme joiner */
        { 0x0600, 0x0605 },     /* Arabic number signs: format characters */
        { 0x061c, 0x061c },     /* Arabic letter mark */
        { 0x06dd, 0x06dd },     /* Arabic end of ayah */
        { 0x070f, 0x070f },     /* Syriac abbreviation mark */
        { 0x0890, 0x0891 },     /* Arabic currency marks above */
        { 0x08e2, 0x08e2 },     /* Arabic disputed end of ayah */
        { 0x115f, 0x1160 },     /* Hangul fillers */
        { 0x17b4, 0x17b5 },     /* Khmer inherent vowels */
        { 0x180b, 0x180f },     /* Mongolian selectors and separator */
        { 0x200b, 0x200f },     /* zero widths, direction marks */
        { 0x2028, 0x202e },     /* line and paragraph separators, embeddings and overrides */
        { 0x2060, 0x206f },     /* word joiner, invisible operators, isolates */
        { 0x3164, 0x3164 },     /* Hangul filler */
        { 0xd800, 0xf8ff },     /* surrogates, private use */
        { 0xfdd0, 0xfdef },     /* noncharacters */
        { 0xfe00, 0xfe0f },     /* variation selectors */
        { 0xfeff, 0xfeff },     /* byte order mark */
        { 0xffa0, 0xffa0 },     /* halfwidth Hangul filler */
        { 0xfff0, 0xfffb },     /* unassigned and invisible, annotations */
        { 0x110bd, 0x110bd },   /* Kaithi number sign */
        { 0x110cd, 0x110cd },   /* Kaithi number sign above */
        { 0x13430, 0x1343f },   /* Egyptian hieroglyph joiners */
        { 0x1bca0, 0x1bca3 },   /* shorthand format */
        { 0x1d173, 0x1d17a },   /* musical format */
        { 0xe0000, UINT32_MAX } /* tags, variation selectors, private use, no Unicode */
    };
    bool is_noncharacter = (code_point & 0xfffe) == 0xfffe;
    return !is_noncharacter && !is_in(HIDDEN, sizeof(HIDDEN) / sizeof(HIDDEN[0]), code_point);
}

/* Characters that are shown as a space: category Zs, and one more. */
static bool is_blank(uint32_t code_point)
{
    static const struct range BLANKS[] = {
        { 0x0020, 0x0020 },
        { 0x00a0, 0x00a0 },
        { 0x1680, 0x1680 },
        { 0x2000, 0x200a },
        { 0x202f, 0x202f },
        { 0x205f, 0x205f },
        { 0x2800, 0x2800 }, /* the braille pattern without dots */
        { 0x3000, 0x3000 },
    };
    return is_in(BLANKS, sizeof(BLANKS) / sizeof(BLANKS[0]), code_point);
}

static void append_escape(struct text *out, uint32_t code_point)
{
    switch (code_point) {
    case '\n':
        text_append_string(out, "\\n");
        return;
    case '\\':
        text_append_string(out, "\\\\");
        return;
    default:
        text_append_format(out,
                code_point < 0x80              ? "\\x%02x"
                        : code_point < 0x10000 ? "\\u%04x"
                                               : "\\U%08x",
                (unsigned int)code_point);
    }
}

/*
 * The number of leading ASCII characters that are shown as they are. Appended in one piece: character by
 * character, the table of --dry-run takes 14 % more instructions.
 */
static size_t count_plain(const char *bytes, size_t len, enum printable_form form)
{
    size_t plain = 0;
    while (plain < len && bytes[plain] >= ' ' && bytes[plain] <= '~'
            && (form == PRINTABLE_LINE || (bytes[plain] != ' ' && bytes[plain] != '\\'))) {
        plain++;
    }
    return plain;
}

/* Appends one character and returns its length in `bytes`. */
static size_t append_one(struct text *out, const char *bytes, size_t len, enum printable_form form)
{
    uint32_t code_point = 0;
    size_t used = utf8_decode(bytes, len, &code_point);
    bool is_allowed = form == PRINTABLE_LINE || (code_point != '\\' && !is_blank(code_point));
    if (used == 0) {
        text_append_format(out, "\\x%02x", (unsigned int)(unsigned char)bytes[0]);
        return 1;
    }
    if (printable_is_shown(code_point) && is_allowed) {
        text_append(out, bytes, used);
    } else {
        append_escape(out, code_point);
    }
    return used;
}

void printable_append(struct text *out, const char *bytes, size_t len, enum printable_form form)
{
    for (size_t at = 0; at < len;) {
        size_t plain = count_plain(bytes + at, len - at, form);
        text_append(out, bytes + at, plain);
        at += plain;
        at += at < len ? append_one(out, bytes + at, len - at, form) : 0;
    }
}
