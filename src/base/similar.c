/* SPDX-License-Identifier: MIT */
#include "base/similar.h"

#include <string.h>

static size_t min_size(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* The optimal string alignment distance; its table has a row for each letter of a. */
size_t similar_distance(const char *a, const char *b)
{
    size_t rows[3][SIMILAR_MAX_BYTES + 1] = { 0 };
    size_t a_len = strlen(a);
    size_t b_len = strlen(b);
    if (a_len >= SIMILAR_MAX_BYTES || b_len >= SIMILAR_MAX_BYTES) {
        return SIMILAR_MAX_BYTES;
    }
    for (size_t j = 0; j <= b_len; j++) {
        rows[0][j] = j;
    }
    for (size_t i = 1; i <= a_len; i++) {
        size_t *row = rows[i % 3];
        const size_t *above = rows[(i - 1) % 3];
        const size_t *two_above = rows[(i + 1) % 3];
        row[0] = i;
        for (size_t j = 1; j <= b_len; j++) {
            size_t changed = above[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
            row[j] = min_size(changed, min_size(above[j], row[j - 1]) + 1);
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
                row[j] = min_size(row[j], two_above[j - 2] + 1);
            }
        }
    }
    return rows[a_len % 3][b_len];
}
