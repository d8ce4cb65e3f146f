/* SPDX-License-Identifier: MIT */
#include "migrate/inventory_note.h"

#include <string.h>

const char *inventory_note_word(unsigned note)
{
    switch (note) {
    case INVENTORY_TWICE:
        return "twice";
    case INVENTORY_REUSED:
        return "same";
    case INVENTORY_MISSING:
        return "missing";
    default:
        return classify_note_word((enum classify_note)note);
    }
}

static bool has_twin(
        const struct inventory *inventory, const struct inventory_row *row, size_t file)
{
    for (size_t i = 0; i < inventory->file_count; i++) {
        if (i != file && row->cells[i].same_as == row->cells[file].same_as) {
            return true;
        }
    }
    return false;
}

bool inventory_note_is_about(const struct inventory *inventory,
        const struct inventory_row *row,
        unsigned note,
        size_t file)
{
    const struct inventory_cell *cell = &row->cells[file];
    if (note == INVENTORY_MISSING) {
        return cell->entry == NULL;
    }
    if (note == INVENTORY_REUSED) {
        return has_twin(inventory, row, file);
    }
    return cell->entry != NULL && (cell->found.notes & note) != 0;
}

/* The sentences that say the same whatever the row. */
static const char *sentence_of(unsigned note)
{
    switch (note) {
    case CLASSIFY_EMPTY:
        return "empty";
    case CLASSIFY_BIG:
        return "more than 4,096 bytes: advanced tier, which AWS charges for";
    case CLASSIFY_IMPOSSIBLE:
        return "more than 8,192 bytes, which no parameter holds";
    case CLASSIFY_CURLY:
        return "has {{, which Parameter Store refuses";
    case CLASSIFY_HASH:
        return "has a # where other loaders begin a comment";
    case CLASSIFY_MULTILINE:
        return "several lines";
    case CLASSIFY_PLACEHOLDER:
        return "placeholder";
    case CLASSIFY_REFERENCE:
        return "reference to a parameter already";
    case CLASSIFY_GUARDED:
        return "guarded: ssm-exec lets no parameter set it";
    case CLASSIFY_CREDENTIALS:
        return "AWS credentials: use a role";
    case CLASSIFY_PUBLISHED:
        return "looks like a secret, but its name says that it is published";
    case INVENTORY_TWICE:
        return "set twice, the last line counts";
    case INVENTORY_REUSED:
        return "the same secret";
    default:
        return "";
    }
}

/* "expands ${A}, ${B}"; names that no file sets may be a part of a secret, and are not written. */
static void write_expansion(
        const struct inventory *inventory, const struct inventory_row *row, struct text *out)
{
    for (size_t i = 0; i < row->expanded_len; i++) {
        text_append_format(
                out, "%s${%s}", i == 0 ? "expands " : ", ", inventory->rows[row->expanded[i]].name);
    }
    if (row->expanded_len == 0) {
        text_append_string(out, "has a $ that other loaders expand");
    }
}

/* " in a, b and c" */
struct file_list {
    struct text *out;
    size_t left; /* files that follow */
    bool is_first;
};

static void write_file(struct file_list *list, const char *name)
{
    list->left--;
    text_append_string(list->out, list->is_first ? "" : list->left == 0 ? " and " : ", ");
    text_append_string(list->out, name);
    list->is_first = false;
}

/* Files whose secret is that of `first`, or about which the note is, if it is another one. */
static bool is_listed(const struct inventory *inventory,
        const struct inventory_row *row,
        unsigned note,
        size_t file,
        size_t first)
{
    return inventory_note_is_about(inventory, row, note, file)
            && (note != INVENTORY_REUSED || row->cells[file].same_as == first);
}

static void write_files(const struct inventory *inventory,
        const struct inventory_row *row,
        unsigned note,
        size_t first,
        struct text *out)
{
    struct file_list list = { .out = out, .is_first = true };
    for (size_t i = 0; i < inventory->file_count; i++) {
        list.left += is_listed(inventory, row, note, i, first) ? 1 : 0;
    }
    for (size_t i = 0; i < inventory->file_count; i++) {
        if (is_listed(inventory, row, note, i, first)) {
            write_file(&list, inventory->files[i].shown);
        }
    }
}

/* "the same secret in a and b, and in c and d" */
static void write_reuse(
        const struct inventory *inventory, const struct inventory_row *row, struct text *out)
{
    bool is_first = true;
    text_append_string(out, sentence_of(INVENTORY_REUSED));
    for (size_t i = 0; i < inventory->file_count; i++) {
        if (row->cells[i].same_as == i && has_twin(inventory, row, i)) {
            text_append_string(out, is_first ? " in " : ", and in ");
            write_files(inventory, row, INVENTORY_REUSED, i, out);
            is_first = false;
        }
    }
}

/* Whichever is shorter: the files that set it, or those that do not. */
static void write_missing(
        const struct inventory *inventory, const struct inventory_row *row, struct text *out)
{
    bool is_mostly_missing = row->set_count == 1 && inventory->file_count > 2;
    if (!is_mostly_missing) {
        text_append_string(out, "not in ");
        write_files(inventory, row, INVENTORY_MISSING, 0, out);
        return;
    }
    for (size_t i = 0; i < inventory->file_count; i++) {
        if (row->cells[i].entry != NULL) {
            text_append_format(out, "only in %s", inventory->files[i].shown);
        }
    }
}

void inventory_note_write(const struct inventory *inventory,
        const struct inventory_row *row,
        unsigned note,
        struct text *out)
{
    size_t about = 0;
    if (note == INVENTORY_REUSED) {
        write_reuse(inventory, row, out);
        return;
    }
    if (note == INVENTORY_MISSING) {
        write_missing(inventory, row, out);
        return;
    }
    if (note == CLASSIFY_EXPANDS) {
        write_expansion(inventory, row, out);
    } else {
        text_append_string(out, sentence_of(note));
    }
    for (size_t i = 0; i < inventory->file_count; i++) {
        about += inventory_note_is_about(inventory, row, note, i) ? 1 : 0;
    }
    if (about < row->set_count) {
        text_append_string(out, " in ");
        write_files(inventory, row, note, 0, out);
    }
}
