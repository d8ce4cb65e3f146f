/* SPDX-License-Identifier: MIT */
#include "tree/tree.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/array.h"
#include "base/file.h"
#include "base/locked.h"
#include "base/text.h"

enum {
    PATH_MAX_BYTES = 64 * 1024
};

/* A folder or file that waits for its turn. */
struct entry {
    char *path; /* below the root */
    size_t depth;
    bool is_folder;
    bool is_built; /* in node_modules, vendor or dist */
};

struct walk {
    const char *folder;
    const struct tree_options *options;
    struct tree_summary *summary;
    int root;
    struct entry *entries; /* a stack: what comes next is last */
    size_t len;
    size_t cap;
    char *buffer; /* locked_alloc: files may hold secrets */
    size_t buffer_bytes;
    struct err *reterr;
};

static void walk_clear(struct walk *walk)
{
    for (size_t i = 0; i < walk->len; i++) {
        free(walk->entries[i].path);
    }
    free(walk->entries);
    locked_free(walk->buffer);
    file_close(&walk->root);
}

static bool is_any_of(const char *name, const char *const names[])
{
    for (size_t i = 0; names[i] != NULL; i++) {
        if (strcmp(name, names[i]) == 0) {
            return true;
        }
    }
    return false;
}

static bool is_excluded(const struct walk *walk, const char *path, const char *name)
{
    const struct string_list *excluded = walk->options->excluded;
    for (size_t i = 0; excluded != NULL && i < excluded->len; i++) {
        if (fnmatch(excluded->items[i], path, FNM_PATHNAME) == 0
                || fnmatch(excluded->items[i], name, 0) == 0) {
            return true;
        }
    }
    return false;
}

/* What the folder's entry is: DT_DIR, DT_REG or another type. Some file systems do not tell by themselves. */
static unsigned char type_of(int folder, const struct dirent *entry)
{
    struct stat status = { 0 };
    if (entry->d_type != DT_UNKNOWN) {
        return entry->d_type;
    }
    if (fstatat(folder, entry->d_name, &status, AT_SYMLINK_NOFOLLOW) != 0) {
        return DT_UNKNOWN;
    }
    return S_ISDIR(status.st_mode) ? DT_DIR : S_ISREG(status.st_mode) ? DT_REG : DT_UNKNOWN;
}

/* Puts one entry of the folder `parent` on the stack, unless it is left out. */
static bool push(struct walk *walk, const struct entry *parent, const char *name, bool is_folder)
{
    static const char *const never[] = { ".", "..", ".git", NULL };
    static const char *const built[] = { "node_modules", "vendor", "dist", NULL };
    bool is_built = parent->is_built || (is_folder && is_any_of(name, built));
    if (is_any_of(name, never) || (is_built && walk->options->is_source_only)) {
        return true;
    }
    if (parent->depth + 1 > TREE_DEPTH_MAX) {
        walk->summary->is_cut = true;
        return true;
    }
    CLEANUP(text_clear) struct text path = TEXT_INIT(PATH_MAX_BYTES);
    bool is_at_root = strcmp(parent->path, ".") == 0;
    text_append_string(&path, is_at_root ? "" : parent->path);
    text_append_string(&path, is_at_root ? "" : "/");
    text_append_string(&path, name);
    if (!text_check(&path, walk->folder, walk->reterr)) {
        return false;
    }
    if (is_excluded(walk, text_string(&path), name)) {
        return true;
    }
    struct entry *entries = array_grow(
            walk->entries, walk->len, &walk->cap, sizeof(walk->entries[0]));
    if (entries == NULL) {
        return err_set_no_memory(walk->reterr);
    }
    walk->entries = entries;
    char *taken = text_detach(&path);
    if (taken == NULL) {
        return err_set_no_memory(walk->reterr);
    }
    entries[walk->len++] = (struct entry){
        .path = taken, .depth = parent->depth + 1, .is_folder = is_folder, .is_built = is_built
    };
    return true;
}

/* Last comes first: the stack is taken from its end. */
static int compare_backwards(const void *a, const void *b)
{
    return strcmp(((const struct entry *)b)->path, ((const struct entry *)a)->path);
}

static void close_folder(DIR **folder)
{
    if (*folder != NULL) {
        (void)closedir(*folder);
    }
}

