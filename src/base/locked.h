/*
 * An allocator for bytes that must not reach a swap device, a core file or the next user of the
 * memory: blocks are locked as far as RLIMIT_MEMLOCK allows, left out of dumps, and wiped when
 * they are released. May be used from several threads. It is fit to be a library's allocator
 * (curl_global_init_mem).
 */
/* SPDX-License-Identifier: MIT */
#pragma once

#include <stddef.h>

/* NULL without memory. The bytes are not initialised. A size of 0 gives a block of its own. */
void *locked_alloc(size_t size);

/* As calloc(3): zeroed, and NULL where count * size overflows. */
void *locked_calloc(size_t count, size_t size);

/* As realloc(3), but an old block that had to move is wiped. On failure the old block stays. */
void *locked_realloc(void *block, size_t size);

char *locked_strdup(const char *text);

/*
 * Wipes and releases; NULL is nothing. A small block that is released twice in a row stays released:
 * libcurl 7.88 does so when it runs out of memory for a TLS session.
 */
void locked_free(void *block);
