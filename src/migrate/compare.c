/* SPDX-License-Identifier: MIT */
#include "migrate/compare.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/text.h"
#include "vars/var_name.h"

enum {
    NOTE_MAX_BYTES = 4096
};

/* --- values and keys --- */

bool compare_same_bytes(const struct secret *a, const struct secret *b)
{
    const char *left = secret_expose(a);
    const char *right = secret_expose(b);
    size_t len = secret_len(a);
    unsigned char difference = 0;
    if (len != secret_len(b)) {
        return false;
    }
    for (size_t i = 0; i < len; i++) {
        difference |= (unsigned char)(left[i] ^ right[i]);
    }
    return difference == 0;
}

static bool is_value(const struct secret *secret, const char *plain)
{
    size_t len = strlen(plain);
    return secret_len(secret) == len && memcmp(secret_expose(secret), plain, len) == 0;
}

/* Without what an ARN has before "alias/NAME" or "key/ID". An ID alone stays as it is. */
static const char *key_name(const char *key_id)
{
    const char *colon = strrchr(key_id, ':');
    const char *name = colon == NULL ? key_id : colon + 1;
    return strncmp(name, "key/", 4) == 0 ? name + 4 : name;
}

static bool is_alias(const char *key_name)
{
    return strncmp(key_name, "alias/", 6) == 0;
}

enum key_match {
    KEY_SAME,
    KEY_OTHER,
    KEY_UNKNOWN, /* an alias and an id: only KMS knows which key the alias stands for */
};

static enum key_match match_key(const struct map_line *line, const char *key_id)
{
    const char *wanted = key_name(map_key_id(line));
    const char *found = key_name(key_id);
    if (strcmp(wanted, found) == 0) {
        return KEY_SAME;
    }
    return is_alias(wanted) == is_alias(found) ? KEY_OTHER : KEY_UNKNOWN;
}

/* --- rows --- */

void compare_rows_clear(struct compare_rows *rows)
{
    for (size_t i = 0; i < rows->len; i++) {
        free(rows->items[i].note);
    }
    free(rows->items);
    *rows = (struct compare_rows){ 0 };
}

/* Takes over the note, which is also released where there is no memory. */
static bool add_row(struct compare_rows *rows,
        const struct compare_row *row,
        struct text *note,
        struct err *reterr)
{
    struct compare_row *items = array_grow(rows->items, rows->len, &rows->cap, sizeof(*items));
    if (items == NULL) {
        return err_set_no_memory(reterr);
    }
    rows->items = items;
    rows->items[rows->len] = *row;
    rows->items[rows->len].note = NULL;
    if (note->len > 0 || note->state != TEXT_OK) {
        rows->items[rows->len].note = text_detach(note);
        if (rows->items[rows->len].note == NULL) {
            return err_set_no_memory(reterr);
        }
    }
    rows->len++;
    return true;
}

static void add_note(struct text *note, const char *what)
{
    text_append_format(note, "%s%s", note->len == 0 ? "" : "; ", what);
}

/* A state that is worse than `same` stays: the first one that was found. */
static void set_state(struct compare_row *row, enum compare_state state)
{
    row->state = row->state == COMPARE_SAME ? state : row->state;
}

static const struct dotenv_entry *find_entry(const struct dotenv *dotenv, const char *name)
{
    for (size_t i = 0; i < dotenv->len; i++) {
        if (strcmp(dotenv->entries[i].name, name) == 0) {
            return &dotenv->entries[i];
        }
    }
    return NULL;
}

static bool is_below(const char *parameter, const char *path)
{
    size_t len = strlen(path);
    return strncmp(parameter, path, len) == 0 && parameter[len] == '/';
}

/* The variable that ssm-exec PATH makes of the parameter; NULL: it makes none. Without memory the note fails. */
static char *make_path_form(const char *parameter, const char *path, struct text *note)
{
    const struct var_name_rules rules = { 0 };
    struct err err;
    char *made = NULL;
    if (!var_name_make(parameter, path, "", &rules, &made, &err) && err.kind == ERR_SYSTEM) {
        note->state = TEXT_NO_MEMORY;
    }
    return made;
}

