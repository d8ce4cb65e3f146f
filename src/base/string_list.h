/* A list of strings. */
/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/attrs.h"
#include "base/error.h"

/* Owns its strings. Zero-initialise; release with string_list_clear. */
struct string_list {
    char **items;
    size_t len;
    size_t cap;
};

/* Appends a copy of text[0..len). ERR_SYSTEM. */
MUST_CHECK bool string_list_add(
        struct string_list *list, const char *text, size_t len, struct err *reterr);

bool string_list_contains(const struct string_list *list, const char *text);

/* Sorts by strcmp. */
void string_list_sort(struct string_list *list);

void string_list_clear(struct string_list *list);
