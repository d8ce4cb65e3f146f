/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "base/printable.h"
#include "inventory_print.h"
#include "migrate/inventory_note.h"
#include "output.h"
#include "output_piece.h"

enum {
    OUTPUT_MAX_BYTES = 64 * 1024 * 1024,
    NOTE_MAX_BYTES = 1024 * 1024,
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

static const struct columns_form form = {
    .count = COLUMNS,
    .heads = { "VARIABLE", "KIND", "WHY", "FILES", "SPREAD", "USED", "NOTE" },
    .cuts = { [VARIABLE] = COLUMNS_CUT_END, [USED] = COLUMNS_CUT_BEGINNING },
};

struct table {
    const struct inventory_facts *facts;
    struct columns columns;
    struct text out;
};

static void put(struct columns_row *row, enum column column, const char *word)
{
    columns_put_word(row, column, word);
}

/* ---- what the cells have ---- */

static void put_place(struct columns_row *row, const struct usage_place *place)
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

static void put_use(struct columns_row *row,
        const struct inventory_facts *facts,
        const struct inventory_row *variable)
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

static void begin_note(struct columns_row *row)
{
    text_append_string(&row->cells[NOTE], row->cells[NOTE].len == 0 ? "" : "; ");
}

static void put_notes(struct columns_row *row,
        const struct inventory_facts *facts,
        const struct inventory_row *variable)
{
    CLEANUP(text_clear) struct text note = TEXT_INIT(NOTE_MAX_BYTES);
    for (unsigned i = 0; i < INVENTORY_NOTE_COUNT; i++) {
        if ((variable->notes & (1U << i)) != 0) {
            text_reset(&note);
            inventory_note_write(facts->inventory, variable, 1U << i, &note);
            begin_note(row);
            columns_put_text(row, NOTE, &note);
        }
    }
    if (facts->scan != NULL
            && inventory_scan_use(facts->scan, variable).verdict == USAGE_NOT_FOUND) {
        begin_note(row);
        columns_put(row, NOTE, "legacy?");
    }
}

static const char *colour_of(enum classify_kind kind)
{
    static const char *const colours[CLASSIFY_KINDS] = {
        [CLASSIFY_SECRET] = "31", [CLASSIFY_LIKELY] = "33", [CLASSIFY_PUBLIC] = "36"
    };
    return colours[kind];
}

static void fill_variable(struct columns_row *row,
        const struct inventory_facts *facts,
        const struct inventory_row *variable)
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

static void fill_unset(struct columns_row *row,
        const struct inventory_facts *facts,
        const struct usage_unset *unset)
{
    put(row, VARIABLE, unset->name);
    put(row, KIND, "-");
    put(row, WHY, "-");
    text_append_format(&row->cells[FILES], "0 of %zu", facts->inventory->file_count);
    put(row, SPREAD, "-");
    put_place(row, &unset->places.items[0]);
    columns_put(row, NOTE, "read by the code, set nowhere");
}

/* ---- the table ---- */

/* Both lists are sorted by name; what the code reads and no file sets is merged in. */
static bool next_row(const struct inventory_facts *facts,
        size_t *variable,
        size_t *unset,
        struct columns_row *ret_row)
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
        CLEANUP(columns_row_clear) struct columns_row row;
        columns_row_init(&row);
        is_left = next_row(table->facts, &variable, &unset, &row);
        if (is_left && !is_printing) {
            columns_measure(&table->columns, &row);
        } else if (is_left) {
            columns_write(&table->columns, &row, &table->out);
            if (!output_piece_print(&table->out, reterr)) {
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
        if (!output_piece_print(&table->out, reterr)) {
            return false;
        }
    }
    return true;
}

bool inventory_print_table(const struct inventory_facts *facts,
        const struct columns_terminal *terminal,
        struct err *reterr)
{
    struct table table = {
        .facts = facts,
        .columns = { .form = &form, .terminal = *terminal },
        .out = TEXT_INIT(OUTPUT_MAX_BYTES),
    };
    bool ok = go_through(&table, false, reterr);
    columns_fit(&table.columns);
    columns_write_heads(&table.columns, &table.out);
    ok = ok && go_through(&table, true, reterr) && append_places(&table, reterr)
            && output_print(&table.out, reterr);
    text_clear(&table.out);
    return ok;
}