/* --- lines of the map --- */

static void compare_with_file(const struct compare_input *input,
        const struct compare_stored *stored,
        struct compare_row *row,
        struct text *note)
{
    if (input->dotenv == NULL) {
        return;
    }
    const struct dotenv_entry *entry = find_entry(input->dotenv, row->variable);
    if (entry == NULL) {
        set_state(row, COMPARE_DIFFERS);
        add_note(note, "the env file does not have this variable");
    } else if (stored->value != NULL && !compare_same_bytes(&entry->value, stored->value)) {
        set_state(row, COMPARE_DIFFERS);
        add_note(note, "the values differ");
    }
}

static void compare_type(const struct map_line *line, struct compare_row *row, struct text *note)
{
    const char *wanted = map_type_word(line->type);
    if (strcmp(wanted, row->type) != 0) {
        set_state(row, COMPARE_TYPE);
        add_note(note, "the map says ");
        text_append_string(note, wanted);
    }
}

static void compare_key(const struct map_line *line,
        const struct compare_stored *stored,
        struct compare_row *row,
        struct text *note)
{
    if (stored->key_id == NULL || row->state == COMPARE_TYPE || line->type != MAP_SECURE_STRING) {
        return;
    }
    enum key_match match = match_key(line, stored->key_id);
    if (match != KEY_SAME) {
        add_note(note, "the key is ");
        text_append_format(note, "%s, the map says %s%s", stored->key_id,
                line->key_id == NULL ? "none: alias/aws/ssm" : line->key_id,
                match == KEY_UNKNOWN ? " (an alias and an id cannot be compared)" : "");
    }
    if (match == KEY_OTHER) {
        set_state(row, COMPARE_KEY);
    }
}

static void compare_path_form(
        const struct compare_input *input, struct compare_row *row, struct text *note)
{
    if (input->path == NULL || !is_below(row->parameter, input->path)) {
        return;
    }
    char *made = make_path_form(row->parameter, input->path, note);
    if (made == NULL || strcmp(made, row->variable) != 0) {
        set_state(row, COMPARE_DIFFERS);
        add_note(note, "by its path it becomes another variable");
    }
    free(made);
}

static void compare_parameter(const struct compare_input *input,
        const struct map_line *line,
        const struct compare_stored *stored,
        struct compare_row *row,
        struct text *note)
{
    if (stored->denied != NULL) {
        row->state = COMPARE_DENIED;
        add_note(note, stored->denied);
        return;
    }
    if (!stored->is_found) {
        row->state = COMPARE_MISSING;
        return;
    }
    row->type = stored->type;
    row->version = stored->version;
    compare_type(line, row, note);
    compare_with_file(input, stored, row, note);
    compare_key(line, stored, row, note);
    compare_path_form(input, row, note);
}

static void compare_plain(const struct compare_input *input,
        const struct map_line *line,
        struct compare_row *row,
        struct text *note)
{
    const struct dotenv_entry *entry = find_entry(input->dotenv, line->name);
    add_note(note, "plain in the map");
    if (entry == NULL) {
        row->state = COMPARE_DIFFERS;
        add_note(note, "the env file does not have this variable");
    } else if (!is_value(&entry->value, line->value)) {
        row->state = COMPARE_DIFFERS;
        add_note(note, "the values differ");
    }
}

static bool add_line(
        const struct compare_input *input, size_t at, struct compare_rows *rows, struct err *reterr)
{
    const struct map_line *line = &input->map->lines[at];
    struct compare_row row = { .variable = line->name, .parameter = line->parameter };
    CLEANUP(text_clear) struct text note = TEXT_INIT(NOTE_MAX_BYTES);
    if (line->kind == MAP_PARAMETER) {
        compare_parameter(input, line, &input->stored[at], &row, &note);
    } else if (line->kind == MAP_PLAIN && input->dotenv != NULL) {
        compare_plain(input, line, &row, &note);
    } else {
        return true;
    }
    return add_row(rows, &row, &note, reterr);
}

/* --- what the map does not have --- */

