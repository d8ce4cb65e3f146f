/* SPDX-License-Identifier: MIT */
#include "fuzz_input.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

static char *copy(const uint8_t *data, size_t size)
{
    char *bytes = malloc(size + 1);
    assert(bytes != NULL);
    if (size > 0) {
        memcpy(bytes, data, size);
    }
    bytes[size] = '\0';
    return bytes;
}

struct secret fuzz_secret_new(const uint8_t *data, size_t size)
{
    return (struct secret){
        .bytes_ = copy(data, size), .len_ = size, .cap_ = size, .max_bytes_ = size
    };
}

void fuzz_secret_free(struct secret *secret)
{
    free(secret->bytes_);
    secret->bytes_ = NULL;
}

char *fuzz_string_new(const uint8_t *data, size_t size)
{
    return copy(data, size);
}

struct err_list *fuzz_problems(void)
{
    static struct err_list problems;
    problems.len = 0;
    problems.unlisted = 0;
    return &problems;
}
