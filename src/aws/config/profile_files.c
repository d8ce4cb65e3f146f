/* SPDX-License-Identifier: MIT */
#include "aws/config/profile_files.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "aws/config/profile_parse.h"
#include "base/home.h"
#include "base/shown.h"
#include "base/text.h"

enum {
    PATH_MAX_BYTES = 4096,
};

static const struct {
    const char *variable;
    const char *default_path;
} SOURCES[PROFILE_FILE_COUNT] = {
    [PROFILE_FILE_CONFIG] = { "AWS_CONFIG_FILE", "~/.aws/config" },
    [PROFILE_FILE_CREDENTIALS] = { "AWS_SHARED_CREDENTIALS_FILE", "~/.aws/credentials" },
};

/* --- reading --- */

struct origin {
    const char *path;
    const char *shown_path;
    const char *variable; /* that names the file; NULL: it is the default one */
};

/* Whether a directory of the path denies access, so that it is unknown whether the file exists. */
static bool is_unreachable(const char *path)
{
    struct stat status = { 0 };
    return stat(path, &status) != 0 && errno == EACCES;
}

/*
 * A default file that cannot be reached counts as missing, as in botocore: the HOME of a container is often
 * that of another user, such as /root. Shows the path as a word, because a variable may contain
 * something other than a path by mistake, such as a URL with a password.
 */
static bool read_contents(const struct origin *origin,
        const struct file_limits *limits,
        struct event_sink *events,
        struct secret *contents,
        struct err *reterr)
{
    enum file_presence presence = FILE_ABSENT;
    struct err refusal = { 0 };
    char shown[SHOWN_BYTES];
    (void)shown_word(origin->shown_path, strlen(origin->shown_path), shown);
    if (file_read(origin->path, limits, contents, &presence, &refusal)) {
        if (presence == FILE_ABSENT && origin->variable != NULL) {
            event_emit(events, EVENT_WARNING, shown, "%s names it, but there is no such file",
                    origin->variable);
        }
        return true;
    }
    if (origin->variable == NULL && refusal.os_error == EACCES && is_unreachable(origin->path)) {
        event_emit(events, EVENT_WARNING, shown, "treated as missing: %s", strerror(EACCES));
        return true;
    }
    *reterr = refusal;
    err_set_where(reterr, shown);
    if (origin->variable != NULL) {
        err_add_why(reterr, " (named by %s)", origin->variable);
    }
    return false;
}

static bool load_file(struct profile_files *files,
        enum profile_file file,
        const struct environment *environment,
        const struct file_limits *limits,
        struct event_sink *events,
        struct err_list *problems)
{
    CLEANUP(text_clear) struct text path = TEXT_INIT(PATH_MAX_BYTES);
    CLEANUP(secret_clear) struct secret contents = SECRET_INIT(PROFILE_FILE_MAX_BYTES);
    struct err problem = { 0 };
    const char *variable = SOURCES[file].variable;
    const char *named = environment_get(environment, variable);
    const char *written = named != NULL ? named : SOURCES[file].default_path;
    bool has_home = home_expand(environment, written, &path);
    files->paths[file] = strdup(has_home ? home_shown(written, text_string(&path)) : written);
    if (files->paths[file] == NULL) {
        (void)err_set_no_memory(&problem);
        return err_list_add(problems, &problem);
    }
    if (!has_home) {
        /* Without a home directory there is no default file. */
        return named == NULL
                || err_list_add_new(problems, ERR_INPUT, variable, NULL, "%s", HOME_UNKNOWN);
    }
    const struct origin origin = { text_string(&path), files->paths[file],
        named != NULL ? variable : NULL };
    if (!text_check(&path, variable, &problem)
            || !read_contents(&origin, limits, events, &contents, &problem)) {
        return err_list_add(problems, &problem);
    }
    const struct profile_place place = { .path = files->paths[file], .file = file };
    return profile_parse(&place, &contents, events, &files->newest_section, problems);
}

/* --- the index --- */

static bool is_default(const struct profile_section *section, bool has_type)
{
    return section->ignored_because == NULL && section->kind == PROFILE_SECTION_PROFILE
            && section->place.file == PROFILE_FILE_CONFIG && section->has_type == has_type
            && strcmp(section->name, "default") == 0;
}

