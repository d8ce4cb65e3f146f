/* SPDX-License-Identifier: MIT */
#include "migrate/spellings.h"

#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/ascii.h"

void spellings_init(struct spellings *spellings)
{
    memset(spellings, 0, sizeof(*spellings));
    spellings->powers[0] = 1;
    for (size_t i = 1; i < SPELLING_POWERS; i++) {
        spellings->powers[i] = spellings->powers[i - 1] * SPELLING_FACTOR;
    }
}

static size_t filter_bit(uint64_t hash)
{
    return (size_t)(hash >> 40) % SPELLINGS_FILTER_BITS;
}

static size_t bucket_of(uint64_t hash)
{
    return (size_t)(hash >> 20) % SPELLINGS_BUCKETS;
}

bool spellings_add(struct spellings *spellings, const struct spelling *spelling)
{
    struct span text = spelling->text;
    uint64_t hash = 0;
    for (size_t i = 0; i < text.len; i++) {
        if (ascii_is_alnum(text.bytes[i])) {
            hash = spelling_hash_add(hash, (unsigned char)ascii_lower(text.bytes[i]));
        }
    }
    if (hash == 0) {
        return true;
    }
    struct spelling *items = array_grow(
            spellings->items, spellings->len, &spellings->cap, sizeof(spellings->items[0]));
    if (items == NULL) {
        return false;
    }
    spellings->items = items;
    uint32_t *bucket = &spellings->buckets[bucket_of(hash)];
    items[spellings->len] = *spelling;
    items[spellings->len].hash = hash;
    items[spellings->len].next = *bucket;
    spellings->len++;
    *bucket = (uint32_t)spellings->len;
    spellings->filter[filter_bit(hash) / 64] |= UINT64_C(1) << filter_bit(hash) % 64;
    return true;
}

bool spellings_add_name(struct spellings *spellings, struct span text, size_t name)
{
    struct spelling whole = { .text = text, .name = name, .kind = SPELLING_NAME };
    unsigned split = 0;
    if (!spellings_add(spellings, &whole)) {
        return false;
    }
    for (size_t i = 1; i < text.len && split < SPELLING_SPLITS_MAX; i++) {
        if (text.bytes[i - 1] != '_' || text.bytes[i] == '_') {
            continue;
        }
        bool is_nested = i >= 2 && text.bytes[i - 2] == '_';
        struct spelling tail = { .text = span_skip(text, i),
            .name = name,
            .kind = is_nested ? SPELLING_NESTED : SPELLING_TAIL,
            .split = split };
        struct spelling head = {
            .text = { text.bytes, i }, .name = name, .kind = SPELLING_HEAD, .split = split
        };
        split++;
        if (!spellings_add(spellings, &tail) || !spellings_add(spellings, &head)) {
            return false;
        }
    }
    return true;
}

static const struct spelling *with_hash(
        const struct spellings *spellings, uint32_t at, uint64_t hash)
{
    while (at > 0 && spellings->items[at - 1].hash != hash) {
        at = spellings->items[at - 1].next;
    }
    return at > 0 ? &spellings->items[at - 1] : NULL;
}

const struct spelling *spellings_find(const struct spellings *spellings, uint64_t hash)
{
    if ((spellings->filter[filter_bit(hash) / 64] >> filter_bit(hash) % 64 & 1) == 0) {
        return NULL;
    }
    return with_hash(spellings, spellings->buckets[bucket_of(hash)], hash);
}

const struct spelling *spellings_next(
        const struct spellings *spellings, const struct spelling *last)
{
    return with_hash(spellings, last->next, last->hash);
}

bool spelling_equals(struct span a, struct span b)
{
    size_t i = 0;
    size_t j = 0;
    for (;;) {
        while (i < a.len && !ascii_is_alnum(a.bytes[i])) {
            i++;
        }
        while (j < b.len && !ascii_is_alnum(b.bytes[j])) {
            j++;
        }
        if (i == a.len || j == b.len) {
            return i == a.len && j == b.len;
        }
        if (ascii_lower(a.bytes[i++]) != ascii_lower(b.bytes[j++])) {
            return false;
        }
    }
}

void spellings_clear(struct spellings *spellings)
{
    free(spellings->items);
    memset(spellings, 0, sizeof(*spellings)); /* too large for a copy on the stack */
}
