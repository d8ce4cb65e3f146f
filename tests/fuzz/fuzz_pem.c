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

static void search(const char *text,
        size_t len,
        const struct pem_index *index,
        const unsigned char *name,
        size_t name_len)
{
    struct pem_block block = { .len = 0 };
    size_t cursor = 0;
    const char *before = text;
    while (pem_find_subject(index, name, name_len, &cursor, &block)) {
        assert(cursor <= index->count && block.len > 0);
        assert(block.text >= before && block.text + block.len <= text + len);
        before = block.text + block.len;
    }
    assert(cursor == index->count);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = malloc(size); /* nothing behind it: the sanitizer watches its end */
    assert(text != NULL || size == 0);
    if (size > 0) {
        memcpy(text, data, size);
    }
    struct pem_index index = pem_index_make(text, size);
    search(text, size, &index, ONE, sizeof(ONE));
    search(text, size, &index, EMPTY, sizeof(EMPTY));
    pem_index_clear(&index);
    free(text);
    return 0;
}
