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
    BASE64_MAX_BYTES = 64 * 1024,
};

struct needle {
    struct secret bytes;
    size_t id;
    bool is_base64;
    uint32_t next; /* with the same block at the end of the window, plus 1; or 0 */
};

/* In memory for secrets: the tables are made from the values. */
struct needles {
    struct needle *items;
    size_t len;
    size_t cap;
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
    locked_free(needles);
}

void needles_release(struct needles **needles)
{
    needles_free(*needles);
    *needles = NULL;
}

/* Takes over the bytes. */
static bool add_needle(struct needles *needles,
        size_t id,
        bool is_base64,
        struct secret *bytes,
        struct err *reterr)
{
    if (!secret_check(bytes, NULL, reterr)) {
        return false;
    }
    struct needle *items = array_grow(
            needles->items, needles->len, &needles->cap, sizeof(needles->items[0]));
    if (items == NULL) {
        return err_set_no_memory(reterr);
    }
    needles->items = items;
    struct needle *needle = &items[needles->len++];
    *needle = (struct needle){ .id = id, .is_base64 = is_base64 };
    secret_move(&needle->bytes, bytes);
    const char *window = secret_expose(&needle->bytes);
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

/* The characters of base64 that the bytes alone decide: without padding. */
static void append_base64(struct secret *out, const char *bytes, size_t len)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    for (size_t i = 0; i < len; i += 3) {
        size_t left = len - i;
        uint32_t group = (uint32_t)(unsigned char)bytes[i] << 16;
        group |= left > 1 ? (uint32_t)(unsigned char)bytes[i + 1] << 8 : 0;
        group |= left > 2 ? (uint32_t)(unsigned char)bytes[i + 2] : 0;
        size_t count = left > 2 ? 4 : left + 1;
        for (size_t j = 0; j < count; j++) {
            secret_append_char(out, digits[group >> (18 - 6 * j) & 63]);
        }
    }
}

static bool add_base64(struct needles *needles,
        size_t id,
        const struct secret *value,
        const char *ending,
        struct err *reterr)
{
    CLEANUP(secret_clear) struct secret whole = SECRET_INIT(BASE64_MAX_BYTES);
    CLEANUP(secret_clear) struct secret encoded = SECRET_INIT(BASE64_MAX_BYTES * 2);
    secret_append_secret(&whole, value);
    secret_append_string(&whole, ending);
    if (!secret_check(&whole, NULL, reterr)) {
        return false;
    }
    append_base64(&encoded, secret_expose(&whole), secret_len(&whole));
    return add_needle(needles, id, true, &encoded, reterr);
}

bool needles_add(struct needles *needles, size_t id, const struct secret *value, struct err *reterr)
{
    struct span span = { secret_expose(value), secret_len(value) };
    if (span.len < NEEDLES_MIN_BYTES || span.len > BASE64_MAX_BYTES / 2
            || value_shape_is_placeholder(span)) {
        return true;
    }
    CLEANUP(secret_clear) struct secret plain = SECRET_INIT(BASE64_MAX_BYTES);
    secret_append_secret(&plain, value);
    return add_needle(needles, id, false, &plain, reterr)
            && add_base64(needles, id, value, "", reterr)
            && add_base64(needles, id, value, "\n", reterr);
}

struct search {
    const struct needles *needles;
    struct span text;
    size_t line;
    size_t line_at;
    size_t line_hits; /* how many ids were reported on the line */
    size_t *reported; /* NULL until the first hit */
    needles_report *report;
    void *context;
};

static void move_to_line(struct search *search, size_t at)
{
    const char *from = search->text.bytes + search->line_at;
    const char *to = search->text.bytes + at;
    while (from < to && (from = memchr(from, '\n', (size_t)(to - from))) != NULL) {
        search->line++;
        search->line_hits = 0;
        from++;
    }
    search->line_at = at;
}

/* Whether the value was reported for this line already; if not, it is now. */
static bool is_repeated(struct search *search, size_t id)
{
    for (size_t i = 0; i < search->line_hits; i++) {
        if (search->reported[i] == id) {
            return true;
        }
    }
    if (search->reported == NULL) {
        search->reported = calloc(search->needles->len, sizeof(search->reported[0]));
    }
    if (search->reported != NULL && search->line_hits < search->needles->len) {
        search->reported[search->line_hits++] = id;
    }
    return false;
}

static void compare_at(struct search *search, size_t at)
{
    const struct needles *needles = search->needles;
    const char *here = search->text.bytes + at;
    uint32_t next = needles->heads[block_at(here + WINDOW - BLOCK)];
    while (next > 0) {
        const struct needle *needle = &needles->items[next - 1];
        size_t len = secret_len(&needle->bytes);
        if (len <= search->text.len - at && memcmp(here, secret_expose(&needle->bytes), len) == 0) {
            move_to_line(search, at);
            if (!is_repeated(search, needle->id)) {
                struct needles_hit hit = {
                    .id = needle->id, .line = search->line, .is_base64 = needle->is_base64
                };
                search->report(search->context, &hit);
            }
        }
        next = needle->next;
    }
}

void needles_search(
        const struct needles *needles, struct span text, needles_report *report, void *context)
{
    struct search search = {
        .needles = needles, .text = text, .line = 1, .report = report, .context = context
    };
    size_t at = 0;
    while (needles->len > 0 && at <= text.len && text.len - at >= WINDOW) {
        size_t shift = needles->shifts[block_at(text.bytes + at + WINDOW - BLOCK)];
        if (shift > 0) {
            at += shift;
        } else {
            compare_at(&search, at);
            at++;
        }
    }
    free(search.reported);
}
