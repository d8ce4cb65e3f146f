/* SPDX-License-Identifier: MIT */
#include "base/shown.h"

#include <stdbool.h>
#include <string.h>

#include "base/ascii.h"

static const char REST[] = "...";

static size_t length_before_equals(const char *word, size_t len)
{
    const char *equals = memchr(word, '=', len);
    return equals == NULL ? len : (size_t)(equals - word);
}

/* base64 is padded with '='. */
static bool ends_in_equals_only(const char *word, size_t len, size_t before)
{
    size_t at = before;
    while (at < len && word[at] == '=') {
        at++;
    }
    return before < len && at == len;
}

const char *shown_word(const char *word, size_t len, char out[static SHOWN_BYTES])
{
    size_t before = length_before_equals(word, len);
    size_t kept_max = SHOWN_BYTES - sizeof(REST) - 1; /* "=..." and its NUL fit behind it */
    size_t kept = ends_in_equals_only(word, len, before) ? 0 : before;
    bool is_cut = kept > kept_max || before < len;
    kept = kept > kept_max ? kept_max : kept;
    if (kept > 0) {
        memcpy(out, word, kept);
    }
    if (kept > 0 && kept == before && before < len) {
        out[kept++] = '=';
    }
    memcpy(out + kept, is_cut ? REST : "", is_cut ? sizeof(REST) : 1);
    return out;
}

const char *shown_name(const char *word, size_t len, char out[static SHOWN_BYTES])
{
    size_t before = length_before_equals(word, len);
    for (size_t i = 0; i < before; i++) {
        if (!ascii_is_alnum(word[i]) && (word[i] == '\0' || strchr("_-.*", word[i]) == NULL)) {
            memcpy(out, REST, sizeof(REST));
            return out;
        }
    }
    return shown_word(word, len, out);
}
