/* SPDX-License-Identifier: MIT */
#include "inventory_print.h"
#include "json/json_write.h"
#include "json_member.h"
#include "migrate/inventory_note.h"
#include "output.h"
#include "output_piece.h"

enum {
    OUTPUT_MAX_BYTES = 64 * 1024 * 1024,
    NOTE_MAX_BYTES = 1024 * 1024,
};

static void append_place(struct text *out, const char *file, size_t line)
{
    text_append_string(out, "\"file\": ");
    json_write_string(out, inventory_scan_path(file));
    text_append_format(out, ", \"line\": %zu", line);
}

static void append_places(struct text *out, const struct usage_place *places, size_t count)
{
    text_append_string(out, ", \"used\": [");
    for (size_t i = 0; i < count; i++) {
        text_append_string(out, i == 0 ? "{" : ", {");
        append_place(out, places[i].file, places[i].line);
        json_member_append(out, "how", usage_word(places[i].how));
        text_append_string(out, "}");
    }
    text_append_string(out, "]");
}

/* The files that the note is about; note 0: those that set the variable. */
static void append_files(struct text *out,
        const struct inventory *inventory,
        const struct inventory_row *row,
        unsigned note)
{
    bool is_first = true;
    text_append_string(out, ", \"files\": [");
    for (size_t i = 0; i < inventory->file_count; i++) {
        if (note == 0 ? row->cells[i].entry != NULL
                      : inventory_note_is_about(inventory, row, note, i)) {
            text_append_string(out, is_first ? "" : ", ");
            json_write_string(out, inventory->files[i].shown);
            is_first = false;
        }
    }
    text_append_string(out, "]");
}

static void append_note(struct text *out,
        const struct inventory *inventory,
        const struct inventory_row *row,
        unsigned note)
{
    CLEANUP(text_clear) struct text sentence = TEXT_INIT(NOTE_MAX_BYTES);
    inventory_note_write(inventory, row, note, &sentence);
    text_append_string(out, "{\"note\": ");
    json_write_string(out, inventory_note_word(note));
    append_files(out, inventory, row, note);
    json_member_append(out, "text", text_string(&sentence));
    text_append_string(out, "}");
    if (sentence.state != TEXT_OK) {
        out->state = sentence.state;
    }
}

static void append_notes(
        struct text *out, const struct inventory *inventory, const struct inventory_row *row)
{
    bool is_first = true;
    text_append_string(out, ", \"notes\": [");
    for (unsigned i = 0; i < INVENTORY_NOTE_COUNT; i++) {
        if ((row->notes & (1U << i)) != 0) {
            text_append_string(out, is_first ? "" : ", ");
            append_note(out, inventory, row, 1U << i);
            is_first = false;
        }
    }
    text_append_string(out, "]");
}

static void append_variable(
        struct text *out, const struct inventory_facts *facts, const struct inventory_row *row)
{
    static const char *const spreads[] = {
        [INVENTORY_SHARED] = "shared", [INVENTORY_SPECIFIC] = "specific", [INVENTORY_SAME] = "same"
    };
    text_append_string(out, "\n  {\"name\": ");
    json_write_string(out, row->name);
    json_member_append(out, "kind", classify_kind_word(row->kind));
    if (row->why != CLASSIFY_NO_REASON) {
        json_member_append(out, "why", classify_why_word(row->why));
    }
    append_files(out, facts->inventory, row, 0);
    if (row->spread != INVENTORY_ALONE) {
        json_member_append(out, "spread", spreads[row->spread]);
    }
    if (facts->scan != NULL) {
        struct usage_result use = inventory_scan_use(facts->scan, row);
        json_member_append(out, "verdict", usage_word(use.verdict));
        append_places(out, use.places, use.place_count);
    }
    append_notes(out, facts->inventory, row);
    text_append_string(out, "}");
}

static bool append_unset(struct text *out, const struct inventory_scan *scan, struct err *reterr)
{
    text_append_string(out, ",\n \"unset\": [");
    for (size_t i = 0; i < usage_unset_count(scan->usage); i++) {
        const struct usage_unset *unset = usage_unset_at(scan->usage, i);
        text_append_string(out, i == 0 ? "\n  {\"name\": " : ",\n  {\"name\": ");
        json_write_string(out, unset->name);
        append_places(out, unset->places.items, unset->places.len);
        text_append_string(out, "}");
        if (!output_piece_print(out, reterr)) {
            return false;
        }
    }
    text_append_string(out, "]");
    return true;
}

static void append_dynamic(struct text *out, const struct usage_places *dynamic)
{
    text_append_string(out, ",\n \"dynamic\": [");
    for (size_t i = 0; i < dynamic->len; i++) {
        text_append_string(out, i == 0 ? "\n  {" : ",\n  {");
        append_place(out, dynamic->items[i].file, dynamic->items[i].line);
        text_append_string(out, "}");
    }
    text_append_string(out, "]");
}

static bool append_copies(struct text *out, const struct inventory_scan *scan, struct err *reterr)
{
    text_append_string(out, ",\n \"copies\": [");
    for (size_t i = 0; i < scan->copy_count; i++) {
        const struct inventory_copy *copy = &scan->copies[i];
        text_append_string(out, i == 0 ? "\n  {" : ",\n  {");
        append_place(out, copy->file, copy->line);
        json_member_append(out, "name", copy->row->name);
        text_append_format(out, ", \"base64\": %s}", copy->is_base64 ? "true" : "false");
        if (!output_piece_print(out, reterr)) {
            return false;
        }
    }
    text_append_string(out, "]");
    return true;
}

static bool append_variables(
        struct text *out, const struct inventory_facts *facts, struct err *reterr)
{
    const struct inventory *inventory = facts->inventory;
    text_append_string(out, "],\n \"variables\": [");
    for (size_t i = 0; i < inventory->len; i++) {
        text_append_string(out, i == 0 ? "" : ",");
        append_variable(out, facts, &inventory->rows[i]);
        if (!output_piece_print(out, reterr)) {
            return false;
        }
    }
    text_append_string(out, "]");
    return true;
}

bool inventory_print_json(const struct inventory_facts *facts, struct err *reterr)
{
    CLEANUP(text_clear) struct text out = TEXT_INIT(OUTPUT_MAX_BYTES);
    text_append_string(&out, "{\"files\": [");
    for (size_t i = 0; i < facts->inventory->file_count; i++) {
        text_append_string(&out, i == 0 ? "" : ", ");
        json_write_string(&out, facts->inventory->files[i].shown);
    }
    if (!append_variables(&out, facts, reterr)) {
        return false;
    }
    if (facts->scan != NULL) {
        append_dynamic(&out, usage_dynamic(facts->scan->usage));
        if (!append_unset(&out, facts->scan, reterr) || !append_copies(&out, facts->scan, reterr)) {
            return false;
        }
    }
    text_append_string(&out, "}\n");
    return output_print(&out, reterr);
}
