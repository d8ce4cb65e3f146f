/* SPDX-License-Identifier: MIT */
#include "http/tls_memory.h"

#include <dlfcn.h>
#include <stdalign.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/locked.h"

enum {
    /*
     * Record buffers are larger; certificates and most other blocks are smaller. The tens of thousands of
     * small blocks for the system's certificates would use up the limit on locked memory.
     */
    LOCKED_FROM_BYTES = 8 * 1024
};

/* Precedes each block; keeps the block aligned for every type. */
struct block_header {
    alignas(max_align_t) size_t size;
};

static struct block_header *allocate_block(size_t bytes)
{
    return bytes >= LOCKED_FROM_BYTES ? locked_alloc(bytes) : malloc(bytes);
}

/* OpenSSL also passes the caller's source file and line. */
static void *allocate(size_t size, const char *file, int line)
{
    (void)file;
    (void)line;
    if (size == 0 || size > SIZE_MAX - sizeof(struct block_header)) {
        return NULL;
    }
    struct block_header *header = allocate_block(sizeof(*header) + size);
    if (header == NULL) {
        return NULL;
    }
    header->size = size;
    return header + 1;
}

static void release(void *block, const char *file, int line)
{
    (void)file;
    (void)line;
    if (block == NULL) {
        return;
    }
    struct block_header *header = (struct block_header *)block - 1;
    size_t bytes = sizeof(*header) + header->size;
    if (bytes >= LOCKED_FROM_BYTES) {
        locked_free(header);
    } else {
        explicit_bzero(header, bytes);
        free(header);
    }
}

static void *reallocate(void *block, size_t size, const char *file, int line)
{
    void *moved = size == 0 ? NULL : allocate(size, file, line);
    if (block != NULL && (moved != NULL || size == 0)) {
        size_t old_size = ((struct block_header *)block - 1)->size;
        if (moved != NULL) {
            memcpy(moved, block, old_size < size ? old_size : size);
        }
        release(block, file, line);
    }
    return moved;
}

typedef int set_mem_functions(void *(*)(size_t, const char *, int),
        void *(*)(void *, size_t, const char *, int),
        void (*)(void *, const char *, int));

void tls_memory_protect(void)
{
    /* Looked up at run time: this program is linked with libcurl, not with libcurl's TLS library. */
    void *found = dlsym(RTLD_DEFAULT, "CRYPTO_set_mem_functions");
    set_mem_functions *set = NULL;
    memcpy(&set, &found, sizeof(set)); /* ISO C has no conversion to a function pointer */
    if (set != NULL) {
        (void)set(allocate, reallocate, release);
    }
}
