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
    PATH_MAX_BYTES = 64 * 1024,
    PIECE_BYTES = TREE_SOURCE_MAX_BYTES + TREE_OVERLAP_BYTES,
};

/* A folder or file that waits for its turn. */
struct entry {
    char *path; /* below the root */
    size_t depth;
    bool is_folder;
    bool is_built; /* in .git, node_modules, vendor or dist */
    bool is_git;   /* .git or below */
};

struct walk {
    const char *folder;
    const struct tree_options *options;
    struct tree_summary *summary;
    int root;
    struct entry *entries; /* a stack: what comes next is last */
    size_t len;
    size_t cap;
    char *buffer; /* PIECE_BYTES of locked_alloc: files may hold secrets */
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

/* Whether it is where git keeps its objects; those of git-lfs are files as they are. */
static bool is_compressed(const char *parent, const char *name)
{
    const char *slash = strrchr(parent, '/');
    return strcmp(name, "objects") == 0 && strcmp(slash == NULL ? parent : slash + 1, "lfs") != 0;
}

/* Puts one entry of the folder `parent` on the stack, unless it is left out. */
static bool push(struct walk *walk, const struct entry *parent, const char *name, bool is_folder)
{
    static const char *const built[] = { ".git", "node_modules", "vendor", "dist", NULL };
    bool is_built = parent->is_built || (is_folder && is_any_of(name, built));
    bool is_git = parent->is_git || strcmp(name, ".git") == 0;
    if (strcmp(name, ".") == 0 || strcmp(name, "..") == 0
            || (is_built && walk->options->is_source_only)
            || (is_git && is_folder && is_compressed(parent->path, name))) {
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
    entries[walk->len++] = (struct entry){ .path = taken,
        .depth = parent->depth + 1,
        .is_folder = is_folder,
        .is_built = is_built,
        .is_git = is_git };
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
    if (folder == NULL && errno == ENOMEM) {
        return err_set_no_memory(walk->reterr);
    }
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

/* A file under way. */
struct reading {
    int fd;
    off_t at;
    off_t size;
    size_t len; /* of what is in the buffer */
    struct tree_file file;
};

/* Drops all but the last `kept` bytes of the buffer. */
static void keep(const struct walk *walk, struct reading *reading, size_t kept)
{
    const char *from = walk->buffer;
    const char *to = walk->buffer + reading->len - kept;
    while (from < to && (from = memchr(from, '\n', (size_t)(to - from))) != NULL) {
        reading->file.line++;
        from++;
    }
    memmove(walk->buffer, to, kept);
    reading->len = kept;
    reading->file.known = kept;
}

/*
 * Makes room for the next piece, behind what a value may begin in that ends there; or behind a hole of a sparse
 * file, which no piece has to hold.
 */
static void go_on(const struct walk *walk, struct reading *reading)
{
    off_t data = lseek(reading->fd, reading->at, SEEK_DATA);
    bool is_end = data < 0 && errno == ENXIO;
    bool is_hole = is_end || data > reading->at;
    keep(walk, reading,
            is_hole                                     ? 0
                    : reading->len < TREE_OVERLAP_BYTES ? reading->len
                                                        : TREE_OVERLAP_BYTES);
    reading->at = is_end ? reading->size : is_hole ? data : reading->at;
}

/* Reads a piece behind what is kept; false with errno. A file that grows meanwhile is read as it was. */
static bool read_piece(const struct walk *walk, struct reading *reading)
{
    while (reading->at < reading->size && reading->len < PIECE_BYTES) {
        off_t left = reading->size - reading->at;
        size_t room = PIECE_BYTES - reading->len;
        size_t wanted = left < (off_t)room ? (size_t)left : room;
        ssize_t got = pread(reading->fd, walk->buffer + reading->len, wanted, reading->at);
        if (got < 0 && errno != EINTR) {
            return false;
        }
        if (got == 0) {
            reading->size = reading->at;
        }
        reading->len += got > 0 ? (size_t)got : 0;
        reading->at += got > 0 ? got : 0;
    }
    return true;
}

static bool visit_pieces(struct walk *walk, struct reading *reading)
{
    const struct tree_options *options = walk->options;
    bool is_large = reading->size > TREE_SOURCE_MAX_BYTES;
    bool is_first = true;
    do {
        if (is_large) {
            go_on(walk, reading);
        }
        if (!read_piece(walk, reading)) {
            walk->summary->unreadable++;
            return true;
        }
        walk->summary->files += is_first;
        is_first = false;
        reading->file.text = (struct span){ walk->buffer, reading->len };
        if (!options->visit(options->context, &reading->file, walk->reterr)) {
            return false;
        }
    } while (reading->at < reading->size);
    return true;
}

static bool visit(struct walk *walk, const struct entry *entry, struct reading *reading)
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
    if (walk->buffer == NULL && (walk->buffer = locked_alloc(PIECE_BYTES)) == NULL) {
        return err_set_no_memory(walk->reterr);
    }
    reading->file.path = text_string(&path);
    reading->file.line = 1;
    reading->file.is_source = !entry->is_built && reading->size <= TREE_SOURCE_MAX_BYTES;
    return visit_pieces(walk, reading);
}

static bool open_file(struct walk *walk, const struct entry *entry)
{
    struct stat status = { 0 };
    /* O_NONBLOCK: should a pipe have taken the file's place, opening it must not wait. */
    CLEANUP(file_close)
    int fd = openat(walk->root, entry->path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    if (fd < 0 || fstat(fd, &status) != 0 || !S_ISREG(status.st_mode)) {
        walk->summary->unreadable++;
        return true;
    }
    if (walk->options->is_source_only && status.st_size > TREE_SOURCE_MAX_BYTES) {
        walk->summary->too_big++;
        return true;
    }
    struct reading reading = { .fd = fd,
        .size = status.st_size,
        .file = { .device = status.st_dev, .inode = status.st_ino } };
    return visit(walk, entry, &reading);
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
