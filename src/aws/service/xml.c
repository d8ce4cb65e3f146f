/* SPDX-License-Identifier: MIT */
#include "aws/service/xml.h"

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/ascii.h"
#include "base/span.h"
#include "base/utf8.h"

/* The position, the names of the open elements, and how many of them match the path. */
struct reader {
    const char *at;
    const char *end;
    struct span open[XML_DEPTH_MAX];
    size_t depth;
    size_t matched;
};

/* The path's name at that depth; empty past its end. */
static struct span path_name(const char *path, size_t depth)
{
    for (size_t i = 0; i < depth && path != NULL; i++) {
        path = strchr(path, '/');
        path = path == NULL ? NULL : path + 1;
    }
    return path == NULL ? (struct span){ "", 0 } : (struct span){ path, strcspn(path, "/") };
}

static const char *find(const char *at, const char *end, const char *wanted)
{
    return memmem(at, (size_t)(end - at), wanted, strlen(wanted));
}

/* Moves past the first `wanted`; false if there is none. */
static bool skip_past(struct reader *reader, const char *wanted)
{
    const char *found = find(reader->at, reader->end, wanted);
    if (found == NULL) {
        return false;
    }
    reader->at = found + strlen(wanted);
    return true;
}

/* Appends the character of "&#10;" or "&#xA;", given its digits. */
static bool append_character(struct span digits, uint32_t base, struct secret *text)
{
    uint32_t code_point = 0;
    char bytes[UTF8_MAX_BYTES];
    for (size_t i = 0; i < digits.len; i++) {
        int value = ascii_hex_value(digits.bytes[i]);
        if (value < 0 || (uint32_t)value >= base || code_point > 0x10ffff) {
            return false;
        }
        code_point = code_point * base + (uint32_t)value;
    }
    bool is_surrogate = code_point >= 0xd800 && code_point <= 0xdfff;
    if (digits.len == 0 || code_point == 0 || code_point > 0x10ffff || is_surrogate) {
        return false;
    }
    secret_append(text, bytes, utf8_encode(code_point, bytes));
    return true;
}

static bool append_reference(struct span name, struct secret *text)
{
    static const struct {
        const char *name;
        char c;
    } entities[] = { { "lt", '<' }, { "gt", '>' }, { "amp", '&' }, { "quot", '"' },
        { "apos", '\'' } };

    if (name.len > 1 && name.bytes[0] == '#') {
        bool is_hex = name.bytes[1] == 'x';
        size_t prefix = is_hex ? 2 : 1;
        return append_character(span_skip(name, prefix), is_hex ? 16 : 10, text);
    }
    for (size_t i = 0; i < sizeof(entities) / sizeof(entities[0]); i++) {
        if (span_is(name, entities[i].name)) {
            secret_append_char(text, entities[i].c);
            return true;
        }
    }
    return false;
}

static bool append_text(struct span raw, struct secret *text)
{
    const char *at = raw.bytes;
    const char *end = raw.bytes + raw.len;
    while (at < end) {
        const char *ampersand = memchr(at, '&', (size_t)(end - at));
        const char *plain_end = ampersand == NULL ? end : ampersand;
        secret_append(text, at, (size_t)(plain_end - at));
        if (ampersand == NULL) {
            break;
        }
        const char *semicolon = memchr(at, ';', (size_t)(end - at));
        if (semicolon == NULL || semicolon < ampersand
                || !append_reference(
                        (struct span){ ampersand + 1, (size_t)(semicolon - ampersand - 1) },
                        text)) {
            return false;
        }
        at = semicolon + 1;
    }
    return true;
}

/* Reads an opening tag from its name on; *ret_is_empty is true for "<name/>". */
static bool read_tag(struct reader *reader, struct span *ret_name, bool *ret_is_empty)
{
    const char *start = reader->at;
    const char *at = start;
    char quote = '\0';
    while (at < reader->end && !ascii_is_space(*at) && *at != '/' && *at != '>') {
        at++;
    }
    *ret_name = (struct span){ start, (size_t)(at - start) };
    for (; at < reader->end && (quote != '\0' || *at != '>'); at++) {
        if (quote != '\0') {
            quote = *at == quote ? '\0' : quote;
        } else if (*at == '"' || *at == '\'') {
            quote = *at;
        } else if (*at == '<') {
            return false;
        }
    }
    if (at == reader->end || ret_name->len == 0) {
        return false;
    }
    *ret_is_empty = at[-1] == '/';
    reader->at = at + 1;
    return true;
}

