/* The variables of several env files side by side: each is there once, and nothing that is said has a value. */
/* SPDX-License-Identifier: MIT */
#include <assert.h>
#include <string.h>

#include "fuzz_input.h"
#include "migrate/inventory.h"
#include "migrate/inventory_note.h"

enum {
    FILES_MAX = 4,
    NOTE_MAX_BYTES = 1 << 20
};

static const char SEPARATOR[] = "\n%%\n";
static const char *const NAMES[FILES_MAX] = { ".env.a", ".env.b", ".env.c", ".env.d" };
static const char HUSH[] = "hush-"; /* no name of a variable has a hyphen */

static void check_notes(const struct inventory *inventory, const struct inventory_row *row)
{
    assert(row->notes >> INVENTORY_NOTE_COUNT == 0);
    for (unsigned bit = 0; bit < INVENTORY_NOTE_COUNT; bit++) {
        CLEANUP(text_clear) struct text note = TEXT_INIT(NOTE_MAX_BYTES);
        if ((row->notes >> bit & 1) != 0) {
            inventory_note_write(inventory, row, 1U << bit, &note);
            assert(note.len > 0 && strstr(text_string(&note), HUSH) == NULL);
            assert(strlen(inventory_note_word(1U << bit)) > 0);
        }
    }
}

static size_t check_row(const struct inventory *inventory, const struct inventory_row *row)
{
    size_t set_count = 0;
    for (size_t i = 0; i < inventory->file_count; i++) {
        const struct inventory_cell *cell = &row->cells[i];
        if (cell->entry != NULL) {
            assert(strcmp(cell->entry->name, row->name) == 0 && cell->same_as <= i);
            set_count++;
        }
    }
    assert(row->set_count == set_count && set_count > 0);
    assert((row->spread == INVENTORY_ALONE) == (set_count < 2));
    assert((row->spread == INVENTORY_SAME) == ((row->notes & INVENTORY_REUSED) != 0));
    assert((set_count < inventory->file_count) == ((row->notes & INVENTORY_MISSING) != 0));
    for (size_t i = 0; i < row->expanded_len; i++) {
        assert(row->expanded[i] < inventory->len);
        const struct inventory_row *expanded = &inventory->rows[row->expanded[i]];
        assert(expanded == row || expanded->is_expanded);
    }
    check_notes(inventory, row);
    return set_count;
}

static void check_all(const struct env_file *files, size_t count)
{
    CLEANUP(inventory_clear) struct inventory inventory = { 0 };
    struct err err = { 0 };
    size_t entries = 0;
    assert(inventory_make(files, count, &inventory, &err));
    for (size_t i = 0; i < inventory.len; i++) {
        assert(i == 0 || strcmp(inventory.rows[i - 1].name, inventory.rows[i].name) < 0);
        entries += check_row(&inventory, &inventory.rows[i]);
    }
    for (size_t i = 0; i < count; i++) {
        assert(files[i].dotenv->len <= entries);
        entries -= files[i].dotenv->len;
    }
    assert(entries == 0);
}

/* The input is the files, with a line "%%" between them; those with mistakes are left out. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct dotenv dotenvs[FILES_MAX] = { { 0 } };
    struct env_file files[FILES_MAX];
    size_t count = 0;
    while (size > 0 && count < FILES_MAX) {
        const uint8_t *end = memmem(data, size, SEPARATOR, sizeof(SEPARATOR) - 1);
        size_t len = end == NULL ? size : (size_t)(end - data);
        CLEANUP(fuzz_secret_free) struct secret text = fuzz_secret_new(data, len);
        size_t used = end == NULL ? len : len + sizeof(SEPARATOR) - 1;
        if (dotenv_parse(&text, NAMES[count], &dotenvs[count], fuzz_problems())) {
            files[count] = (struct env_file){ NAMES[count], &dotenvs[count] };
            count++;
        }
        data += used;
        size -= used;
    }
    if (count > 0) {
        check_all(files, count);
    }
    for (size_t i = 0; i < count; i++) {
        dotenv_clear(&dotenvs[i]);
    }
    return 0;
}
