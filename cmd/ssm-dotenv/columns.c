/* SPDX-License-Identifier: MIT */
#include "columns.h"

#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/printable.h"
#include "base/utf8.h"

enum {
    CELL_MAX_BYTES = 1024 * 1024,
    LAST_MIN_COLUMNS = 24, /* where there are fewer, sentences stand on lines of their own */
    INDENT_COLUMNS = 4,
    CUT_MIN_COLUMNS = 16,      /* names and places are not cut to less */
    TERMINAL_MIN_COLUMNS = 20, /* what is narrower says nothing about where to break lines */
};

struct columns_terminal columns_terminal_of(const struct environment *environment)
{
    struct winsize size = { 0 };
    const char *terminal = environment_get(environment, "TERM");
    if (isatty(STDOUT_FILENO) != 1) {
        return (struct columns_terminal){ 0 };
    }
    return (struct columns_terminal){
        .has_colour = environment_get(environment, "NO_COLOR") == NULL && terminal != NULL
                && strcmp(terminal, "dumb") != 0,
        .width = ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col >= TERMINAL_MIN_COLUMNS
                ? size.ws_col
                : 0,
    };
}

void columns_row_init(struct columns_row *row)
{
    *row = (struct columns_row){ 0 };
    for (size_t i = 0; i < COLUMNS_MAX; i++) {
        row->cells[i] = TEXT_INIT(CELL_MAX_BYTES);
    }
}

void columns_row_clear(struct columns_row *row)
{
    for (size_t i = 0; i < COLUMNS_MAX; i++) {
        text_clear(&row->cells[i]);
    }
}

void columns_row_reset(struct columns_row *row)
{
    for (size_t i = 0; i < COLUMNS_MAX; i++) {
        text_reset(&row->cells[i]);
        row->colours[i] = NULL;
    }
}

void columns_put(struct columns_row *row, size_t column, const char *sentence)
{
    printable_append(&row->cells[column], sentence, strlen(sentence), PRINTABLE_LINE);
}

void columns_put_word(struct columns_row *row, size_t column, const char *word)
{
    printable_append(&row->cells[column], word, strlen(word), PRINTABLE_WORD);
}

void columns_put_text(struct columns_row *row, size_t column, const struct text *sentence)
{
    columns_put(row, column, text_string(sentence));
    if (sentence->state != TEXT_OK) {
        row->cells[column].state = sentence->state;
    }
}

static size_t last_of(const struct columns *columns)
{
    return columns->form->count - 1;
}

static size_t width_of(const struct text *text)
{
    return utf8_count(text_string(text), text->len);
}

static void widen(size_t *width, size_t least)
{
    *width = *width < least ? least : *width;
}

void columns_measure(struct columns *columns, const struct columns_row *row)
{
    for (size_t i = 0; i < last_of(columns); i++) {
        widen(&columns->widths[i], width_of(&row->cells[i]));
    }
}

/* Where the last column begins. */
static size_t last_column(const struct columns *columns)
{
    size_t column = 0;
    for (size_t i = 0; i < last_of(columns); i++) {
        column += columns->widths[i] + 2;
    }
    return column;
}

/* The widest of those that may be cut; the last column if there is none. */
static size_t widest(const struct columns *columns)
{
    size_t found = last_of(columns);
    for (size_t i = 0; i < last_of(columns); i++) {
        bool may_be_cut = columns->form->cuts[i] != COLUMNS_WHOLE
                && columns->widths[i] > CUT_MIN_COLUMNS;
        if (may_be_cut
                && (found == last_of(columns) || columns->widths[i] > columns->widths[found])) {
            found = i;
        }
    }
    return found;
}

void columns_fit(struct columns *columns)
{
    for (size_t i = 0; i < last_of(columns); i++) {
        const char *head = columns->form->heads[i];
        widen(&columns->widths[i], head == NULL ? 0 : strlen(head));
    }
    size_t most = columns->terminal.width;
    while (most > 0 && last_column(columns) > most + 2 && !columns->is_stacked) {
        size_t column = widest(columns);
        if (column == last_of(columns)) {
            columns->is_stacked = true;
        } else {
            columns->widths[column]--;
        }
    }
}

static void append_cut(
        struct text *out, const struct text *cell, size_t width, enum columns_cut cut)
{
    size_t columns = width_of(cell);
    if (columns <= width) {
        text_append_string(out, text_string(cell));
        return;
    }
    /* printable_append leaves UTF-8: bytes from 0x80 to 0xbf continue a character. */
    bool is_end_kept = cut == COLUMNS_CUT_BEGINNING;
    size_t kept = width - 3;
    size_t skipped = is_end_kept ? columns - kept : 0;
    text_append_string(out, is_end_kept ? "..." : "");
    for (size_t i = 0, at = 0; i < cell->len; i++) {
        at += i > 0 && ((unsigned char)cell->bytes[i] & 0xc0) != 0x80 ? 1 : 0;
        if (at >= skipped && at < skipped + kept) {
            text_append_char(out, cell->bytes[i]);
        }
    }
    text_append_string(out, is_end_kept ? "" : "...");
}