static const struct map_line *find_line(const struct map *map, const char *name)
{
    for (size_t i = 0; i < map->len; i++) {
        if (map->lines[i].name != NULL && strcmp(map->lines[i].name, name) == 0) {
            return &map->lines[i];
        }
    }
    return NULL;
}

static bool add_unmapped(
        const struct compare_input *input, struct compare_rows *rows, struct err *reterr)
{
    for (size_t i = 0; input->dotenv != NULL && i < input->dotenv->len; i++) {
        const char *name = input->dotenv->entries[i].name;
        const struct compare_row row = { .state = COMPARE_MISSING, .variable = name };
        CLEANUP(text_clear) struct text note = TEXT_INIT(NOTE_MAX_BYTES);
        add_note(&note, "the map neither maps, keeps nor retires it");
        if (find_line(input->map, name) == NULL && !add_row(rows, &row, &note, reterr)) {
            return false;
        }
    }
    return true;
}

static bool is_mapped(const struct map *map, const char *parameter)
{
    for (size_t i = 0; i < map->len; i++) {
        const struct map_line *line = &map->lines[i];
        if (line->kind == MAP_PARAMETER && strcmp(line->parameter, parameter) == 0) {
            return true;
        }
    }
    return false;
}

/* A parameter that nobody mapped still becomes a variable where the path is the source. */
static void note_path_form(
        const struct compare_input *input, const char *parameter, struct text *note)
{
    char *made = make_path_form(parameter, input->path, note);
    if (made != NULL) {
        add_note(note, "ssm-exec ");
        text_append_format(note, "%s sets %s to it", input->path, made);
    }
    free(made);
}

static bool add_extras(
        const struct compare_input *input, struct compare_rows *rows, struct err *reterr)
{
    for (size_t i = 0; i < input->extra_count; i++) {
        const struct compare_extra *extra = &input->extras[i];
        const struct compare_row row = {
            .state = COMPARE_EXTRA,
            .parameter = extra->parameter,
            .type = extra->type,
            .version = extra->version,
        };
        CLEANUP(text_clear) struct text note = TEXT_INIT(NOTE_MAX_BYTES);
        if (is_mapped(input->map, extra->parameter)) {
            continue;
        }
        note_path_form(input, extra->parameter, &note);
        if (!add_row(rows, &row, &note, reterr)) {
            return false;
        }
    }
    return true;
}

/* --- all of it --- */

static int compare_rows_order(const void *left, const void *right)
{
    const struct compare_row *a = left;
    const struct compare_row *b = right;
    if ((a->variable == NULL) != (b->variable == NULL)) {
        return a->variable == NULL ? 1 : -1;
    }
    return a->variable == NULL ? strcmp(a->parameter, b->parameter)
                               : strcmp(a->variable, b->variable);
}

bool compare(const struct compare_input *input, struct compare_rows *ret_rows, struct err *reterr)
{
    CLEANUP(compare_rows_clear) struct compare_rows rows = { 0 };
    for (size_t i = 0; i < input->map->len; i++) {
        if (!add_line(input, i, &rows, reterr)) {
            return false;
        }
    }
    if (!add_unmapped(input, &rows, reterr) || !add_extras(input, &rows, reterr)) {
        return false;
    }
    if (rows.len > 0) {
        qsort(rows.items, rows.len, sizeof(rows.items[0]), compare_rows_order);
    }
    *ret_rows = rows;
    rows = (struct compare_rows){ 0 };
    return true;
}

size_t compare_count(const struct compare_rows *rows, enum compare_state state)
{
    size_t count = 0;
    for (size_t i = 0; i < rows->len; i++) {
        count += rows->items[i].state == state ? 1 : 0;
    }
    return count;
}

const char *compare_state_word(enum compare_state state)
{
    static const char *const words[COMPARE_STATES] = { [COMPARE_SAME] = "same",
        [COMPARE_DIFFERS] = "differs",
        [COMPARE_MISSING] = "missing",
        [COMPARE_DENIED] = "denied",
        [COMPARE_TYPE] = "type",
        [COMPARE_KEY] = "key",
        [COMPARE_EXTRA] = "extra" };
    assert(state < COMPARE_STATES);
    return words[state];
}
