/* SPDX-License-Identifier: MIT */
#include "retire_look.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/text.h"
#include "migrate/classify.h"
#include "migrate/ignore.h"
#include "migrate/loaders.h"
#include "migrate/needles.h"
#include "migrate/usage.h"
#include "tree/tree.h"

enum {
    PLACE_MAX_BYTES = 64 * 1024,
    IGNORE_MAX_BYTES = 1024 * 1024,
    OTHERS_MAY_READ = S_IRGRP | S_IROTH,
};

static const char *base_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash == NULL ? path : slash + 1;
}

bool retire_file_look(struct retire_file *file, struct err *reterr)
{
    if (lstat(file->path, &file->itself) != 0 || stat(file->path, &file->target) != 0) {
        return err_set_errno(reterr, ERR_INPUT, errno, file->path, "cannot be looked at");
    }
    if (!S_ISREG(file->target.st_mode)) {
        (void)err_set(reterr, ERR_INPUT, file->path, "is not a regular file");
        err_set_hint(reterr, "only a file can be retired; ssm-dotenv verify reads pipes as well");
        return false;
    }
    return true;
}

/* --- the file itself --- */

static bool add_link(const struct retire_file *file, struct retire_list *list, struct err *reterr)
{
    CLEANUP(text_clear) struct text note = TEXT_INIT(PLACE_MAX_BYTES);
    char target[PATH_MAX];
    ssize_t len = readlink(file->path, target, sizeof(target) - 1);
    target[len < 0 ? 0 : len] = '\0';
    text_append_format(&note,
            "is a link to %s: --delete removes the link alone, and the file stays",
            len < 0 ? "another file" : target);
    const struct retire_finding finding = {
        .check = RETIRE_LINK,
        .file = file->path,
        .note = text_string(&note),
    };
    return text_check(&note, file->path, reterr) && retire_list_add(list, &finding, reterr);
}

/* The nearest folder above the path, or itself, that has a Dockerfile: "" is the working folder. */
static bool has_dockerfile(const char *folder, size_t len, bool *ret_has, struct err *reterr)
{
    static const char *const names[] = { "Dockerfile", "Containerfile" };
    CLEANUP(text_clear) struct text name = TEXT_INIT(PLACE_MAX_BYTES);
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        text_reset(&name);
        text_append(&name, folder, len);
        text_append_string(&name, names[i]);
        if (!text_check(&name, folder, reterr)) {
            return false;
        }
        *ret_has = *ret_has || access(text_string(&name), F_OK) == 0;
    }
    return true;
}

static bool look_at_docker(
        const struct retire_file *file, struct retire_list *list, struct err *reterr)
{
    const char *name = base_name(file->path);
    size_t len = (size_t)(name - file->path);
    CLEANUP(text_clear) struct text path = TEXT_INIT(PLACE_MAX_BYTES);
    CLEANUP(text_clear) struct text contents = TEXT_INIT(IGNORE_MAX_BYTES);
    const struct retire_finding finding = {
        .check = RETIRE_DOCKER,
        .file = file->path,
        .note = ".dockerignore does not have it: COPY . takes it into the image",
    };
    text_append(&path, file->path, len);
    text_append_string(&path, ".dockerignore");
    int fault = file_read_text(text_string(&path), &contents);
    if (path.state == TEXT_NO_MEMORY || fault == ENOMEM) {
        return err_set_no_memory(reterr);
    }
    bool has = false;
    bool is_ignored = fault == 0
            && ignore_has((struct span){ contents.bytes, contents.len }, name, true);
    return is_ignored
            || (has_dockerfile(file->path, len, &has, reterr)
                    && (!has || retire_list_add(list, &finding, reterr)));
}

bool retire_look_at_file(
        const struct retire_file *file, struct retire_list *list, struct err *reterr)
{
    const struct retire_finding mode = {
        .check = RETIRE_MODE,
        .file = file->path,
        .note = (file->target.st_mode & S_IROTH) != 0 ? "everybody on this machine can read it"
                                                      : "its group can read it",
    };
    const struct retire_finding names = {
        .check = RETIRE_LINK,
        .file = file->path,
        .note = "has other names (hard links), under which it stays",
    };
    if ((file->target.st_mode & OTHERS_MAY_READ) != 0 && !retire_list_add(list, &mode, reterr)) {
        return false;
    }
    if (S_ISLNK(file->itself.st_mode) && !add_link(file, list, reterr)) {
        return false;
    }
    return (file->target.st_nlink < 2 || retire_list_add(list, &names, reterr))
            && look_at_docker(file, list, reterr);
}

