/* SPDX-License-Identifier: MIT */
#include "base/locked.h"

#include <errno.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>

#include "base/error.h"

/*
 * Small blocks are cut from chunks, and are put on the free list of their size class when they are released;
 * large blocks have a mapping each. Four classes per doubling (32, 40, 48, 56, 64, 80, ...) keep the waste
 * of rounding up below a quarter.
 */
enum {
    SMALLEST_CLASS_SHIFT = 5,
    STEPS_PER_DOUBLING = 4,
    LARGEST_CLASS_SHIFT = 15, /* 32 KiB: libcurl's buffers of 16 KiB and their headers */
    CLASS_COUNT = (LARGEST_CLASS_SHIFT - SMALLEST_CLASS_SHIFT) * STEPS_PER_DOUBLING + 1,
    CHUNK_BYTES = 128 * 1024,
    PAGE_BYTES = 4096,
    OWN_MAPPING = -1,
};

/* Precedes each block, and keeps it aligned for every type. */
struct locked_header {
    _Alignas(max_align_t) size_t capacity; /* of the block, without this header */
    short size_class;                      /* an index, or OWN_MAPPING */
    bool is_released;                      /* it is in a free list */
};

struct free_block {
    struct free_block *next;
};

/* Global: the limit on locked memory is per process, and libraries call plain function pointers. */
static struct {
    pthread_mutex_t mutex;
    struct free_block *free_blocks[CLASS_COUNT];
    char *chunk;
    size_t chunk_left;
    size_t lock_max; /* the smallest size that the kernel refused to lock; 0: none */
} pool = { .mutex = PTHREAD_MUTEX_INITIALIZER }; /* NOLINT(*-non-const-global-variables) */

static size_t class_capacity(size_t size_class)
{
    size_t shift = SMALLEST_CLASS_SHIFT + size_class / STEPS_PER_DOUBLING;
    size_t step = size_class % STEPS_PER_DOUBLING;
    return ((size_t)1 << shift) + step * ((size_t)1 << (shift - 2));
}

/* The smallest class with blocks of at least that size; CLASS_COUNT if there is none. */
static size_t find_class(size_t size)
{
    for (size_t size_class = 0; size_class < CLASS_COUNT; size_class++) {
        if (class_capacity(size_class) >= size) {
            return size_class;
        }
    }
    return CLASS_COUNT;
}

static size_t round_up(size_t bytes)
{
    return (bytes + PAGE_BYTES - 1) & ~((size_t)PAGE_BYTES - 1);
}

/*
 * MLOCK_ONFAULT: lock pages when they are first touched, instead of faulting all of them in. A run for 100
 * parameters takes 0.8 MiB of memory with it, and 1.1 MiB without.
 */
static bool lock(char *pages, size_t bytes)
{
    return mlock2(pages, bytes, MLOCK_ONFAULT) == 0
            || (errno != ENOMEM && errno != EAGAIN && mlock(pages, bytes) == 0);
}

/*
 * Locks as much as the limit allows, from the first page on, in pieces that are halved down to a page. Best
 * effort by contract: a size that the kernel refused is not tried again.
 */
static void lock_pages(char *pages, size_t bytes)
{
    while (bytes >= PAGE_BYTES && pool.lock_max != PAGE_BYTES) {
        size_t piece = bytes;
        while (pool.lock_max != 0 && piece >= pool.lock_max) {
            piece = round_up(piece / 2);
        }
        if (lock(pages, piece)) {
            pages += piece;
            bytes -= piece;
        } else {
            pool.lock_max = piece;
        }
    }
}

/* Maps memory and keeps it out of swap and dumps if the system allows; NULL if memory runs out. */
static void *map_pages(size_t bytes)
{
    void *pages = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (pages == MAP_FAILED) {
        return NULL;
    }
    (void)madvise(pages, bytes, MADV_DONTDUMP);
    lock_pages(pages, bytes);
    return pages;
}

static struct locked_header *alloc_small(size_t size_class)
{
    struct free_block *reused = pool.free_blocks[size_class];
    if (reused != NULL) {
        struct locked_header *header = (struct locked_header *)(void *)reused - 1;
        pool.free_blocks[size_class] = reused->next;
        header->is_released = false;
        return header;
    }
    size_t capacity = class_capacity(size_class);
    size_t bytes = sizeof(struct locked_header) + capacity;
    bytes = (bytes + sizeof(struct locked_header) - 1) & ~(sizeof(struct locked_header) - 1);
    if (pool.chunk_left < bytes) {
        char *chunk = map_pages(CHUNK_BYTES);
        if (chunk == NULL) {
            return NULL;
        }
        pool.chunk = chunk;
        pool.chunk_left = CHUNK_BYTES;
    }
    struct locked_header *header = (struct locked_header *)(void *)pool.chunk;
    pool.chunk += bytes;
    pool.chunk_left -= bytes;
    header->capacity = capacity;
    header->size_class = (short)size_class;
    return header;
}

static struct locked_header *alloc_large(size_t size)
{
    if (size > SIZE_MAX - sizeof(struct locked_header) - PAGE_BYTES) {
        return NULL;
    }
    size_t bytes = round_up(size + sizeof(struct locked_header));
    struct locked_header *header = map_pages(bytes);
    if (header != NULL) {
        header->capacity = bytes - sizeof(struct locked_header);
        header->size_class = OWN_MAPPING;
    }
    return header;
}

void *locked_alloc(size_t size)
{
    size_t size_class = find_class(size);
    (void)pthread_mutex_lock(&pool.mutex);
    struct locked_header *header = size_class < CLASS_COUNT ? alloc_small(size_class)
                                                            : alloc_large(size);
    (void)pthread_mutex_unlock(&pool.mutex);
    if (header == NULL) {
        err_note_no_memory();
        return NULL;
    }
    return header + 1;
}

void *locked_calloc(size_t count, size_t size)
{
    size_t bytes = 0;
    if (__builtin_mul_overflow(count, size, &bytes)) {
        return NULL;
    }
    void *block = locked_alloc(bytes);
    if (block != NULL) {
        memset(block, 0, bytes);
    }
    return block;
}

void *locked_realloc(void *block, size_t size)
{
    if (block == NULL) {
        return locked_alloc(size);
    }
    size_t old_capacity = ((struct locked_header *)block - 1)->capacity;
    if (size <= old_capacity) {
        return block;
    }
    void *moved = locked_alloc(size);
    if (moved != NULL) {
        memcpy(moved, block, old_capacity);
        locked_free(block);
    }
    return moved;
}

char *locked_strdup(const char *text)
{
    size_t bytes = strlen(text) + 1;
    char *copy = locked_alloc(bytes);
    if (copy != NULL) {
        memcpy(copy, text, bytes);
    }
    return copy;
}

void locked_free(void *block)
{
    if (block == NULL) {
        return;
    }
    struct locked_header *header = (struct locked_header *)block - 1;
    if (header->is_released) {
        return;
    }
    explicit_bzero(block, header->capacity);
    if (header->size_class == OWN_MAPPING) {
        (void)munmap(header, header->capacity + sizeof(*header));
        (void)pthread_mutex_lock(&pool.mutex);
        pool.lock_max = 0; /* there may be room for it now */
        (void)pthread_mutex_unlock(&pool.mutex);
        return;
    }
    (void)pthread_mutex_lock(&pool.mutex);
    struct free_block *released = block;
    released->next = pool.free_blocks[header->size_class];
    pool.free_blocks[header->size_class] = released;
    header->is_released = true;
    (void)pthread_mutex_unlock(&pool.mutex);
}
