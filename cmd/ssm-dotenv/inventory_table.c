/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include "base/printable.h"
#include "base/utf8.h"
#include "inventory_print.h"
#include "migrate/inventory_note.h"
#include "output.h"

enum {
    OUTPUT_MAX_BYTES = 64 * 1024 * 1024,
    OUTPUT_PIECE_BYTES = 64 * 1024,
    CELL_MAX_BYTES = 1024 * 1024,
    NOTE_MIN_COLUMNS =
            24, /* on a terminal too narrow for more, notes stand on lines of their own */
    INDENT_COLUMNS = 4,
    CUT_MIN_COLUMNS = 16,      /* names and places are not cut to less */
    TERMINAL_MIN_COLUMNS = 20, /* what is narrower says nothing about where to break lines */
};

enum column {
    VARIABLE,
    KIND,
    WHY,
    FILES,
    SPREAD,
    USED,
    NOTE,
    COLUMNS
};

/* SGR parameters; NULL: none */
struct row {
    struct text cells[COLUMNS];
    const char *colours[COLUMNS];
};

struct table {
    const struct inventory_facts *facts;
    const struct inventory_layout *layout;
    size_t widths[COLUMNS];
    bool is_stacked; /* a row has several lines: the terminal has no room for its columns */
    struct text out;
};

static void init_row(struct row *row)
{
    *row = (struct row){ 0 };
    for (size_t i = 0; i < COLUMNS; i++) {
        row->cells[i] = TEXT_INIT(CELL_MAX_BYTES);
    }
}

static void clear_row(struct row *row)
{
    for (size_t i = 0; i < COLUMNS; i++) {
        text_clear(&row->cells[i]);
    }
}

static void put(struct row *row, enum column column, const char *word)
{
    printable_append(&row->cells[column], word, strlen(word),
            column == NOTE ? PRINTABLE_LINE : PRINTABLE_WORD);
}

/* ---- what the cells have ---- */

static void put_place(struct row *row, const struct usage_place *place)
{
    put(row, USED, inventory_scan_path(place->file));
    text_append_format(&row->cells[USED], ":%zu", place->line);
}

/* The first place of the verdict, in a program before one in an env file. */
static const struct usage_place *find_place(const struct usage_result *use)
{
    const struct usage_place *found = NULL;
    for (size_t i = 0; i < use->place_count; i++) {
        const struct usage_place *place = &use->places[i];
        if (place->how == use->verdict && !usage_is_env_file(place->file)) {
            return place;
        }
        found = found == NULL || (found->how != use->verdict && place->how == use->verdict) ? place
                                                                                            : found;
    }
    return found;
}

static void put_use(
        struct row *row, const struct inventory_facts *facts, const struct inventory_row *variable)
{
    if (facts->scan == NULL) {
        put(row, USED, "-");
        return;
    }
    struct usage_result use = inventory_scan_use(facts->scan, variable);
    if (use.verdict != USAGE_READ) {
        text_append_string(&row->cells[USED], usage_word(use.verdict));
        text_append_string(&row->cells[USED], use.place_count > 0 ? " " : "");
    }
    const struct usage_place *place = find_place(&use);
    if (place != NULL) {
        put_place(row, place);
    }
    row->colours[USED] = use.verdict == USAGE_NOT_FOUND ? "33" : NULL;
}

static void begin_note(struct row *row)
{
    text_append_string(&row->cells[NOTE], row->cells[NOTE].len == 0 ? "" : "; ");
}

static void put_notes(
        struct row *row, const struct inventory_facts *facts, const struct inventory_row *variable)
{
    CLEANUP(text_clear) struct text note = TEXT_INIT(CELL_MAX_BYTES);
    for (unsigned i = 0; i < INVENTORY_NOTE_COUNT; i++) {
        if ((variable->notes & (1U << i)) != 0) {
            text_reset(&note);
            inventory_note_write(facts->inventory, variable, 1U << i, &note);
            begin_note(row);
            put(row, NOTE, text_string(&note));
        }
    }
    if (facts->scan != NULL
            && inventory_scan_use(facts->scan, variable).verdict == USAGE_NOT_FOUND) {
        begin_note(row);
        put(row, NOTE, "legacy?");
    }
}

static const char *colour_of(enum classify_kind kind)
{
    static const char *const colours[CLASSIFY_KINDS] = {
        [CLASSIFY_SECRET] = "31", [CLASSIFY_LIKELY] = "33", [CLASSIFY_PUBLIC] = "36"
    };
    return colours[kind];
}

static void fill_variable(
        struct row *row, const struct inventory_facts *facts, const struct inventory_row *variable)
{
    put(row, VARIABLE, variable->name);
    put(row, KIND, classify_kind_word(variable->kind));
    put(row, WHY, classify_why_word(variable->why));
    text_append_format(
            &row->cells[FILES], "%zu of %zu", variable->set_count, facts->inventory->file_count);
    put(row, SPREAD, inventory_spread_word(variable->spread));
    put_use(row, facts, variable);
    put_notes(row, facts, variable);
    row->colours[KIND] = colour_of(variable->kind);
    row->colours[SPREAD] = variable->spread == INVENTORY_SAME ? "31" : NULL;
}

