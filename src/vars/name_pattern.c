/* SPDX-License-Identifier: MIT */
#include "vars/name_pattern.h"

#include <string.h>

#include "base/string_list.h"

struct name_patterns name_patterns_of(const struct string_list *list)
{
    return (struct name_patterns){ (const char *const *)list->items, list->len };
}

bool name_pattern_matches(const char *pattern, const char *name, size_t len)
{
    size_t pattern_len = strlen(pattern);
    if (pattern_len > 0 && pattern[pattern_len - 1] == '*') {
        return len >= pattern_len - 1 && memcmp(pattern, name, pattern_len - 1) == 0;
    }
    return len == pattern_len && memcmp(pattern, name, len) == 0;
}

bool name_patterns_match(struct name_patterns patterns, const char *name, size_t len)
{
    for (size_t i = 0; i < patterns.count; i++) {
        if (name_pattern_matches(patterns.items[i], name, len)) {
            return true;
        }
    }
    return false;
}
