/* SPDX-License-Identifier: MIT */
#include "vars/name_pattern.h"

#include <string.h>

bool name_pattern_matches(const char *pattern, const char *name, size_t len)
{
    size_t pattern_len = strlen(pattern);
    if (pattern_len > 0 && pattern[pattern_len - 1] == '*') {
        return len >= pattern_len - 1 && memcmp(pattern, name, pattern_len - 1) == 0;
    }
    return len == pattern_len && memcmp(pattern, name, len) == 0;
}

bool name_pattern_any(const char *const patterns[], size_t count, const char *name, size_t len)
{
    for (size_t i = 0; i < count; i++) {
        if (name_pattern_matches(patterns[i], name, len)) {
            return true;
        }
    }
    return false;
}