static void fill_unset(
        struct row *row, const struct inventory_facts *facts, const struct usage_unset *unset)
{
    put(row, VARIABLE, unset->name);
    put(row, KIND, "-");
    put(row, WHY, "-");
    text_append_format(&row->cells[FILES], "0 of %zu", facts->inventory->file_count);
    put(row, SPREAD, "-");
    put_place(row, &unset->places.items[0]);
    put(row, NOTE, "read by the code, set nowhere");
}

static void fill_heads(struct row *row)
{
    static const char *const heads[COLUMNS] = { "VARIABLE", "KIND", "WHY", "FILES", "SPREAD",
        "USED", "NOTE" };
    for (size_t i = 0; i < COLUMNS; i++) {
        text_append_string(&row->cells[i], heads[i]);
        row->colours[i] = "1";
    }
}

/* ---- how they are laid out ---- */

static size_t columns_of(const struct text *text)
{
    return utf8_count(text_string(text), text->len);
}

static void widen(struct table *table, const struct row *row)
{
    for (size_t i = 0; i < NOTE; i++) {
        size_t columns = columns_of(&row->cells[i]);
        table->widths[i] = columns > table->widths[i] ? columns : table->widths[i];
    }
}

/* Where the notes begin. */
static size_t note_column(const struct table *table)
{
    size_t column = 0;
    for (size_t i = 0; i < NOTE; i++) {
        column += table->widths[i] + 2;
    }
    return column;
}

/* The width of the terminal; 0: there is none. */
static size_t edge(const struct table *table)
{
    size_t columns = table->layout->columns;
    return columns < TERMINAL_MIN_COLUMNS ? 0 : columns;
}

/* Makes what is longest as much smaller as the terminal is too narrow. */
static void fit(struct table *table)
{
    size_t most = edge(table);
    while (most > 0 && note_column(table) > most + 2) {
        enum column widest = table->widths[USED] > table->widths[VARIABLE] ? USED : VARIABLE;
        if (table->widths[widest] <= CUT_MIN_COLUMNS) {
            table->is_stacked = true;
            return;
        }
        table->widths[widest]--;
    }
}

/* The end of a place tells more than its beginning; of a name it is the other way round. */
static void append_cut(struct text *out, const struct text *cell, size_t width, enum column column)
{
    size_t columns = columns_of(cell);
    if (columns <= width) {
        text_append_string(out, text_string(cell));
        return;
    }
    /* printable_append leaves UTF-8: bytes from 0x80 to 0xbf continue a character. */
    size_t kept = width - 3;
    size_t skipped = column == USED ? columns - kept : 0;
    text_append_string(out, column == USED ? "..." : "");
    for (size_t i = 0, at = 0; i < cell->len; i++) {
        at += i > 0 && ((unsigned char)cell->bytes[i] & 0xc0) != 0x80 ? 1 : 0;
        if (at >= skipped && at < skipped + kept) {
            text_append_char(out, cell->bytes[i]);
        }
    }
    text_append_string(out, column == USED ? "" : "...");
}

/* Returns how many columns it takes. */
static size_t append_word(
        struct table *table, const struct row *row, enum column column, size_t width)
{
    const struct text *cell = &row->cells[column];
    const char *colour = table->layout->has_colour ? row->colours[column] : NULL;
    if (colour != NULL) {
        text_append_format(&table->out, "\033[%sm", colour);
    }
    append_cut(&table->out, cell, width, column);
    text_append_string(&table->out, colour != NULL ? "\033[0m" : "");
    return columns_of(cell) < width ? columns_of(cell) : width;
}

static void append_columns(struct table *table, const struct row *row)
{
    for (size_t i = 0; i < NOTE; i++) {
        size_t width = table->widths[i];
        size_t columns = append_word(table, row, (enum column)i, width);
        text_append_format(&table->out, "%*s  ", (int)(width - columns), "");
    }
}

/* The name, and below it the other cells, on as many lines as they take. */
static void append_stacked(struct table *table, const struct row *row)
{
    size_t most = edge(table);
    (void)append_word(table, row, VARIABLE, most);
    size_t column = most;
    for (size_t i = VARIABLE + 1; i < NOTE; i++) {
        if (column + 2 + columns_of(&row->cells[i]) > most) {
            text_append_format(&table->out, "\n%*s", INDENT_COLUMNS, "");
            column = INDENT_COLUMNS;
        } else {
            text_append_string(&table->out, "  ");
            column += 2;
        }
        column += append_word(table, row, (enum column)i, most - INDENT_COLUMNS);
    }
}

static void drop_blanks(struct text *out)
{
    while (out->state == TEXT_OK && out->len > 0 && out->bytes[out->len - 1] == ' ') {
        out->len--;
    }
}