static bool open_element(struct reader *reader, const char *path, bool *ret_is_empty)
{
    struct span name;
    if (reader->depth == XML_DEPTH_MAX || !read_tag(reader, &name, ret_is_empty)) {
        return false;
    }
    bool follows = reader->matched == reader->depth
            && span_equals(name, path_name(path, reader->depth)) && name.len > 0;
    reader->matched += follows ? 1 : 0;
    reader->open[reader->depth++] = name;
    return true;
}

static void leave_element(struct reader *reader)
{
    reader->matched -= reader->matched == reader->depth ? 1 : 0;
    reader->depth--;
}

/* Reads a closing tag after its "</": the name must be that of the open element. */
static bool close_element(struct reader *reader)
{
    const char *close = memchr(reader->at, '>', (size_t)(reader->end - reader->at));
    if (close == NULL || reader->depth == 0) {
        return false;
    }
    size_t len = (size_t)(close - reader->at);
    while (len > 0 && ascii_is_space(reader->at[len - 1])) {
        len--;
    }
    if (!span_equals(reader->open[reader->depth - 1], (struct span){ reader->at, len })) {
        return false;
    }
    reader->at = close + 1;
    leave_element(reader);
    return true;
}

static bool starts_with(const struct reader *reader, const char *wanted)
{
    size_t len = strlen(wanted);
    return (size_t)(reader->end - reader->at) >= len && memcmp(reader->at, wanted, len) == 0;
}

/* Outside of all elements, only white space is allowed. */
static bool is_blank(struct span text)
{
    for (size_t i = 0; i < text.len; i++) {
        if (!ascii_is_space(text.bytes[i])) {
            return false;
        }
    }
    return true;
}

/* Reads up to and including the next tag; *ret_done if that ends the element at the path. */
static bool step(
        struct reader *reader, const char *path, size_t wanted, struct secret *text, bool *ret_done)
{
    const char *tag = memchr(reader->at, '<', (size_t)(reader->end - reader->at));
    if (tag == NULL) {
        return false;
    }
    const struct span before = { reader->at, (size_t)(tag - reader->at) };
    bool is_inside = reader->matched == wanted && reader->depth == wanted;
    if ((reader->depth == 0 && !is_blank(before)) || (is_inside && !append_text(before, text))) {
        return false;
    }
    reader->at = tag;
    if (starts_with(reader, "<?")) {
        return skip_past(reader, "?>");
    }
    if (starts_with(reader, "<!--")) {
        return skip_past(reader, "-->");
    }
    if (starts_with(reader, "<!")) {
        return false;
    }
    if (starts_with(reader, "</")) {
        reader->at += 2;
        *ret_done = is_inside;
        return close_element(reader);
    }
    bool is_empty = false;
    reader->at++;
    if (!open_element(reader, path, &is_empty)) {
        return false;
    }
    if (is_empty) {
        *ret_done = reader->matched == wanted && reader->depth == wanted;
        leave_element(reader);
    }
    return true;
}

bool xml_find(const struct secret *document, const char *path, struct secret *ret_text)
{
    CLEANUP(secret_clear) struct secret text = SECRET_INIT(secret_room(ret_text));
    struct err too_long;
    struct reader reader = { .at = secret_expose(document),
        .end = secret_expose(document) + secret_len(document) };
    size_t wanted = 1;
    for (const char *at = path; *at != '\0'; at++) {
        wanted += *at == '/' ? 1 : 0;
    }
    bool done = false;
    while (!done) {
        if (!step(&reader, path, wanted, &text, &done)) {
            return false;
        }
    }
    if (!secret_check(&text, NULL, &too_long)) {
        return false;
    }
    secret_append_secret(ret_text, &text);
    return true;
}
