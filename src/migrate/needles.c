/* SPDX-License-Identifier: MIT */
#include "migrate/needles.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/locked.h"
#include "migrate/value_shape.h"

/*
 * As Wu and Manber do it for many patterns: a table says, for the last bytes of a window, how far the next
 * occurrence of any value can be. Most bytes of a text are never looked at.
 */
enum {
    BLOCK = 3, /* bytes that the table goes by */
    WINDOW = NEEDLES_MIN_BYTES,
    SHIFT_MAX = WINDOW - BLOCK + 1,
    TABLE = 1 << 16,
    BASE64_MAX_BYTES = NEEDLES_MAX_BYTES / 3 * 4 + 8,
};

/*
 * A value, or the base64 of one: the characters that begin or end with bits of other bytes count
 * with the value's bits only.
 */
struct needle {
    struct secret bytes;
    size_t value;
    bool is_base64;
    unsigned first_bits; /* the value's bits of the first character; 0 if all are */
    unsigned last_bits;  /* those of the last character; 0 if all are */
    uint32_t next;       /* with the same block at the end of the window, plus 1; or 0 */
};

struct value {
    size_t id;
    size_t line; /* of the last hit in this file; or 0 */
};

/* In memory for secrets: the tables are made from the values. */
struct needles {
    struct needle *items;
    size_t len;
    size_t cap;
    struct value *values;
    size_t value_len;
    size_t value_cap;
    uint8_t shifts[TABLE];
    uint32_t heads[TABLE]; /* index of a needle plus 1; or 0 */
};

static size_t block_at(const char *bytes)
{
    uint32_t block = (uint32_t)(unsigned char)bytes[0] | (uint32_t)(unsigned char)bytes[1] << 8
            | (uint32_t)(unsigned char)bytes[2] << 16;
    return (block * UINT32_C(2654435761)) >> 16;
}

struct needles *needles_new(struct err *reterr)
{
    struct needles *needles = locked_calloc(1, sizeof(*needles));
    if (needles == NULL) {
        (void)err_set_no_memory(reterr);
        return NULL;
    }
    memset(needles->shifts, SHIFT_MAX, sizeof(needles->shifts));
    return needles;
}

void needles_free(struct needles *needles)
{
    if (needles == NULL) {
        return;
    }
    for (size_t i = 0; i < needles->len; i++) {
        secret_clear(&needles->items[i].bytes);
    }
    free(needles->items);
    free(needles->values);
    locked_free(needles);
}

void needles_release(struct needles **needles)
{
    needles_free(*needles);
    *needles = NULL;
}

/* Where the needle is compared first: behind a character of which only bits count. */
static size_t window_of(const struct needle *needle)
{
    return needle->first_bits > 0;
}

/* Takes over the bytes of the needle. */
static bool add_needle(struct needles *needles, struct needle *added, struct err *reterr)
{
    if (!secret_check(&added->bytes, NULL, reterr)) {
        return false;
    }
    struct needle *items = array_grow(
            needles->items, needles->len, &needles->cap, sizeof(needles->items[0]));
    if (items == NULL) {
        return err_set_no_memory(reterr);
    }
    needles->items = items;
    struct needle *needle = &items[needles->len++];
    *needle = *added;
    needle->bytes = (struct secret){ 0 };
    secret_move(&needle->bytes, &added->bytes);
    const char *window = secret_expose(&needle->bytes) + window_of(needle);
    for (size_t i = 0; i + BLOCK <= WINDOW; i++) {
        uint8_t *shift = &needles->shifts[block_at(window + i)];
        size_t left = WINDOW - BLOCK - i;
        *shift = left < *shift ? (uint8_t)left : *shift;
    }
    uint32_t *head = &needles->heads[block_at(window + WINDOW - BLOCK)];
    needle->next = *head;
    *head = (uint32_t)needles->len;
    return true;
}

static bool add_plain(struct needles *needles, struct span value, struct err *reterr)
{
    CLEANUP(secret_clear) struct secret bytes = SECRET_INIT(NEEDLES_MAX_BYTES);
    secret_append(&bytes, value.bytes, value.len);
    struct needle needle = { .value = needles->value_len - 1 };
    secret_move(&needle.bytes, &bytes);
    bool ok = add_needle(needles, &needle, reterr);
    secret_clear(&needle.bytes);
    return ok;
}

