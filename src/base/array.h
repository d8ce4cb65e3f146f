/* Arrays that grow by doubling, for the lists of the other modules. */
/* SPDX-License-Identifier: MIT */
#pragma once

#include <stddef.h>

#include "base/attrs.h"

/*
 * Makes room for one more item after the first len. Returns items, or the larger block that replaces
 * it, and updates *cap, the number of items that fit. items may be NULL with a *cap of 0. New items are
 * not initialised. NULL if memory runs out: items and *cap stay as they are. Not for secrets: a block
 * that moves is not wiped.
 */
MUST_CHECK void *array_grow(void *items, size_t len, size_t *cap, size_t item_bytes);
