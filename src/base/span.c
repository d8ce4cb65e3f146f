/* SPDX-License-Identifier: MIT */
#include "base/span.h"

#include <string.h>

#include "base/ascii.h"

bool span_equals(struct span a, struct span b)
{
    return a.len == b.len && memcmp(a.bytes, b.bytes, a.len) == 0;
}

int span_compare(struct span a, struct span b)
{
    int order = memcmp(a.bytes, b.bytes, a.len < b.len ? a.len : b.len);
    return order != 0 ? order : (a.len > b.len) - (a.len < b.len);
}

bool span_is(struct span span, const char *word)
{
    return span.len == strlen(word) && memcmp(span.bytes, word, span.len) == 0;
}

bool span_starts_with(struct span span, const char *beginning)
{
    size_t len = strlen(beginning);
    return span.len >= len && memcmp(span.bytes, beginning, len) == 0;
}

struct span span_skip(struct span span, size_t len)
{
    return (struct span){ span.bytes + len, span.len - len };
}

struct span span_skip_blanks(struct span span)
{
    size_t len = 0;
    while (len < span.len && ascii_is_blank(span.bytes[len])) {
        len++;
    }
    return span_skip(span, len);
}

struct span span_skip_byte_order_mark(struct span span)
{
    static const char MARK[] = "\xef\xbb\xbf";
    return span_starts_with(span, MARK) ? span_skip(span, sizeof(MARK) - 1) : span;
}

struct span span_trim(struct span span)
{
    while (span.len > 0 && ascii_is_blank(span.bytes[span.len - 1])) {
        span.len--;
    }
    return span_skip_blanks(span);
}
