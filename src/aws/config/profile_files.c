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

/*
 * A user without a home directory has no files there; naming one there is a mistake. *ret_shown: what
 * messages call the file; NULL where there is none.
 */
static bool locate(const struct environment *environment,
        enum profile_file file,
        struct text *ret_path,
        char **ret_shown,
        struct err *reterr)
{
    const char *variable = SOURCES[file].variable;
    const char *configured = environment_get(environment, variable);
    const char *path = configured != NULL ? configured : SOURCES[file].default_path;
    if (!home_expand(environment, path, ret_path)) {
        if (configured == NULL) {
            *ret_shown = NULL;
            return true;
        }
        return err_set(reterr, ERR_INPUT, variable, HOME_UNKNOWN);
    }
    if (!text_check(ret_path, variable, reterr)) {
        return false;
    }
    *ret_shown = strdup(home_shown(path, text_string(ret_path)));
    return *ret_shown != NULL || err_set_no_memory(reterr);
}

/* Whether permissions keep us from seeing if there is such a file at all. */
static bool is_out_of_sight(const char *path)
{
    struct stat status = { 0 };
    return stat(path, &status) != 0 && errno == EACCES;
}

struct origin {
    const char *path;
    const char *shown_path;
    const char *variable; /* that names the file; NULL: it is the default one */
};

/*
 * A container's HOME is often another user's, such as /root, and botocore takes what it cannot see there as
 * missing. A file that was asked for, or can be seen, must be readable. One that cannot be read may be
 * something else than a path, such as a URL with a password.
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
            event_emit(events, EVENT_WARNING, shown, "%s names it, and there is no such file",
                    origin->variable);
        }
        return true;
    }
    if (origin->variable == NULL && refusal.os_error == EACCES && is_out_of_sight(origin->path)) {
        event_emit(events, EVENT_WARNING, shown, "taken as missing: %s", strerror(EACCES));
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
    struct err problem = { 0 };
    CLEANUP(text_clear) struct text path = TEXT_INIT(PATH_MAX_BYTES);
    if (!locate(environment, file, &path, &files->paths_[file], &problem)) {
        err_list_add(problems, &problem);
        return false;
    }
    const char *shown_path = files->paths_[file];
    if (shown_path == NULL) {
        return true;
    }
    const char *variable = SOURCES[file].variable;
    const struct origin origin = { text_string(&path), shown_path,
        environment_get(environment, variable) != NULL ? variable : NULL };
    CLEANUP(secret_clear) struct secret contents = SECRET_INIT(PROFILE_FILE_MAX_BYTES);
    if (!read_contents(&origin, limits, events, &contents, &problem)) {
        err_list_add(problems, &problem);
        return false;
    }
    const struct profile_source source = { shown_path, file };
    return profile_parse(&source, &contents, events, &files->newest_section, problems);
}

static int compare_ids(
        enum profile_section_kind kind, const char *name, const struct profile_section *section)
{
    if (kind != section->kind) {
        return kind < section->kind ? -1 : 1;
    }
    return strcmp(name, section->name);
}

/* By kind and name, then in reading order. */
static int compare_sections(const void *a, const void *b)
{
    const struct profile_section *first = *(const struct profile_section *const *)a;
    const struct profile_section *second = *(const struct profile_section *const *)b;
    int difference = compare_ids(first->kind, first->name, second);
    if (difference != 0) {
        return difference;
    }
    return first->ordinal < second->ordinal ? -1 : 1;
}

static bool is_default(const struct profile_section *section, bool has_type)
{
    return section->ignored_because == NULL && section->kind == PROFILE_SECTION_PROFILE
            && section->file == PROFILE_FILE_CONFIG && section->has_type == has_type
            && strcmp(section->name, "default") == 0;
}

/* In the config file "[profile default]", wherever it stands, leaves nothing of "[default]". */
static bool has_profile_default(const struct profile_files *files)
{
    const struct profile_section *section = files->newest_section;
    while (section != NULL && !is_default(section, /* has_type= */ true)) {
        section = section->older;
    }
    return section != NULL;
}

/* Sorts the sections, chains those of one name, and keeps the newest of each chain. */
static bool index_sections(
        struct profile_files *files, struct event_sink *events, struct err *reterr)
{
    if (files->newest_section == NULL) {
        return true;
    }
    files->index_ = calloc(files->newest_section->ordinal + 1, sizeof(struct profile_section *));
    if (files->index_ == NULL) {
        return err_set_no_memory(reterr);
    }
    bool is_default_replaced = has_profile_default(files);
    size_t count = 0;
    for (struct profile_section *section = files->newest_section; section != NULL;
            section = section->older) {
        if (is_default_replaced && is_default(section, /* has_type= */ false)) {
            section->ignored_because = "[profile default] replaces [default]";
            char where[PROFILE_WHERE_BYTES];
            profile_section_where(section, where);
            event_emit(
                    events, EVENT_WARNING, where, "section ignored: %s", section->ignored_because);
        }
        if (section->ignored_because == NULL) {
            files->index_[count] = section;
            count++;
        }
    }
    qsort(files->index_, count, sizeof(struct profile_section *), compare_sections);
    for (size_t i = 0; i < count; i++) {
        struct profile_section *section = files->index_[i];
        struct profile_section *last = files->index_len_ == 0
                ? NULL
                : files->index_[files->index_len_ - 1];
        if (last != NULL && compare_ids(section->kind, section->name, last) == 0) {
            section->older_namesake = last;
            files->index_len_--;
        }
        files->index_[files->index_len_] = section;
        files->index_len_++;
    }
    return true;
}

bool profile_files_load(const struct environment *environment,
        const struct file_limits *limits,
        struct event_sink *events,
        struct profile_files *ret_files,
        struct err_list *problems)
{
    CLEANUP(profile_files_clear) struct profile_files files = PROFILE_FILES_INIT;
    bool is_config_sound = load_file(
            &files, PROFILE_FILE_CONFIG, environment, limits, events, problems);
    bool is_credentials_sound = load_file(
            &files, PROFILE_FILE_CREDENTIALS, environment, limits, events, problems);
    if (!is_config_sound || !is_credentials_sound) {
        return false;
    }
    struct err problem = { 0 };
    if (!index_sections(&files, events, &problem)) {
        err_list_add(problems, &problem);
        return false;
    }
    *ret_files = files;
    files = PROFILE_FILES_INIT;
    return true;
}

void profile_files_clear(struct profile_files *files)
{
    profile_section_free(files->newest_section);
    free(files->index_);
    for (size_t i = 0; i < PROFILE_FILE_COUNT; i++) {
        free(files->paths_[i]);
    }
    *files = PROFILE_FILES_INIT;
}

const char *profile_files_path(const struct profile_files *files, enum profile_file file)
{
    return files->paths_[file];
}

const struct profile_section *profile_files_find(
        const struct profile_files *files, enum profile_section_kind kind, const char *name)
{
    size_t low = 0;
    size_t high = files->index_len_;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int difference = compare_ids(kind, name, files->index_[middle]);
        if (difference == 0) {
            return files->index_[middle];
        }
        if (difference < 0) {
            high = middle;
        } else {
            low = middle + 1;
        }
    }
    return NULL;
}
