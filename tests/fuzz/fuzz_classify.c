/* Kinds of variables: every NAME=VALUE has a kind, a reason and notes that agree with each other. */
/* SPDX-License-Identifier: MIT */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz_input.h"
#include "migrate/classify.h"

/* The input is a name, a line end and a value. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const uint8_t *end = size > 0 ? memchr(data, '\n', size) : NULL;
    size_t name_len = end == NULL ? size : (size_t)(end - data);
    size_t value_at = end == NULL ? size : name_len + 1;
    char *name = fuzz_string_new(data, name_len);
    CLEANUP(fuzz_secret_free)
    struct secret value = fuzz_secret_new(data + value_at, size - value_at);

    struct classify_variable variable = { .name = name, .value = &value };
    struct classification got = classify(&variable);
    struct classification again = classify(&variable);
    assert(got.kind == again.kind && got.why == again.why && got.notes == again.notes);
    assert((got.kind == CLASSIFY_UNKNOWN) == (got.why == CLASSIFY_NO_REASON));
    assert(strlen(classify_kind_word(got.kind)) > 0 && strlen(classify_why_word(got.why)) > 0);
    assert(got.notes >> CLASSIFY_NOTE_COUNT == 0);
    assert(((got.notes & CLASSIFY_EMPTY) != 0) == (size == value_at));
    assert((got.notes & CLASSIFY_BIG) == 0 || (got.notes & CLASSIFY_IMPOSSIBLE) == 0);
    assert((got.notes & CLASSIFY_PUBLISHED) == 0 || got.kind == CLASSIFY_SECRET);
    assert((got.notes & CLASSIFY_EXPANDS) != 0 || name_len == 0
            || !classify_refers_to(&value, "HOME"));
    free(name);
    return 0;
}
