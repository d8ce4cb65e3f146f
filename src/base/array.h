/* Arrays that grow by doubling, for the lists of the other modules. */
/* SPDX-License-Identifier: MIT */
#pragma once

#include <stddef.h>

#include "base/attrs.h"

/*
 * Makes room for one more item behind the first len: gives items itself, or the larger block that
 * replaces it, and updates *cap, the number of items that fit. Items may be NULL with a *cap of 0. New
 * items are not initialised. NULL without memory: items and *cap stay as they are. Not for the bytes of
 * secrets: a block that moves is not wiped.
 */
MUST_CHECK void *array_grow(void *items, size_t len, size_t *cap, size_t item_bytes);
