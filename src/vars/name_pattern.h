/* Patterns for variable names: a name, or the beginning of names followed by '*'. */
/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>
#include <stddef.h>

struct string_list;

/* Borrows the patterns. */
struct name_patterns {
    const char *const *items;
    size_t count;
};

#define NO_NAME_PATTERNS ((struct name_patterns){ 0 })

/* The patterns of an array. */
#define NAME_PATTERNS(array) ((struct name_patterns){ (array), sizeof(array) / sizeof((array)[0]) })

/* Borrows the list's strings. */
struct name_patterns name_patterns_of(const struct string_list *list);

/* Whether name[0..len) matches the pattern. */
bool name_pattern_matches(const char *pattern, const char *name, size_t len);

/* Whether any of the patterns matches. */
bool name_patterns_match(struct name_patterns patterns, const char *name, size_t len);
