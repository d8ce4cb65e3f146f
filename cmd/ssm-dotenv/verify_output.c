/* SPDX-License-Identifier: MIT */
#include "verify_output.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/printable.h"
#include "base/utf8.h"
#include "json/json_write.h"

enum {
    CELL_MAX_BYTES = 16 * 1024,
    VERSION_BYTES = 24,
};

enum {
    COLUMN_STATE,
    COLUMN_VARIABLE,
    COLUMN_PARAMETER,
    COLUMN_TYPE,
    COLUMN_VERSION,
    COLUMNS
};

static const char *const heads[COLUMNS] = { "STATE", "VARIABLE", "PARAMETER", "TYPE", "VERSION" };

static const char *or_dash(const char *cell)
{
    return cell == NULL ? "-" : cell;
}

static void fill_cells(const struct compare_row *row,
        char version[static VERSION_BYTES],
        const char *ret_cells[static COLUMNS])
{
    (void)snprintf(version, VERSION_BYTES, "%" PRId64, row->version);
    ret_cells[COLUMN_STATE] = compare_state_word(row->state);
    ret_cells[COLUMN_VARIABLE] = or_dash(row->variable);
    ret_cells[COLUMN_PARAMETER] = or_dash(row->parameter);
    ret_cells[COLUMN_TYPE] = or_dash(row->type);
    ret_cells[COLUMN_VERSION] = row->version == 0 ? "-" : version;
}

static size_t shown_width(const char *cell)
{
    CLEANUP(text_clear) struct text shown = TEXT_INIT(CELL_MAX_BYTES);
    printable_append(&shown, cell, strlen(cell), PRINTABLE_WORD);
    return utf8_count(text_string(&shown), shown.len);
}

static void measure(const struct compare_rows *rows, size_t widths[static COLUMNS])
{
    for (size_t i = 0; i < COLUMNS; i++) {
        widths[i] = strlen(heads[i]);
    }
    for (size_t i = 0; i < rows->len; i++) {
        char version[VERSION_BYTES];
        const char *cells[COLUMNS];
        fill_cells(&rows->items[i], version, cells);
        for (size_t column = 0; column < COLUMNS; column++) {
            size_t width = shown_width(cells[column]);
            widths[column] = width > widths[column] ? width : widths[column];
        }
    }
}

static void write_row(const char *const cells[static COLUMNS],
        const size_t widths[static COLUMNS],
        const char *note,
        struct text *out)
{
    for (size_t i = 0; i < COLUMNS; i++) {
        size_t width = shown_width(cells[i]);
        printable_append(out, cells[i], strlen(cells[i]), PRINTABLE_WORD);
        text_append_format(out, "%*s  ", (int)(width < widths[i] ? widths[i] - width : 0), "");
    }
    printable_append(out, note, strlen(note), PRINTABLE_LINE);
    while (out->state == TEXT_OK && out->bytes[out->len - 1] == ' ') {
        out->len--;
    }
    text_append_string(out, "\n");
}

void verify_write_table(const struct compare_rows *rows, struct text *out)
{
    size_t widths[COLUMNS];
    measure(rows, widths);
    write_row(heads, widths, "NOTE", out);
    for (size_t i = 0; i < rows->len; i++) {
        const struct compare_row *row = &rows->items[i];
        char version[VERSION_BYTES];
        const char *cells[COLUMNS];
        fill_cells(row, version, cells);
        write_row(cells, widths, row->note == NULL ? "" : row->note, out);
    }
}

static void write_member(struct text *out, const char *name, const char *value)
{
    text_append_format(out, ", \"%s\": ", name);
    if (value == NULL) {
        text_append_string(out, "null");
    } else {
        json_write_string(out, value);
    }
}

void verify_write_json_rows(const struct compare_rows *rows, struct text *out)
{
    text_append_string(out, "\"rows\": [");
    for (size_t i = 0; i < rows->len; i++) {
        const struct compare_row *row = &rows->items[i];
        text_append_format(
                out, "%s\n  {\"state\": \"%s\"", i == 0 ? "" : ",", compare_state_word(row->state));
        write_member(out, "variable", row->variable);
        write_member(out, "parameter", row->parameter);
        write_member(out, "type", row->type);
        if (row->version > 0) {
            text_append_format(out, ", \"version\": %" PRId64, row->version);
        }
        write_member(out, "note", row->note);
        text_append_string(out, "}");
    }
    text_append_string(out, rows->len == 0 ? "]" : "\n]");
}

void verify_write_json(const struct compare_rows *rows, struct text *out)
{
    text_append_string(out, "{");
    verify_write_json_rows(rows, out);
    text_append_string(out, "}\n");
}
