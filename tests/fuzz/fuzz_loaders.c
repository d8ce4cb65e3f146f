/* What loads an env file, and ignore files: a line that names the path decides about it. */
/* SPDX-License-Identifier: MIT */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/ascii.h"
#include "base/text.h"
#include "fuzz_input.h"
#include "migrate/ignore.h"
#include "migrate/loaders.h"

enum {
    TEXT_MAX_BYTES = 1 << 24,
    PATH_MAX_BYTES = 512
};

static void check_loaders(const char *env_file, const char *path, struct span text)
{
    CLEANUP(loaders_clear) struct loaders loaders = { 0 };
    struct err err = { 0 };
    assert(loaders_scan(&loaders, env_file, path, text, &err));
    assert(loaders.len <= LOADERS_MAX);
    for (size_t i = 0; i < loaders.len; i++) {
        const struct loader *loader = &loaders.items[i];
        assert(loader->line > 0 && loader->line <= text.len);
        assert(strcmp(loader->path, path) == 0 && strlen(loader_words(loader->kind)) > 0);
        assert(i == 0 || loader->line > loaders.items[i - 1].line);
    }
}

/* Whether it means itself as a pattern. */
static bool is_plain(const char *path)
{
    size_t len = strspn(path, ASCII_ALNUM "._-/");
    bool is_relative = ascii_is_alnum(path[0]) || (path[0] == '.' && ascii_is_alnum(path[1]));
    return path[len] == '\0' && len > 0 && len < PATH_MAX_BYTES && is_relative
            && path[len - 1] != '/';
}

static void check_last_line(struct span text, const char *before, const char *path, bool is_ignored)
{
    CLEANUP(text_clear) struct text longer = TEXT_INIT(TEXT_MAX_BYTES);
    text_append(&longer, text.bytes, text.len);
    text_append_string(&longer, before);
    text_append_string(&longer, path);
    struct span whole = { longer.bytes, longer.len };
    assert(ignore_has(whole, path, true) == is_ignored);
    assert(ignore_has(whole, path, false) == is_ignored);
}

static void check_ignore(const char *path, struct span text)
{
    struct span none = { text.bytes, 0 };
    (void)ignore_has(text, path, true);
    (void)ignore_has(text, path, false);
    assert(!ignore_has(none, path, true) && !ignore_has(none, path, false));
    if (is_plain(path)) {
        check_last_line(text, "\n/", path, true);
        check_last_line(text, "\n!/", path, false);
    }
}

/* The input is the path of the file that is looked through, the env file's, and the text, with line ends between. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const uint8_t *end = size > 0 ? memchr(data, '\n', size) : NULL;
    const uint8_t *second = end == NULL ? NULL : end + 1;
    size_t left = end == NULL ? 0 : size - (size_t)(second - data);
    const uint8_t *second_end = left > 0 ? memchr(second, '\n', left) : NULL;
    if (second_end == NULL) {
        return 0;
    }
    char *path = fuzz_string_new(data, (size_t)(end - data));
    char *env_file = fuzz_string_new(second, (size_t)(second_end - second));
    size_t text_len = left - (size_t)(second_end + 1 - second);
    CLEANUP(fuzz_secret_free) struct secret text = fuzz_secret_new(second_end + 1, text_len);
    struct span span = { secret_expose(&text), text_len };
    if (path[0] != '\0' && env_file[0] != '\0') {
        check_loaders(env_file, path, span);
        check_ignore(env_file, span);
    }
    free(path);
    free(env_file);
    return 0;
}