/* In the config file "[profile default]", wherever it is, replaces all of "[default]". */
static void ignore_replaced_default(struct profile_files *files, struct event_sink *events)
{
    bool is_replaced = false;
    for (const struct profile_section *section = files->newest_section; section != NULL;
            section = section->older) {
        is_replaced = is_replaced || is_default(section, /* has_type= */ true);
    }
    for (struct profile_section *section = files->newest_section; section != NULL;
            section = section->older) {
        if (is_replaced && is_default(section, /* has_type= */ false)) {
            section->ignored_because = "[profile default] replaces [default]";
            event_emit(events, EVENT_WARNING, profile_where(&section->place).text,
                    "section ignored: %s", section->ignored_because);
        }
    }
}

/* The key of a section in the index. */
struct id {
    enum profile_section_kind kind;
    const char *name;
};

/* Compares an id and an item of the index, for bsearch(3). */
static int compare_id(const void *a, const void *b)
{
    const struct id *id = a;
    const struct profile_section *section = *(const struct profile_section *const *)b;
    return id->kind != section->kind ? (int)id->kind - (int)section->kind
                                     : strcmp(id->name, section->name);
}

/* Compares two items, those of one name by reading order, for qsort(3). */
static int compare_sections(const void *a, const void *b)
{
    const struct profile_section *first = *(const struct profile_section *const *)a;
    const struct profile_section *second = *(const struct profile_section *const *)b;
    int order = compare_id(&(struct id){ first->kind, first->name }, b);
    return order != 0 ? order : first->ordinal < second->ordinal ? -1 : 1;
}

/* Links the sections of one name, and keeps the last of them. */
static bool make_index(struct profile_files *files, struct err *reterr)
{
    size_t count = 0;
    if (files->newest_section == NULL) {
        return true;
    }
    files->index_ = calloc(files->newest_section->ordinal + 1, sizeof(struct profile_section *));
    if (files->index_ == NULL) {
        return err_set_no_memory(reterr);
    }
    for (struct profile_section *section = files->newest_section; section != NULL;
            section = section->older) {
        if (section->ignored_because == NULL) {
            files->index_[count++] = section;
        }
    }
    qsort(files->index_, count, sizeof(struct profile_section *), compare_sections);
    for (size_t i = 0; i < count; i++) {
        struct profile_section *section = files->index_[i];
        struct profile_section *last = i == 0 ? NULL : files->index_[files->index_len_ - 1];
        if (last != NULL && compare_id(&(struct id){ section->kind, section->name }, &last) == 0) {
            section->older_namesake = last;
            files->index_len_--;
        }
        files->index_[files->index_len_++] = section;
    }
    return true;
}

const struct profile_section *profile_files_find(
        const struct profile_files *files, enum profile_section_kind kind, const char *name)
{
    struct profile_section *const *found = files->index_len_ == 0
            ? NULL
            : bsearch(&(struct id){ kind, name }, files->index_, files->index_len_,
                    sizeof(struct profile_section *), compare_id);
    return found == NULL ? NULL : *found;
}

bool profile_files_load(const struct environment *environment,
        const struct file_limits *limits,
        struct event_sink *events,
        struct profile_files *ret_files,
        struct err_list *problems)
{
    CLEANUP(profile_files_clear) struct profile_files files = { 0 };
    struct err problem = { 0 };
    bool is_sound = true;
    for (size_t file = 0; file < PROFILE_FILE_COUNT; file++) {
        is_sound = load_file(&files, (enum profile_file)file, environment, limits, events, problems)
                && is_sound;
    }
    if (!is_sound) {
        return false;
    }
    ignore_replaced_default(&files, events);
    if (!make_index(&files, &problem)) {
        return err_list_add(problems, &problem);
    }
    *ret_files = files;
    files = (struct profile_files){ 0 };
    return true;
}

void profile_files_clear(struct profile_files *files)
{
    profile_section_free(files->newest_section);
    free(files->index_);
    for (size_t i = 0; i < PROFILE_FILE_COUNT; i++) {
        free(files->paths[i]);
    }
    *files = (struct profile_files){ 0 };
}