/* Puts what the folder has on the stack. One that cannot be read is only counted. */
static bool open_folder(struct walk *walk, const struct entry *entry)
{
    size_t first = walk->len;
    CLEANUP(file_close)
    int fd = openat(walk->root, entry->path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    CLEANUP(close_folder) DIR *folder = fd < 0 ? NULL : fdopendir(fd);
    if (folder == NULL) {
        walk->summary->unreadable++;
        return true;
    }
    fd = -1; /* it is the folder's now */
    for (;;) {
        const struct dirent *found = readdir(folder);
        if (found == NULL) {
            break;
        }
        unsigned char type = type_of(dirfd(folder), found);
        if ((type == DT_DIR || type == DT_REG)
                && !push(walk, entry, found->d_name, type == DT_DIR)) {
            return false;
        }
    }
    if (walk->len > first) {
        qsort(walk->entries + first, walk->len - first, sizeof(walk->entries[0]),
                compare_backwards);
    }
    return true;
}

/* Makes the buffer large enough; what it held goes. */
static bool reserve(struct walk *walk, size_t bytes)
{
    if (bytes <= walk->buffer_bytes) {
        return true;
    }
    size_t wanted = bytes > TREE_SOURCE_MAX_BYTES ? bytes : TREE_SOURCE_MAX_BYTES;
    locked_free(walk->buffer);
    walk->buffer = locked_alloc(wanted);
    walk->buffer_bytes = walk->buffer == NULL ? 0 : wanted;
    return walk->buffer != NULL ? true : err_set_no_memory(walk->reterr);
}

/* Reads up to max bytes; -1 with errno. A file that grows meanwhile is read as it was. */
static ssize_t read_bytes(int fd, char *bytes, size_t max)
{
    size_t len = 0;
    while (len < max) {
        ssize_t got = read(fd, bytes + len, max - len);
        if (got == 0) {
            break;
        }
        if (got < 0 && errno != EINTR) {
            return -1;
        }
        len += got > 0 ? (size_t)got : 0;
    }
    return (ssize_t)len;
}

static bool visit(struct walk *walk, const struct entry *entry, struct span text)
{
    CLEANUP(text_clear) struct text path = TEXT_INIT(PATH_MAX_BYTES);
    if (strcmp(walk->folder, ".") != 0) {
        size_t len = strlen(walk->folder);
        text_append_string(&path, walk->folder);
        text_append_string(&path, len > 0 && walk->folder[len - 1] == '/' ? "" : "/");
    }
    text_append_string(&path, entry->path);
    if (!text_check(&path, walk->folder, walk->reterr)) {
        return false;
    }
    struct tree_file file = {
        .path = text_string(&path),
        .text = text,
        .is_source = !entry->is_built && text.len <= TREE_SOURCE_MAX_BYTES,
    };
    walk->summary->files++;
    return walk->options->visit(walk->options->context, &file, walk->reterr);
}

static bool open_file(struct walk *walk, const struct entry *entry)
{
    size_t max = walk->options->is_source_only ? TREE_SOURCE_MAX_BYTES : TREE_FILE_MAX_BYTES;
    struct stat status = { 0 };
    /* O_NONBLOCK: should a pipe have taken the file's place, opening it must not wait. */
    CLEANUP(file_close)
    int fd = openat(walk->root, entry->path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    if (fd < 0 || fstat(fd, &status) != 0 || !S_ISREG(status.st_mode)) {
        walk->summary->unreadable++;
        return true;
    }
    if ((size_t)status.st_size > max) {
        walk->summary->too_big++;
        return true;
    }
    if (!reserve(walk, (size_t)status.st_size)) {
        return false;
    }
    ssize_t len = read_bytes(fd, walk->buffer, (size_t)status.st_size);
    if (len < 0) {
        walk->summary->unreadable++;
        return true;
    }
    return visit(walk, entry, (struct span){ len > 0 ? walk->buffer : "", (size_t)len });
}

static bool walk_all(struct walk *walk)
{
    struct entry root = { .path = (char[]){ "." } };
    if (!open_folder(walk, &root)) {
        return false;
    }
    while (walk->len > 0) {
        if (walk->summary->files >= TREE_FILES_MAX) {
            walk->summary->is_cut = true;
            return true;
        }
        struct entry entry = walk->entries[--walk->len];
        bool ok = entry.is_folder ? open_folder(walk, &entry) : open_file(walk, &entry);
        free(entry.path);
        if (!ok) {
            return false;
        }
    }
    return true;
}

bool tree_walk(const char *folder,
        const struct tree_options *options,
        struct tree_summary *summary,
        struct err *reterr)
{
    CLEANUP(walk_clear)
    struct walk walk = { .folder = folder,
        .options = options,
        .summary = summary,
        .root = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC),
        .reterr = reterr };
    if (walk.root < 0) {
        return err_set_errno(reterr, ERR_INPUT, errno, folder, "cannot be read");
    }
    return walk_all(&walk);
}
