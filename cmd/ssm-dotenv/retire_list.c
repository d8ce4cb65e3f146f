/* SPDX-License-Identifier: MIT */
#include "retire_list.h"

#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "json/json_write.h"

enum column {
    CHECK,
    WHERE,
    NOTE,
    COLUMNS
};

static const struct columns_form form = {
    .count = COLUMNS,
    .heads = { "CHECK", "WHERE", "NOTE" },
    .cuts = { [WHERE] = COLUMNS_CUT_BEGINNING },
};

static const char *const words[RETIRE_CHECKS] = {
    [RETIRE_LOADS] = "loads",
    [RETIRE_TRACKED] = "tracked",
    [RETIRE_COMMIT] = "commit",
    [RETIRE_HISTORY] = "history",
    [RETIRE_GIT] = "git",
    [RETIRE_DOCKER] = "docker",
    [RETIRE_MODE] = "mode",
    [RETIRE_LINK] = "link",
    [RETIRE_COPY] = "copy",
    [RETIRE_VALUE] = "value",
    [RETIRE_ROTATE] = "rotate",
};

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

static void fill(struct columns_row *out, const struct retire_row *row)
{
    columns_row_reset(out);
    columns_put_word(out, CHECK, words[row->check]);
    /* "src/server.js:1", or the variable where it is about that alone. */
    columns_put_word(out, WHERE, row->file == NULL ? row->variable : row->file);
    if (row->line > 0) {
        text_append_format(&out->cells[WHERE], ":%zu", row->line);
    }
    columns_put(out, NOTE, row->note == NULL ? "" : row->note);
    out->colours[CHECK] = row->check == RETIRE_ROTATE ? "33" : "31";
}

void retire_list_write_table(
        const struct retire_list *list, const struct columns_terminal *terminal, struct text *out)
{
    struct columns columns = { .form = &form, .terminal = *terminal };
    CLEANUP(columns_row_clear) struct columns_row row;
    columns_row_init(&row);
    for (size_t i = 0; i < list->len; i++) {
        fill(&row, &list->rows[i]);
        columns_measure(&columns, &row);
    }
    columns_fit(&columns);
    columns_write_heads(&columns, out);
    for (size_t i = 0; i < list->len; i++) {
        fill(&row, &list->rows[i]);
        columns_write(&columns, &row, out);
    }
}

static void write_member(struct text *out, const char *name, const char *value)
{
    if (value != NULL) {
        text_append_format(out, ", \"%s\": ", name);
        json_write_string(out, value);
    }
}

void retire_list_write_json(const struct retire_list *list, struct text *out)
{
    text_append_string(out, "[");
    for (size_t i = 0; i < list->len; i++) {
        const struct retire_row *row = &list->rows[i];
        text_append_format(out, "%s\n  {\"check\": \"%s\"", i == 0 ? "" : ",", words[row->check]);
        write_member(out, "file", row->file);
        if (row->line > 0) {
            text_append_format(out, ", \"line\": %zu", row->line);
        }
        write_member(out, "variable", row->variable);
        write_member(out, "note", row->note);
        text_append_string(out, "}");
    }
    text_append_string(out, list->len == 0 ? "]" : "\n]");
}
