/* Uses, values and loaders in a text: what is found is there, and a whole word is always found. */
/* SPDX-License-Identifier: MIT */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/string_list.h"
#include "fuzz_input.h"
#include "migrate/loaders.h"
#include "migrate/needles.h"
#include "migrate/reads.h"
#include "migrate/usage.h"

static const char *const NAMES[] = { "A", "API_URL", "DB_PASSWORD", "APP_ID", "_X_",
    "Smtp__Password", "dbName" };

static const char VALUE[] = "hunter2hunter2";

static bool has_word(struct span text, const char *name)
{
    size_t len = strlen(name);
    for (size_t at = 0; at + len <= text.len; at++) {
        bool is_word = memcmp(text.bytes + at, name, len) == 0
                && (at == 0 || !reads_is_word_character(text.bytes[at - 1]))
                && (at + len == text.len || !reads_is_word_character(text.bytes[at + len]));
        if (is_word) {
            return true;
        }
    }
    return false;
}

static void check_names(const struct usage *usage, struct span text)
{
    bool has_nul = memchr(text.bytes, '\0', text.len < 8192 ? text.len : 8192) != NULL;
    bool is_wide = span_starts_with(text, "\xff\xfe") || span_starts_with(text, "\xfe\xff");
    for (size_t i = 0; i < sizeof(NAMES) / sizeof(NAMES[0]); i++) {
        struct usage_result got = usage_of(usage, NAMES[i]);
        bool is_there = has_word(text, NAMES[i]);
        assert(has_nul || is_wide || is_there == (got.verdict >= USAGE_MENTIONED));
        for (size_t j = 0; j < got.place_count; j++) {
            assert(got.places[j].line > 0 && got.places[j].line <= text.len + 1);
        }
    }
    for (size_t i = 0; i < usage_unset_count(usage); i++) {
        assert(is_wide || has_word(text, usage_unset_at(usage, i)->name));
        assert(i == 0
                || strcmp(usage_unset_at(usage, i - 1)->name, usage_unset_at(usage, i)->name) < 0);
    }
}

static void count(void *context, const struct needles_hit *hit)
{
    *(size_t *)context += !hit->is_base64;
}

static void check_values(struct span text)
{
    CLEANUP(secret_clear) struct secret value = SECRET_INIT(sizeof(VALUE));
    struct err err = { 0 };
    CLEANUP(needles_release) struct needles *needles = needles_new(&err);
    size_t hits = 0;
    secret_append_string(&value, VALUE);
    if (needles == NULL || !needles_add(needles, 0, &value, &err)) {
        return;
    }
    struct needles_piece piece = { .text = text, .line = 1 };
    needles_search(needles, &piece, count, &hits);
    assert((hits > 0) == (memmem(text.bytes, text.len, VALUE, strlen(VALUE)) != NULL));
}

static void check_loaders(const char *path, struct span text)
{
    CLEANUP(loaders_clear) struct loaders loaders = { 0 };
    struct err err = { 0 };
    assert(loaders_scan(&loaders, ".env.production", path, text, &err));
    for (size_t i = 0; i < loaders.len; i++) {
        assert(loaders.items[i].line > 0 && loaders.items[i].line <= text.len);
        assert(i == 0 || loaders.items[i].line > loaders.items[i - 1].line);
    }
}

/* The first byte says which language the rest is in. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const FILES[] = { "a.js", "a.sh", "A.java", "Dockerfile" };
    CLEANUP(string_list_clear) struct string_list names = { 0 };
    struct err err = { 0 };
    if (size == 0) {
        return 0;
    }
    /* A block of its size: AddressSanitizer watches its ends. */
    char *bytes = malloc(size > 1 ? size - 1 : 1);
    if (bytes == NULL) {
        return 0;
    }
    memcpy(bytes, data + 1, size - 1);
    struct span text = { bytes, size - 1 };
    for (size_t i = 0; i < sizeof(NAMES) / sizeof(NAMES[0]); i++) {
        assert(string_list_add(&names, NAMES[i], strlen(NAMES[i]), &err));
    }
    CLEANUP(usage_release) struct usage *usage = usage_new(&names, &err);
    assert(usage != NULL && usage_scan(usage, FILES[data[0] % 4], text, &err));
    check_names(usage, text);
    check_values(text);
    check_loaders(FILES[data[0] % 4], text);
    free(bytes);
    return 0;
}
