/* How alike two words are: to recognise what somebody meant to write. */
/* SPDX-License-Identifier: MIT */
#pragma once

#include <stddef.h>

enum {
    SIMILAR_MAX_BYTES = 48
};

/*
 * The least number of letters to change, add, drop or swap with their neighbour (each letter once) that
 * makes one word of the other. SIMILAR_MAX_BYTES where one of them is as long as that or longer.
 */
size_t similar_distance(const char *a, const char *b);