/* --- the files around it --- */

/* A walk over all files. One error ends it. */
struct look {
    const struct retire_file *file;
    const char *name; /* without folders */
    struct needles *needles;
    struct loaders loaders;
    struct retire_list *list;
    const char *path; /* of the present file */
    bool has_failed;
    struct err *reterr;
};

static void look_clear(struct look *look)
{
    loaders_clear(&look->loaders);
}

/* "./" is what people leave out. */
static const char *short_path(const char *path)
{
    return strncmp(path, "./", 2) == 0 ? path + 2 : path;
}

static void add_value(void *context, const struct needles_hit *hit)
{
    struct look *look = context;
    const char *name = look->file->dotenv->entries[hit->id].name;
    CLEANUP(text_clear) struct text note = TEXT_INIT(PLACE_MAX_BYTES);
    text_append_format(&note, "holds the value of %s%s", name, hit->is_base64 ? ", as base64" : "");
    const struct retire_finding finding = {
        .check = RETIRE_VALUE,
        .file = look->path,
        .line = hit->line,
        .variable = name,
        .note = text_string(&note),
    };
    look->has_failed = look->has_failed || !text_check(&note, look->path, look->reterr)
            || !retire_list_add(look->list, &finding, look->reterr);
}

/* Whether the name is what editors and people call a copy of the file: .env~, .env.bak, .env.bak2, .env.1. */
static bool is_copy_name(const char *name, const char *original)
{
    static const char *const ends[] = { "~", ".bak", ".backup", ".old", ".orig", ".save", ".copy",
        ".swp", ".swo", ".tmp", "-bak", "-backup", "-old", "_bak", "_old", "_backup", " copy" };
    if (name[0] == '.' && strncmp(name + 1, original, strlen(original)) == 0
            && name[strlen(original) + 1] != '\0') {
        name++; /* ..env.swp */
    }
    size_t len = strlen(original);
    if (strncmp(name, original, len) != 0 || name[len] == '\0') {
        return false;
    }
    const char *rest = name + len;
    for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
        size_t end_len = strlen(ends[i]);
        if (strncmp(rest, ends[i], end_len) == 0
                && rest[end_len + strspn(rest + end_len, "0123456789.-_~")] == '\0') {
            return true;
        }
    }
    return rest[0] == '.' && rest[1] != '\0' && rest[1 + strspn(rest + 1, "0123456789-_")] == '\0';
}

static bool is_retired_file(const struct look *look, const struct tree_file *file)
{
    const struct stat *target = &look->file->target;
    return file->device == target->st_dev && file->inode == target->st_ino;
}

/* Loaders, unless it is a copy: then what it loads is not of interest. */
static bool look_at_name(struct look *look, const struct tree_file *file, struct err *reterr)
{
    const struct retire_finding copy = {
        .check = RETIRE_COPY,
        .file = look->path,
        .note = "looks like a copy, by its name",
    };
    if (is_copy_name(base_name(file->path), look->name)) {
        return file->known > 0 || retire_list_add(look->list, &copy, reterr);
    }
    return !file->is_source
            || loaders_scan(&look->loaders, look->name, look->path, file->text, reterr);
}

static bool visit(void *context, const struct tree_file *file, struct err *reterr)
{
    struct look *look = context;
    const struct needles_piece piece = {
        .text = file->text,
        .known = file->known,
        .line = file->line,
    };
    look->reterr = reterr;
    look->path = short_path(file->path);
    if (is_retired_file(look, file)) {
        return true;
    }
    if (!look_at_name(look, file, reterr)) {
        return false;
    }
    needles_search(look->needles, &piece, add_value, look);
    return !look->has_failed;
}

/* A whole folder in an image has the file only if .dockerignore does not leave it out. */
static bool add_loaders(const struct look *look, struct err *reterr)
{
    bool is_taken = retire_list_count(look->list, RETIRE_DOCKER) > 0;
    for (size_t i = 0; i < look->loaders.len; i++) {
        const struct loader *loader = &look->loaders.items[i];
        const struct retire_finding finding = {
            .check = RETIRE_LOADS,
            .file = loader->path,
            .line = loader->line,
            .note = loader_words(loader->kind),
        };
        if ((loader->kind != LOADER_COPIED_ALL || is_taken)
                && !retire_list_add(look->list, &finding, reterr)) {
            return false;
        }
    }
    return true;
}

