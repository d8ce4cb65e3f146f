/* SPDX-License-Identifier: MIT */
#include "migrate/inventory.h"

#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/ascii.h"
#include "base/span.h"

/* Whether both are the same text. Takes as long for those that differ at the beginning as at the end. */
static bool is_same_value(const struct secret *first, const struct secret *second)
{
    size_t len = secret_len(first);
    if (len != secret_len(second)) {
        return false;
    }
    unsigned difference = 0;
    for (size_t i = 0; i < len; i++) {
        difference |= (unsigned char)secret_expose(first)[i]
                ^ (unsigned char)secret_expose(second)[i];
    }
    return difference == 0;
}

/* How much care the kind asks for. */
static int weight_of(enum classify_kind kind)
{
    static const int weights[CLASSIFY_KINDS] = {
        [CLASSIFY_UNKNOWN] = 0,
        [CLASSIFY_CONFIG] = 1,
        [CLASSIFY_PUBLIC] = 2,
        [CLASSIFY_LIKELY] = 3,
        [CLASSIFY_SECRET] = 4,
    };
    return weights[kind];
}

/* Whether it is a secret of which each environment should have its own. */
static bool is_distinct_secret(const struct inventory_cell *cell)
{
    return cell->entry != NULL && cell->found.kind == CLASSIFY_SECRET
            && !secret_is_empty(&cell->entry->value)
            && (cell->found.notes & (CLASSIFY_PLACEHOLDER | CLASSIFY_REFERENCE)) == 0;
}

static void classify_cell(struct inventory_cell *cell)
{
    const struct classify_variable variable = {
        .name = cell->entry->name,
        .value = &cell->entry->value,
        .has_inner_hash = cell->entry->has_inner_hash,
    };
    cell->found = classify(&variable);
    cell->found.notes |= cell->entry->is_repeated ? INVENTORY_TWICE : 0;
}

/* Finds out which values are the same, and sets the spread. */
static void compare_cells(struct inventory_row *row, size_t file_count)
{
    const struct inventory_cell *first = NULL;
    bool is_one_value = true;
    for (size_t i = 0; i < file_count; i++) {
        struct inventory_cell *cell = &row->cells[i];
        cell->same_as = i;
        if (cell->entry == NULL) {
            continue;
        }
        first = first == NULL ? cell : first;
        is_one_value = is_one_value && is_same_value(&first->entry->value, &cell->entry->value);
        for (size_t other = 0; other < i && is_distinct_secret(cell) && cell->same_as == i;
                other++) {
            const struct inventory_cell *earlier = &row->cells[other];
            if (is_distinct_secret(earlier)
                    && is_same_value(&earlier->entry->value, &cell->entry->value)) {
                cell->same_as = other;
                row->spread = INVENTORY_SAME;
                row->notes |= INVENTORY_REUSED;
            }
        }
    }
    if (row->spread != INVENTORY_SAME && row->set_count > 1) {
        row->spread = is_one_value ? INVENTORY_SHARED : INVENTORY_SPECIFIC;
    }
}

static void complete_row(struct inventory_row *row, size_t file_count)
{
    bool is_first = true;
    for (size_t i = 0; i < file_count; i++) {
        struct inventory_cell *cell = &row->cells[i];
        if (cell->entry == NULL) {
            row->notes |= INVENTORY_MISSING;
            continue;
        }
        classify_cell(cell);
        row->notes |= cell->found.notes;
        row->set_count++;
        if (is_first || weight_of(cell->found.kind) > weight_of(row->kind)) {
            row->kind = cell->found.kind;
            row->why = cell->found.why;
        }
        is_first = false;
    }
    compare_cells(row, file_count);
}

/* ---- what values refer to ---- */

static int compare_name(const void *key, const void *item)
{
    const struct span *name = key;
    const struct inventory_row *row = item;
    int difference = strncmp(name->bytes, row->name, name->len);
    return difference != 0 ? difference : -(row->name[name->len] != '\0');
}

static bool add_reference(struct inventory *inventory,
        struct inventory_row *row,
        const struct inventory_row *other,
        struct err *reterr)
{
    size_t index = (size_t)(other - inventory->rows);
    for (size_t i = 0; i < row->expanded_len; i++) {
        if (row->expanded[i] == index) {
            return true;
        }
    }
    size_t *expanded = array_grow(
            row->expanded, row->expanded_len, &row->expanded_cap, sizeof(*expanded));
    if (expanded == NULL) {
        return err_set_no_memory(reterr);
    }
    row->expanded = expanded;
    size_t at = row->expanded_len++;
    for (; at > 0 && expanded[at - 1] > index; at--) {
        expanded[at] = expanded[at - 1];
    }
    expanded[at] = index;
    return true;
}

