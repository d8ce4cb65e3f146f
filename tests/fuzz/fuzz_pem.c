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

static void read_entry(const struct pem_entry *entry)
{
    size_t len = pem_der_len(entry);
    assert(len > 0);
    unsigned char *der = malloc(len);
    assert(der != NULL);
    pem_der_copy(entry, der);
    assert(der[0] == 0x30);
    free(der);
}

static void search(const struct pem_index *index, const unsigned char *name, size_t name_len)
{
    size_t cursor = 0;
    const struct pem_entry *entry = pem_find_subject(index, name, name_len, &cursor);
    for (; entry != NULL; entry = pem_find_subject(index, name, name_len, &cursor)) {
        assert(cursor <= index->count);
        read_entry(entry);
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
    assert(index.count <= index.certificates && (index.fault == NULL) == (index.fault_line == 0));
    for (size_t i = 0; i < index.count; i++) {
        read_entry(pem_at(&index, i));
    }
    search(&index, ONE, sizeof(ONE));
    search(&index, EMPTY, sizeof(EMPTY));
    pem_index_clear(&index);
    free(text);
    return 0;
}
