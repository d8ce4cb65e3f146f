/*
 * The program's own allocations, locked memory and libcurl's among them, each of which may fail: linked
 * with --wrap for each of these functions.
 */
/* SPDX-License-Identifier: MIT */
#include <stddef.h>
#include <stdint.h>

#include "failing.h"

/* NOLINTBEGIN(bugprone-reserved-identifier): the linker's names */
void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_realloc(void *block, size_t size);
char *__real_strdup(const char *text);
char *__real_strndup(const char *text, size_t len);
void *__real_locked_alloc(size_t size);
void *__real_locked_calloc(size_t count, size_t size);
void *__real_locked_realloc(void *block, size_t size);
char *__real_locked_strdup(const char *text);

void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_realloc(void *block, size_t size);
char *__wrap_strdup(const char *text);
char *__wrap_strndup(const char *text, size_t len);
void *__wrap_locked_alloc(size_t size);
void *__wrap_locked_calloc(size_t count, size_t size);
void *__wrap_locked_realloc(void *block, size_t size);
char *__wrap_locked_strdup(const char *text);

void *__wrap_malloc(size_t size)
{
    return allocation_fails(__builtin_return_address(0)) ? NULL : __real_malloc(size);
}

void *__wrap_calloc(size_t count, size_t size)
{
    return allocation_fails(__builtin_return_address(0)) ? NULL : __real_calloc(count, size);
}

void *__wrap_realloc(void *block, size_t size)
{
    return allocation_fails(__builtin_return_address(0)) ? NULL : __real_realloc(block, size);
}

char *__wrap_strdup(const char *text)
{
    return allocation_fails(__builtin_return_address(0)) ? NULL : __real_strdup(text);
}

char *__wrap_strndup(const char *text, size_t len)
{
    return allocation_fails(__builtin_return_address(0)) ? NULL : __real_strndup(text, len);
}

/* These fail as they do when there is no memory: more than there can be is asked for. */
void *__wrap_locked_alloc(size_t size)
{
    return allocation_fails(__builtin_return_address(0)) ? __real_locked_alloc(SIZE_MAX)
                                                         : __real_locked_alloc(size);
}

void *__wrap_locked_calloc(size_t count, size_t size)
{
    return allocation_fails(__builtin_return_address(0)) ? __real_locked_calloc(1, SIZE_MAX)
                                                         : __real_locked_calloc(count, size);
}

void *__wrap_locked_realloc(void *block, size_t size)
{
    return allocation_fails(__builtin_return_address(0)) ? __real_locked_realloc(block, SIZE_MAX)
                                                         : __real_locked_realloc(block, size);
}

char *__wrap_locked_strdup(const char *text)
{
    return allocation_fails(__builtin_return_address(0)) ? __real_locked_alloc(SIZE_MAX)
                                                         : __real_locked_strdup(text);
}

/* NOLINTEND(bugprone-reserved-identifier) */