/* What follows a '$' may be a part of a secret: only names that a file sets are taken from it. */
static bool add_references(struct inventory *inventory,
        struct inventory_row *row,
        const struct secret *value,
        struct err *reterr)
{
    struct span text = { secret_expose(value), secret_len(value) };
    for (size_t i = 0; i < text.len; i++) {
        struct span name = span_skip(text, i + 1);
        if (text.bytes[i] != '$' || (i > 0 && text.bytes[i - 1] == '\\')) {
            continue;
        }
        name = span_starts_with(name, "{") ? span_skip(name, 1) : name;
        size_t len = 0;
        while (len < name.len && (ascii_is_alnum(name.bytes[len]) || name.bytes[len] == '_')) {
            len++;
        }
        name.len = len;
        struct inventory_row *other = len == 0
                ? NULL
                : bsearch(&name, inventory->rows, inventory->len, sizeof(*row), compare_name);
        if (other != NULL && !add_reference(inventory, row, other, reterr)) {
            return false;
        }
        if (other != NULL && other != row) {
            other->is_expanded = true;
        }
    }
    return true;
}

static bool find_references(struct inventory *inventory, struct err *reterr)
{
    for (size_t i = 0; i < inventory->len; i++) {
        struct inventory_row *row = &inventory->rows[i];
        for (size_t file = 0; file < inventory->file_count; file++) {
            const struct inventory_cell *cell = &row->cells[file];
            if (cell->entry != NULL && (cell->found.notes & CLASSIFY_EXPANDS) != 0
                    && !add_references(inventory, row, &cell->entry->value, reterr)) {
                return false;
            }
        }
    }
    return true;
}

/* ---- rows ---- */

static bool add_row(struct inventory *inventory, const char *name, struct err *reterr)
{
    struct inventory_row *rows = array_grow(
            inventory->rows, inventory->len, &inventory->cap, sizeof(*rows));
    if (rows == NULL) {
        return err_set_no_memory(reterr);
    }
    inventory->rows = rows;
    struct inventory_cell *cells = calloc(inventory->file_count, sizeof(*cells));
    if (cells == NULL) {
        return err_set_no_memory(reterr);
    }
    rows[inventory->len++] = (struct inventory_row){ .name = name, .cells = cells };
    return true;
}

/* The first name that no row has yet; NULL at the end. at: of each file how many entries have one. */
static const char *next_name(const struct inventory *inventory, const size_t *at)
{
    const char *name = NULL;
    for (size_t i = 0; i < inventory->file_count; i++) {
        const struct dotenv *dotenv = inventory->files[i].dotenv;
        if (at[i] < dotenv->len
                && (name == NULL || strcmp(dotenv->entries[at[i]].name, name) < 0)) {
            name = dotenv->entries[at[i]].name;
        }
    }
    return name;
}

/* All files are sorted by name. */
static bool add_rows(struct inventory *inventory, size_t *at, struct err *reterr)
{
    for (const char *name; (name = next_name(inventory, at)) != NULL;) {
        if (!add_row(inventory, name, reterr)) {
            return false;
        }
        struct inventory_row *row = &inventory->rows[inventory->len - 1];
        for (size_t i = 0; i < inventory->file_count; i++) {
            const struct dotenv *dotenv = inventory->files[i].dotenv;
            if (at[i] < dotenv->len && strcmp(dotenv->entries[at[i]].name, name) == 0) {
                row->cells[i].entry = &dotenv->entries[at[i]++];
            }
        }
        complete_row(row, inventory->file_count);
    }
    return true;
}

bool inventory_make(const struct env_file *files,
        size_t file_count,
        struct inventory *ret_inventory,
        struct err *reterr)
{
    CLEANUP(inventory_clear)
    struct inventory inventory = { .files = files, .file_count = file_count };
    size_t *at = calloc(file_count + 1, sizeof(*at));
    if (at == NULL) {
        return err_set_no_memory(reterr);
    }
    bool ok = add_rows(&inventory, at, reterr) && find_references(&inventory, reterr);
    free(at);
    if (!ok) {
        return false;
    }
    *ret_inventory = inventory;
    inventory = (struct inventory){ 0 };
    return true;
}

void inventory_clear(struct inventory *inventory)
{
    for (size_t i = 0; i < inventory->len; i++) {
        free(inventory->rows[i].cells);
        free(inventory->rows[i].expanded);
    }
    free(inventory->rows);
    *inventory = (struct inventory){ 0 };
}

const char *inventory_spread_word(enum inventory_spread spread)
{
    static const char *const words[] = {
        [INVENTORY_ALONE] = "-",
        [INVENTORY_SHARED] = "shared",
        [INVENTORY_SPECIFIC] = "specific",
        [INVENTORY_SAME] = "SAME",
    };
    return words[spread];
}