static struct classification classify_entry(const struct dotenv_entry *entry)
{
    const struct classify_variable variable = {
        .name = entry->name,
        .value = &entry->value,
        .has_inner_hash = entry->has_inner_hash,
    };
    return classify(&variable);
}

static bool is_secret(const struct dotenv_entry *entry)
{
    struct classification found = classify_entry(entry);
    return found.kind == CLASSIFY_SECRET || found.kind == CLASSIFY_LIKELY
            || (found.notes & CLASSIFY_PUBLISHED) != 0;
}

static bool add_needles(struct needles *needles, const struct dotenv *dotenv, struct err *reterr)
{
    for (size_t i = 0; i < dotenv->len; i++) {
        const struct dotenv_entry *entry = &dotenv->entries[i];
        if (is_secret(entry) && !needles_add(needles, i, &entry->value, reterr)) {
            return false;
        }
    }
    return true;
}

bool retire_look_at_sources(const struct retire_file *file,
        const struct string_list *sources,
        struct retire_list *list,
        size_t *unread,
        struct err *reterr)
{
    CLEANUP(needles_release) struct needles *needles = needles_new(reterr);
    if (needles == NULL || !add_needles(needles, file->dotenv, reterr)) {
        return false;
    }
    CLEANUP(look_clear)
    struct look look = {
        .file = file,
        .name = base_name(file->path),
        .needles = needles,
        .list = list,
        .reterr = reterr,
    };
    const struct tree_options options = { .visit = visit, .context = &look };
    for (size_t i = 0; i < sources->len; i++) {
        struct tree_summary summary = { 0 };
        if (!tree_walk(sources->items[i], &options, &summary, reterr)) {
            return false;
        }
        *unread += summary.unreadable + (summary.is_cut ? 1 : 0);
    }
    *unread += look.loaders.is_cut ? 1 : 0;
    return add_loaders(&look, reterr);
}

/* --- the secrets --- */

/* Why a secret is more exposed than others; the first of them weighs most. */
enum exposure {
    FOUND_ELSEWHERE = 1 << 4,
    TRACKED = 1 << 3,
    READABLE = 1 << 2,
    SHARED = 1 << 1, /* with another env file */
    PUBLISHED = 1 << 0,
};

static unsigned exposure_of(const struct dotenv_entry *entry, const struct retire_list *list)
{
    unsigned found = (classify_entry(entry).notes & CLASSIFY_PUBLISHED) != 0 ? PUBLISHED : 0;
    for (size_t i = 0; i < list->len; i++) {
        const struct retire_row *row = &list->rows[i];
        if (row->check == RETIRE_VALUE && strcmp(row->variable, entry->name) == 0) {
            found |= usage_is_env_file(row->file) ? SHARED : FOUND_ELSEWHERE;
        }
    }
    found |= retire_list_count(list, RETIRE_TRACKED) + retire_list_count(list, RETIRE_COMMIT) > 0
            ? TRACKED
            : 0;
    found |= retire_list_count(list, RETIRE_MODE) > 0 ? READABLE : 0;
    return found;
}

static void describe_exposure(unsigned found, struct text *out)
{
    static const struct {
        enum exposure bit;
        const char *words;
    } reasons[] = {
        { FOUND_ELSEWHERE, "found in another file" },
        { TRACKED, "git has it" },
        { READABLE, "others can read the file" },
        { SHARED, "another env file has it too" },
        { PUBLISHED, "its name says that it is published" },
    };

    for (size_t i = 0; i < sizeof(reasons) / sizeof(reasons[0]); i++) {
        if ((found & reasons[i].bit) != 0) {
            text_append_format(out, "%s%s", out->len == 0 ? "" : ", ", reasons[i].words);
        }
    }
    text_append_string(out, out->len == 0 ? "was in a file" : "");
}

bool retire_look_at_secrets(
        const struct retire_file *file, struct retire_list *list, struct err *reterr)
{
    for (size_t i = 0; i < file->dotenv->len; i++) {
        const struct dotenv_entry *entry = &file->dotenv->entries[i];
        CLEANUP(text_clear) struct text note = TEXT_INIT(PLACE_MAX_BYTES);
        if (!is_secret(entry)) {
            continue;
        }
        unsigned found = exposure_of(entry, list);
        describe_exposure(found, &note);
        const struct retire_finding finding = {
            .check = RETIRE_ROTATE,
            .order = -(int)found,
            .variable = entry->name,
            .note = text_string(&note),
        };
        if (!text_check(&note, entry->name, reterr) || !retire_list_add(list, &finding, reterr)) {
            return false;
        }
    }
    return true;
}
