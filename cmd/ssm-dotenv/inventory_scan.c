/* SPDX-License-Identifier: MIT */
#include "inventory_scan.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/array.h"
#include "base/shown.h"
#include "migrate/needles.h"

/* A walk under way. */
struct walk {
    const struct inventory *inventory;
    const struct inventory_folders *folders;
    struct needles *needles;
    struct inventory_scan *scan;
    const struct tree_file *file;
    bool is_own; /* the file is one of the inventory; known if is_asked */
    bool is_asked;
    bool has_no_memory;
};

/* By what the kernel knows of it: a path can be written in many ways. */
static bool is_own_file(const struct walk *walk)
{
    struct stat own;
    for (size_t i = 0; i < walk->folders->files->len; i++) {
        const char *path = walk->folders->files->items[i];
        bool is_input = strcmp(path, "-") == 0;
        if ((is_input ? fstat(0, &own) : stat(path, &own)) == 0 && own.st_dev == walk->file->device
                && own.st_ino == walk->file->inode) {
            return true;
        }
    }
    return false;
}

static void add_copy(struct walk *walk, const struct needles_hit *hit)
{
    struct inventory_scan *scan = walk->scan;
    struct inventory_copy *copies = array_grow(
            scan->copies, scan->copy_count, &scan->copy_cap, sizeof(*copies));
    char *file = copies == NULL ? NULL : strdup(walk->file->path);
    scan->copies = copies == NULL ? scan->copies : copies;
    if (file == NULL) {
        walk->has_no_memory = true;
        return;
    }
    copies[scan->copy_count++] = (struct inventory_copy){
        .file = file,
        .line = hit->line,
        .row = &walk->inventory->rows[hit->id],
        .is_base64 = hit->is_base64,
    };
}

static void take_hit(void *context, const struct needles_hit *hit)
{
    struct walk *walk = context;
    if (!walk->is_asked) {
        walk->is_own = is_own_file(walk);
        walk->is_asked = true;
    }
    if (!walk->is_own) {
        add_copy(walk, hit);
    }
}

static bool visit(void *context, const struct tree_file *file, struct err *reterr)
{
    struct walk *walk = context;
    walk->file = file;
    walk->is_asked = false;
    const struct needles_piece piece = {
        .text = file->text, .known = file->known, .line = file->line
    };
    needles_search(walk->needles, &piece, take_hit, walk);
    if (walk->has_no_memory) {
        return err_set_no_memory(reterr);
    }
    return !file->is_source || usage_scan(walk->scan->usage, file->path, file->text, reterr);
}

/* What every environment may know, such as the password of a test database, is looked for too. */
static bool add_values(
        const struct inventory *inventory, struct needles *needles, struct err *reterr)
{
    for (size_t row = 0; row < inventory->len; row++) {
        for (size_t file = 0; file < inventory->file_count; file++) {
            const struct inventory_cell *cell = &inventory->rows[row].cells[file];
            bool is_searched = cell->entry != NULL && cell->found.kind == CLASSIFY_SECRET
                    && cell->same_as == file
                    && (cell->found.notes & (CLASSIFY_PLACEHOLDER | CLASSIFY_REFERENCE)) == 0;
            if (is_searched && !needles_add(needles, row, &cell->entry->value, reterr)) {
                return false;
            }
        }
    }
    return true;
}

static bool add_names(
        const struct inventory *inventory, struct string_list *names, struct err *reterr)
{
    for (size_t i = 0; i < inventory->len; i++) {
        const char *name = inventory->rows[i].name;
        if (!string_list_add(names, name, strlen(name), reterr)) {
            return false;
        }
    }
    return true;
}

static bool walk_folders(struct walk *walk, struct err *reterr)
{
    const struct tree_options options = {
        .excluded = walk->folders->excluded,
        .visit = visit,
        .context = walk,
    };
    for (size_t i = 0; i < walk->folders->sources->len; i++) {
        const char *folder = walk->folders->sources->items[i];
        if (!tree_walk(folder, &options, &walk->scan->summary, reterr)) {
            char shown[SHOWN_BYTES];
            if (reterr->kind == ERR_INPUT) {
                err_set_where(reterr, shown_word(folder, strlen(folder), shown));
            }
            return false;
        }
    }
    return true;
}

bool inventory_scan_run(const struct inventory *inventory,
        const struct inventory_folders *folders,
        struct inventory_scan *ret_scan,
        struct err *reterr)
{
    CLEANUP(inventory_scan_clear) struct inventory_scan scan = { 0 };
    CLEANUP(string_list_clear) struct string_list names = { 0 };
    CLEANUP(needles_release) struct needles *needles = needles_new(reterr);
    struct walk walk = {
        .inventory = inventory,
        .folders = folders,
        .needles = needles,
        .scan = &scan,
    };
    if (needles == NULL || !add_values(inventory, needles, reterr)
            || !add_names(inventory, &names, reterr)) {
        return false;
    }
    scan.usage = usage_new(&names, reterr);
    if (scan.usage == NULL || !walk_folders(&walk, reterr)) {
        return false;
    }
    *ret_scan = scan;
    scan = (struct inventory_scan){ 0 };
    return true;
}

struct usage_result inventory_scan_use(
        const struct inventory_scan *scan, const struct inventory_row *row)
{
    struct usage_result use = usage_of(scan->usage, row->name);
    if (use.verdict == USAGE_NOT_FOUND && row->is_expanded) {
        use.verdict = USAGE_LIKELY;
    }
    return use;
}

void inventory_scan_clear(struct inventory_scan *scan)
{
    for (size_t i = 0; i < scan->copy_count; i++) {
        free(scan->copies[i].file);
    }
    free(scan->copies);
    usage_free(scan->usage);
    *scan = (struct inventory_scan){ 0 };
}

const char *inventory_scan_path(const char *path)
{
    return strncmp(path, "./", 2) == 0 && path[2] != '\0' ? path + 2 : path;
}
