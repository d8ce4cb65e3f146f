/* How similar two words are, to suggest what the user meant to write. */
/* SPDX-License-Identifier: MIT */
#pragma once

#include <stddef.h>

enum {
    SIMILAR_MAX_BYTES = 48
};

/*
 * The minimum number of letters to change, add, drop or swap with their neighbour (each letter once) that
 * turns one word into the other. SIMILAR_MAX_BYTES if one of them is that long or longer.
 */
size_t similar_distance(const char *a, const char *b);
