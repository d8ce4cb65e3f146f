/* SPDX-License-Identifier: MIT */
#include "base/array.h"

#include <stdint.h>
#include <stdlib.h>

enum {
    FIRST_ITEMS = 10
};

void *array_grow(void *items, size_t len, size_t *cap, size_t item_bytes)
{
    if (len < *cap) {
        return items;
    }
    if (*cap > SIZE_MAX / 2 / item_bytes) {
        return NULL;
    }
    size_t wanted = *cap == 0 ? FIRST_ITEMS : *cap * 2;
    void *grown = realloc(items, wanted * item_bytes);
    if (grown != NULL) {
        *cap = wanted;
    }
    return grown;
}
