/* SPDX-License-Identifier: MIT */
#include "base/shown.h"

#include <stdbool.h>
#include <string.h>

#include "base/ascii.h"

static const char ELLIPSIS[] = "...";

static size_t length_before_equals(const char *word, size_t len)
{
    const char *equals = memchr(word, '=', len);
    return equals == NULL ? len : (size_t)(equals - word);
}

/* base64 is padded with '='. */
static bool has_equals_only_at_end(const char *word, size_t len, size_t before)
{
    size_t at = before;
    while (at < len && word[at] == '=') {
        at++;
    }
    return before < len && at == len;
}

/* Up to and including what a secret may follow: '=', "://", the ':' of "user:password@"; or all of it. */
static size_t length_before_secret(const char *word, size_t len)
{
    static const char AUTHORITY[] = "://";
    size_t before = length_before_equals(word, len);
    size_t kept = before == 0 && len > 0 ? 0 : before < len ? before + 1 : len;
    const char *authority = memmem(word, kept, AUTHORITY, sizeof(AUTHORITY) - 1);
    if (authority != NULL) {
        return (size_t)(authority - word) + sizeof(AUTHORITY) - 1;
    }
    const char *at = memrchr(word, '@', len);
    const char *colon = memchr(word, ':', kept);
    return at != NULL && colon != NULL && colon < at ? (size_t)(colon - word) + 1 : kept;
}

const char *shown_word(const char *word, size_t len, char out[static SHOWN_BYTES])
{
    size_t kept_max = SHOWN_BYTES - sizeof(ELLIPSIS);
    size_t kept = has_equals_only_at_end(word, len, length_before_equals(word, len))
            ? 0
            : length_before_secret(word, len);
    kept = kept > kept_max ? kept_max : kept;
    if (kept > 0) {
        memcpy(out, word, kept);
    }
    memcpy(out + kept, kept < len ? ELLIPSIS : "", kept < len ? sizeof(ELLIPSIS) : 1);
    return out;
}

const char *shown_name(const char *word, size_t len, char out[static SHOWN_BYTES])
{
    size_t before = length_before_equals(word, len);
    for (size_t i = 0; i < before; i++) {
        if (!ascii_is_alnum(word[i]) && (word[i] == '\0' || strchr("_-.*", word[i]) == NULL)) {
            memcpy(out, ELLIPSIS, sizeof(ELLIPSIS));
            return out;
        }
    }
    return shown_word(word, len, out);
}
