/* SPDX-License-Identifier: MIT */
#include "retire_list.h"

#include <stdlib.h>
#include <string.h>

#include "base/array.h"

static void clear_row(struct retire_row *row)
{
    free(row->file);
    free(row->variable);
    free(row->note);
    *row = (struct retire_row){ 0 };
}

void retire_list_clear(struct retire_list *list)
{
    for (size_t i = 0; i < list->len; i++) {
        clear_row(&list->rows[i]);
    }
    free(list->rows);
    *list = (struct retire_list){ 0 };
}

static bool copy(const char *text, char **ret_copy)
{
    *ret_copy = text == NULL ? NULL : strdup(text);
    return text == NULL || *ret_copy != NULL;
}

bool retire_list_add(
        struct retire_list *list, const struct retire_finding *finding, struct err *reterr)
{
    struct retire_row *rows = array_grow(list->rows, list->len, &list->cap, sizeof(*rows));
    if (rows == NULL) {
        return err_set_no_memory(reterr);
    }
    list->rows = rows;
    struct retire_row *added = &list->rows[list->len];
    *added = (struct retire_row){
        .check = finding->check, .order = finding->order, .line = finding->line
    };
    if (!copy(finding->file, &added->file) || !copy(finding->variable, &added->variable)
            || !copy(finding->note, &added->note)) {
        clear_row(added);
        return err_set_no_memory(reterr);
    }
    list->len++;
    return true;
}

static int compare_numbers(size_t a, size_t b)
{
    return a < b ? -1 : a > b ? 1 : 0;
}

static int compare_texts(const char *a, const char *b)
{
    return strcmp(a == NULL ? "" : a, b == NULL ? "" : b);
}

static int compare_rows(const void *left, const void *right)
{
    const struct retire_row *a = left;
    const struct retire_row *b = right;
    int order = compare_numbers(a->check, b->check);
    order = order != 0 ? order : a->order < b->order ? -1 : a->order > b->order ? 1 : 0;
    order = order != 0 ? order : compare_texts(a->file, b->file);
    order = order != 0 ? order : compare_numbers(a->line, b->line);
    order = order != 0 ? order : compare_texts(a->variable, b->variable);
    return order != 0 ? order : compare_texts(a->note, b->note);
}

void retire_list_sort(struct retire_list *list)
{
    if (list->len > 0) {
        qsort(list->rows, list->len, sizeof(list->rows[0]), compare_rows);
    }
}

size_t retire_list_count(const struct retire_list *list, enum retire_check check)
{
    size_t count = 0;
    for (size_t i = 0; i < list->len; i++) {
        count += list->rows[i].check == check ? 1 : 0;
    }
    return count;
}
