/* SPDX-License-Identifier: MIT */
#include "base/string_list.h"

#include <stdlib.h>
#include <string.h>

#include "base/array.h"

bool string_list_add(struct string_list *list, const char *text, size_t len, struct err *reterr)
{
    char **items = array_grow((void *)list->items, list->len, &list->cap, sizeof(*items));
    if (items == NULL) {
        return err_set_no_memory(reterr);
    }
    list->items = items;
    items[list->len] = strndup(text, len);
    if (items[list->len] == NULL) {
        return err_set_no_memory(reterr);
    }
    list->len++;
    return true;
}

bool string_list_contains(const struct string_list *list, const char *text)
{
    for (size_t i = 0; i < list->len; i++) {
        if (strcmp(list->items[i], text) == 0) {
            return true;
        }
    }
    return false;
}

static int compare_strings(const void *a, const void *b)
{
    const char *const *left = a;
    const char *const *right = b;
    return strcmp(*left, *right);
}

void string_list_sort(struct string_list *list)
{
    if (list->len > 0) {
        qsort((void *)list->items, list->len, sizeof(*list->items), compare_strings);
    }
}

void string_list_clear(struct string_list *list)
{
    for (size_t i = 0; i < list->len; i++) {
        free(list->items[i]);
    }
    free((void *)list->items);
    *list = (struct string_list){ 0 };
}
