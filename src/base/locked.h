/*
 * An allocator for bytes that must not reach a swap device, a core file or whoever gets the memory
 * next: blocks are locked as far as RLIMIT_MEMLOCK allows, excluded from dumps, and wiped when they
 * are released. Thread-safe. Can serve as a library's allocator (curl_global_init_mem).
 */
/* SPDX-License-Identifier: MIT */
#pragma once

#include <stddef.h>

/* As malloc(3); a size of 0 gives a unique block. NULL if memory runs out. */
void *locked_alloc(size_t size);

/* As calloc(3): zeroed, and NULL if count * size overflows. */
void *locked_calloc(size_t count, size_t size);

/* As realloc(3), but wipes the old block if it moves. On failure the old block is kept. */
void *locked_realloc(void *block, size_t size);

char *locked_strdup(const char *text);

/*
 * Wipes and releases a block; NULL is ignored. Releasing a small block twice in a row is harmless: libcurl
 * 7.88 does so when it runs out of memory for a TLS session.
 */
void locked_free(void *block);