/* Between words, and below the first line's beginning; a long word may pass the edge. */
static void append_wrapped(struct table *table, const struct text *note)
{
    size_t from = note_column(table);
    size_t most = edge(table);
    size_t column = from;
    if (most > 0 && from + NOTE_MIN_COLUMNS > most && note->len > 0) {
        from = INDENT_COLUMNS;
        drop_blanks(&table->out);
        text_append_format(&table->out, "\n%*s", (int)from, "");
        column = from;
    }
    for (const char *word = text_string(note); *word != '\0';) {
        size_t len = strcspn(word, " ");
        size_t columns = utf8_count(word, len);
        bool is_first = column == from;
        if (most > 0 && !is_first && column + 1 + columns > most) {
            text_append_format(&table->out, "\n%*s", (int)from, "");
            column = from;
            is_first = true;
        }
        text_append_string(&table->out, is_first ? "" : " ");
        text_append(&table->out, word, len);
        column += columns + (is_first ? 0 : 1);
        word += len + strspn(word + len, " ");
    }
}

static void append_row(struct table *table, const struct row *row)
{
    if (table->is_stacked) {
        append_stacked(table, row);
    } else {
        append_columns(table, row);
    }
    for (size_t i = 0; i < NOTE; i++) {
        if (row->cells[i].state != TEXT_OK) {
            table->out.state = row->cells[i].state;
        }
    }
    append_wrapped(table, &row->cells[NOTE]);
    drop_blanks(&table->out);
    text_append_string(&table->out, "\n");
}

/* ---- the table ---- */

static bool print_full_piece(struct table *table, struct err *reterr)
{
    if (table->out.len < OUTPUT_PIECE_BYTES) {
        return true;
    }
    bool ok = output_print(&table->out, reterr);
    text_reset(&table->out);
    return ok;
}

/* Both lists are sorted by name; what the code reads and no file sets is merged in. */
static bool next_row(
        const struct inventory_facts *facts, size_t *variable, size_t *unset, struct row *ret_row)
{
    const struct inventory *inventory = facts->inventory;
    size_t unset_count = facts->scan == NULL ? 0 : usage_unset_count(facts->scan->usage);
    const struct usage_unset *other = *unset < unset_count
            ? usage_unset_at(facts->scan->usage, *unset)
            : NULL;
    const struct inventory_row *row = *variable < inventory->len ? &inventory->rows[*variable]
                                                                 : NULL;
    if (row != NULL && (other == NULL || strcmp(row->name, other->name) < 0)) {
        fill_variable(ret_row, facts, row);
        (*variable)++;
        return true;
    }
    if (other != NULL) {
        fill_unset(ret_row, facts, other);
        (*unset)++;
    }
    return other != NULL;
}

/* Once to measure the columns, once to print. */
static bool go_through(struct table *table, bool is_printing, struct err *reterr)
{
    bool is_left = true;
    size_t variable = 0;
    size_t unset = 0;
    while (is_left) {
        CLEANUP(clear_row) struct row row;
        init_row(&row);
        is_left = next_row(table->facts, &variable, &unset, &row);
        if (is_left && !is_printing) {
            widen(table, &row);
        } else if (is_left) {
            append_row(table, &row);
            if (!print_full_piece(table, reterr)) {
                return false;
            }
        }
    }
    return true;
}

static void append_place(struct text *out, const char *file, size_t line)
{
    const char *path = inventory_scan_path(file);
    printable_append(out, path, strlen(path), PRINTABLE_WORD);
    text_append_format(out, ":%zu ", line);
}

/* What is not about one row. */
static bool append_places(struct table *table, struct err *reterr)
{
    const struct inventory_scan *scan = table->facts->scan;
    const struct usage_places *dynamic = scan == NULL ? NULL : usage_dynamic(scan->usage);
    for (size_t i = 0; dynamic != NULL && i < dynamic->len; i++) {
        text_append_string(&table->out, i == 0 ? "\n" : "");
        append_place(&table->out, dynamic->items[i].file, dynamic->items[i].line);
        text_append_string(&table->out, "reads a name that only the running program knows\n");
    }
    for (size_t i = 0; scan != NULL && i < scan->copy_count; i++) {
        const struct inventory_copy *copy = &scan->copies[i];
        text_append_string(&table->out, i == 0 ? "\n" : "");
        append_place(&table->out, copy->file, copy->line);
        text_append_format(&table->out, "holds the value of %s%s\n", copy->row->name,
                copy->is_base64 ? ", as base64" : "");
        if (!print_full_piece(table, reterr)) {
            return false;
        }
    }
    return true;
}

bool inventory_print_table(const struct inventory_facts *facts,
        const struct inventory_layout *layout,
        struct err *reterr)
{
    struct table table = { .facts = facts, .layout = layout, .out = TEXT_INIT(OUTPUT_MAX_BYTES) };
    CLEANUP(clear_row) struct row heads;
    init_row(&heads);
    fill_heads(&heads);
    widen(&table, &heads);
    bool ok = go_through(&table, false, reterr);
    fit(&table);
    append_row(&table, &heads);
    ok = ok && go_through(&table, true, reterr) && append_places(&table, reterr)
            && output_print(&table.out, reterr);
    text_clear(&table.out);
    return ok;
}
