/* PEM: whatever is searched, it ends, and what is found lies within its bounds. */
/* SPDX-License-Identifier: MIT */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz_input.h"
#include "http/pem.h"

/* CN=One, which the corpus has, or an empty name, which any nonsense may have. */
static const unsigned char ONE[] = { 0x30, 0x0e, 0x31, 0x0c, 0x30, 0x0a, 0x06, 0x03, 0x55, 0x04,
    0x03, 0x0c, 0x03, 'O', 'n', 'e' };
static const unsigned char EMPTY[] = { 0x30, 0x00 };

static void search(const char *text, size_t len, const unsigned char *name, size_t name_len)
{
    struct pem_block block = { .len = 0 };
    size_t cursor = 0;
    size_t before = 0;
    while (pem_find_subject(text, len, name, name_len, &cursor, &block)) {
        assert(cursor > before && cursor <= len);
        assert(block.text >= text + before && block.text + block.len == text + cursor);
        before = cursor;
    }
    assert(cursor == len);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = malloc(size); /* nothing behind it: the sanitizer watches its end */
    assert(text != NULL || size == 0);
    if (size > 0) {
        memcpy(text, data, size);
    }
    search(text, size, ONE, sizeof(ONE));
    search(text, size, EMPTY, sizeof(EMPTY));
    free(text);
    return 0;
}