/* Returns how many columns it takes. */
static size_t append_cell(const struct columns *columns,
        const struct columns_row *row,
        size_t column,
        size_t width,
        struct text *out)
{
    const struct text *cell = &row->cells[column];
    const char *colour = columns->terminal.has_colour ? row->colours[column] : NULL;
    if (colour != NULL) {
        text_append_format(out, "\033[%sm", colour);
    }
    append_cut(out, cell, width, columns->form->cuts[column]);
    text_append_string(out, colour != NULL ? "\033[0m" : "");
    return width_of(cell) < width ? width_of(cell) : width;
}

static void append_side_by_side(
        const struct columns *columns, const struct columns_row *row, struct text *out)
{
    for (size_t i = 0; i < last_of(columns); i++) {
        size_t width = columns->widths[i];
        size_t taken = append_cell(columns, row, i, width, out);
        text_append_format(out, "%*s  ", (int)(width - taken), "");
    }
}

/* The first cell, and below it the others, on as many lines as they take. */
static void append_stacked(
        const struct columns *columns, const struct columns_row *row, struct text *out)
{
    size_t most = columns->terminal.width;
    size_t column = most;
    (void)append_cell(columns, row, 0, most, out);
    for (size_t i = 1; i < last_of(columns); i++) {
        if (column + 2 + width_of(&row->cells[i]) > most) {
            text_append_format(out, "\n%*s", INDENT_COLUMNS, "");
            column = INDENT_COLUMNS;
        } else {
            text_append_string(out, "  ");
            column += 2;
        }
        column += append_cell(columns, row, i, most - INDENT_COLUMNS, out);
    }
}

static void drop_blanks(struct text *out)
{
    while (out->state == TEXT_OK && out->len > 0 && out->bytes[out->len - 1] == ' ') {
        out->len--;
    }
}

/* Between words, and below the first line's beginning; a long word may pass the edge. */
static void append_wrapped(
        const struct columns *columns, const struct text *sentence, struct text *out)
{
    size_t from = last_column(columns);
    size_t most = columns->terminal.width;
    size_t column = from;
    if (most == 0) {
        text_append(out, text_string(sentence), sentence->len);
        return;
    }
    if (from + LAST_MIN_COLUMNS > most && sentence->len > 0) {
        from = INDENT_COLUMNS;
        drop_blanks(out);
        text_append_format(out, "\n%*s", (int)from, "");
        column = from;
    }
    for (const char *word = text_string(sentence); *word != '\0';) {
        size_t len = strcspn(word, " ");
        size_t width = utf8_count(word, len);
        bool is_first = column == from;
        if (!is_first && column + 1 + width > most) {
            text_append_format(out, "\n%*s", (int)from, "");
            column = from;
            is_first = true;
        }
        text_append_string(out, is_first ? "" : " ");
        text_append(out, word, len);
        column += width + (is_first ? 0 : 1);
        word += len + strspn(word + len, " ");
    }
}

void columns_write(const struct columns *columns, const struct columns_row *row, struct text *out)
{
    if (columns->is_stacked) {
        append_stacked(columns, row, out);
    } else {
        append_side_by_side(columns, row, out);
    }
    append_wrapped(columns, &row->cells[last_of(columns)], out);
    for (size_t i = 0; i < columns->form->count; i++) {
        if (row->cells[i].state != TEXT_OK) {
            out->state = row->cells[i].state;
        }
    }
    drop_blanks(out);
    text_append_string(out, "\n");
}

void columns_write_heads(const struct columns *columns, struct text *out)
{
    CLEANUP(columns_row_clear) struct columns_row row;
    columns_row_init(&row);
    for (size_t i = 0; i < columns->form->count; i++) {
        columns_put(&row, i, columns->form->heads[i]);
        row.colours[i] = "1";
    }
    columns_write(columns, &row, out);
}

void columns_write_all(struct columns *columns,
        const void *subject,
        size_t count,
        columns_fill *fill,
        struct text *out)
{
    CLEANUP(columns_row_clear) struct columns_row row;
    columns_row_init(&row);
    for (size_t i = 0; i < count; i++) {
        columns_row_reset(&row);
        fill(&row, subject, i);
        columns_measure(columns, &row);
    }
    columns_fit(columns);
    if (columns->form->heads[0] != NULL) {
        columns_write_heads(columns, out);
    }
    for (size_t i = 0; i < count; i++) {
        columns_row_reset(&row);
        fill(&row, subject, i);
        columns_write(columns, &row, out);
    }
}