static const char DIGITS[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
static const char URL_DIGITS[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/* The base64 of the value behind `before` other bytes, without the characters that are theirs alone. */
static void append_base64(
        struct secret *out, struct span value, size_t before, const char digits[static 64])
{
    size_t bits = (before + value.len) * 8;
    for (size_t bit = before * 8 / 6 * 6; bit < bits; bit += 6) {
        unsigned digit = 0;
        for (size_t i = bit; i < bit + 6; i++) {
            bool is_value = i >= before * 8 && i < bits;
            unsigned byte = is_value ? (unsigned char)value.bytes[i / 8 - before] : 0;
            digit = digit << 1 | (byte >> (7 - i % 8) & 1);
        }
        secret_append_char(out, digits[digit]);
    }
}

static bool add_base64(struct needles *needles,
        struct span value,
        size_t before,
        const char *digits,
        struct err *reterr)
{
    CLEANUP(secret_clear) struct secret encoded = SECRET_INIT(BASE64_MAX_BYTES);
    append_base64(&encoded, value, before, digits);
    struct span text = { secret_expose(&encoded), secret_len(&encoded) };
    if (digits == URL_DIGITS && memchr(text.bytes, '-', text.len) == NULL
            && memchr(text.bytes, '_', text.len) == NULL) {
        return true; /* the same as in the other alphabet */
    }
    struct needle needle = {
        .value = needles->value_len - 1,
        .is_base64 = true,
        .first_bits = (6 - (unsigned)(before * 8 % 6)) % 6,
        .last_bits = (unsigned)((before + value.len) * 8 % 6),
    };
    secret_move(&needle.bytes, &encoded);
    bool ok = add_needle(needles, &needle, reterr);
    secret_clear(&needle.bytes);
    return ok;
}

static bool add_value(struct needles *needles, size_t id, struct err *reterr)
{
    struct value *values = array_grow(
            needles->values, needles->value_len, &needles->value_cap, sizeof(needles->values[0]));
    if (values == NULL) {
        return err_set_no_memory(reterr);
    }
    needles->values = values;
    values[needles->value_len++] = (struct value){ .id = id };
    return true;
}

bool needles_add(struct needles *needles, size_t id, const struct secret *value, struct err *reterr)
{
    struct span span = { secret_expose(value), secret_len(value) };
    while (span.len > 0 && (span.bytes[span.len - 1] == '\n' || span.bytes[span.len - 1] == '\r')) {
        span.len--;
    }
    if (span.len < NEEDLES_MIN_BYTES || value_shape_is_placeholder(span)) {
        return true;
    }
    span.len = span.len > NEEDLES_MAX_BYTES ? NEEDLES_MAX_BYTES : span.len;
    if (!add_value(needles, id, reterr) || !add_plain(needles, span, reterr)) {
        return false;
    }
    for (size_t before = 0; before < 3; before++) {
        if (!add_base64(needles, span, before, DIGITS, reterr)
                || !add_base64(needles, span, before, URL_DIGITS, reterr)) {
            return false;
        }
    }
    return true;
}

struct search {
    struct needles *needles;
    const struct needles_piece *piece;
    size_t line;
    size_t line_at;
    needles_report *report;
    void *context;
};

static void move_to_line(struct search *search, size_t at)
{
    const char *from = search->piece->text.bytes + search->line_at;
    const char *to = search->piece->text.bytes + at;
    while (from < to && (from = memchr(from, '\n', (size_t)(to - from))) != NULL) {
        search->line++;
        from++;
    }
    search->line_at = at;
}

/* Skips a line end and what the next line is indented with; text.len at most. */
static size_t skip_line_end(struct span text, size_t at)
{
    size_t start = at;
    while (at < text.len && (text.bytes[at] == '\r' || text.bytes[at] == '\n')) {
        at++;
    }
    while (at > start && at < text.len && (text.bytes[at] == ' ' || text.bytes[at] == '\t')) {
        at++;
    }
    return at;
}

/* A line end of a value: as it is, or "\n" in quotes; 0 if there is none. */
static size_t match_line_end(struct span text, size_t at)
{
    static const char escaped[] = { '\\', 'n' };
    if (text.len - at >= sizeof(escaped) && memcmp(text.bytes + at, escaped, 2) == 0) {
        return at + sizeof(escaped);
    }
    size_t end = skip_line_end(text, at);
    return end == at ? 0 : end;
}

/* What a digit of base64 stands for, in both alphabets; 64 for other characters. */
static unsigned digit_of(char c)
{
    const char *standard = c == '\0' ? NULL : strchr(DIGITS, c);
    const char *url = c == '\0' ? NULL : strchr(URL_DIGITS, c);
    return standard != NULL ? (unsigned)(standard - DIGITS)
            : url != NULL   ? (unsigned)(url - URL_DIGITS)
                            : 64;
}

/* Whether the character before the window has the bits that begin the value. */
static bool begins_at(const struct needle *needle, struct span text, size_t at)
{
    if (needle->first_bits == 0) {
        return true;
    }
    unsigned mask = (1U << needle->first_bits) - 1;
    size_t before = at;
    while (before > 0 && (text.bytes[before - 1] == '\n' || text.bytes[before - 1] == '\r')) {
        before--;
    }
    unsigned digit = before > 0 ? digit_of(text.bytes[before - 1]) : 64;
    return digit < 64 && (digit & mask) == (digit_of(*secret_expose(&needle->bytes)) & mask);
}

/* Where the needle, whose window is at text[at), ends; 0 if it is not there. */
static size_t match(const struct needle *needle, struct span text, size_t at)
{
    struct span bytes = { secret_expose(&needle->bytes), secret_len(&needle->bytes) };
    size_t whole = bytes.len - (needle->last_bits > 0);
    if (!begins_at(needle, text, at)) {
        return 0;
    }
    for (size_t i = window_of(needle); i < bytes.len; i++) {
        at = needle->is_base64 ? skip_line_end(text, at) : at;
        if (at >= text.len) {
            return 0;
        }
        if (!needle->is_base64 && bytes.bytes[i] == '\n') {
            at = match_line_end(text, at);
            if (at == 0) {
                return 0;
            }
            continue;
        }
        unsigned shift = 6 - needle->last_bits;
        bool is_same = i < whole ? text.bytes[at] == bytes.bytes[i]
                                 : digit_of(text.bytes[at]) < 64
                        && digit_of(text.bytes[at]) >> shift == digit_of(bytes.bytes[i]) >> shift;
        if (!is_same) {
            return 0;
        }
        at++;
    }
    return at;
}

static void compare_at(struct search *search, size_t at)
{
    const struct needles *needles = search->needles;
    struct span text = search->piece->text;
    uint32_t next = needles->heads[block_at(text.bytes + at + WINDOW - BLOCK)];
    while (next > 0) {
        const struct needle *needle = &needles->items[next - 1];
        struct value *value = &needles->values[needle->value];
        next = needle->next;
        if (match(needle, text, at) <= search->piece->known) {
            continue; /* not there, or in the piece before, too */
        }
        move_to_line(search, at);
        if (value->line != search->line) {
            value->line = search->line;
            struct needles_hit hit = {
                .id = value->id, .line = search->line, .is_base64 = needle->is_base64
            };
            search->report(search->context, &hit);
        }
    }
}

void needles_search(struct needles *needles,
        const struct needles_piece *piece,
        needles_report *report,
        void *context)
{
    struct search search = { .needles = needles,
        .piece = piece,
        .line = piece->line,
        .report = report,
        .context = context };
    struct span text = piece->text;
    size_t at = 0;
    for (size_t i = 0; piece->known == 0 && i < needles->value_len; i++) {
        needles->values[i].line = 0;
    }
    while (needles->len > 0 && at <= text.len && text.len - at >= WINDOW) {
        size_t shift = needles->shifts[block_at(text.bytes + at + WINDOW - BLOCK)];
        if (shift > 0) {
            at += shift;
        } else {
            compare_at(&search, at);
            at++;
        }
    }
}
