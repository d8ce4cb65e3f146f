/*
 * The shared AWS files, config and credentials, as one set of sections: the grammar of AWS's C
 * parser (aws-c-sdkutils), and quoted section names as botocore takes them.
 */
/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/attrs.h"
#include "base/environment.h"
#include "base/error.h"
#include "base/event.h"
#include "base/file.h"
#include "base/secret.h"

enum profile_file {
    PROFILE_FILE_CONFIG,
    PROFILE_FILE_CREDENTIALS,
};

enum {
    PROFILE_FILE_COUNT = 2,
};

enum profile_section_kind {
    PROFILE_SECTION_PROFILE,
    PROFILE_SECTION_SSO_SESSION, /* config file only */
    PROFILE_SECTION_SERVICES,    /* config file only */
};

enum {
    PROFILE_WHERE_BYTES = 512,
};

struct profile_section;
struct profile_property;

/*
 * Owns its sections, and they their properties; every pointer handed out lives until _clear. The
 * members are the module's own.
 */
struct profile_files {
    char *paths_[PROFILE_FILE_COUNT];
    struct profile_section *newest_section_; /* all that were read, the last one first */
    size_t section_count_;
    struct profile_section **index_; /* the last one of each name, sorted */
    size_t index_len_;
};

#define PROFILE_FILES_INIT ((struct profile_files){ 0 })

/*
 * Reads AWS_CONFIG_FILE (~/.aws/config) and AWS_SHARED_CREDENTIALS_FILE (~/.aws/credentials), each
 * at most 1 MiB; a missing file is an empty one. Where anything is wrong, false: *ret_files is
 * untouched, and what was found in both files is added to *problems, a handful for each file:
 * ERR_INPUT (unreadable, a directory, too long; not the grammar, `where` being "file:line"),
 * ERR_TIMEOUT or ERR_SYSTEM. Sections and properties that the grammar ignores are EVENT_WARNINGs,
 * and so are a file that a variable names and that is missing, and a default file in a directory closed
 * to us, which counts as missing. None of them ever
 * quotes a line.
 */
MUST_CHECK bool profile_files_load(const struct environment *environment,
        const struct file_limits *limits,
        struct event_sink *events,
        struct profile_files *ret_files,
        struct err_list *problems);

void profile_files_clear(struct profile_files *files);

/* What messages call the file (home_shown); NULL where it would be below a home directory nobody knows. */
const char *profile_files_path(const struct profile_files *files, enum profile_file file);

/* The section of both files together, or NULL. Names are case-sensitive. */
const struct profile_section *profile_files_find(
        const struct profile_files *files, enum profile_section_kind kind, const char *name);

/*
 * The look-ups below ignore the case of keys. An empty value counts as absent, and hides what
 * stands for the same key above it, or in the config file. A section that is NULL has no keys.
 */

/* NULL where absent. */
const struct profile_property *profile_section_find(
        const struct profile_section *section, const char *key);

/* "key =", and below it, indented, "nested_key = value"; NULL where absent. */
const struct profile_property *profile_section_find_nested(
        const struct profile_section *section, const char *key, const char *nested_key);

/* The value. Lines that continue it are joined by LF; tabs are its only other control characters. */
const struct secret *profile_property_secret(const struct profile_property *property);

/* The value of a key that the module lists as public, such as region; asking for another is a bug. */
const char *profile_property_text(const struct profile_property *property);

/* The file that the value is from: static keys rank by it. */
enum profile_file profile_property_file(const struct profile_property *property);

/* "file:line" of the property, for the `where` of an error; a long path loses its beginning. */
void profile_property_where(
        const struct profile_property *property, char ret_where[static PROFILE_WHERE_BYTES]);

/* The same with the key: "file:line: key". */
void profile_property_where_key(
        const struct profile_property *property, char ret_where[static PROFILE_WHERE_BYTES]);

/*
 * Everything that was read, whether it counts or not, the last section and the last property first: for
 * whoever has to say why a profile is not what it was meant to be (profile_dropped.h). NULL at the end.
 */
const struct profile_section *profile_files_newest_section(const struct profile_files *files);
const struct profile_section *profile_section_older(const struct profile_section *section);
const struct profile_property *profile_section_newest_property(
        const struct profile_section *section);
const struct profile_property *profile_property_older(const struct profile_property *property);

/* Why the section is ignored; NULL: it is not. */
const char *profile_section_ignored(const struct profile_section *section);

/* Of an ignored section: all that stands between its brackets. */
const char *profile_section_name(const struct profile_section *section);
bool profile_section_is_profile(const struct profile_section *section);
void profile_section_where(
        const struct profile_section *section, char ret_where[static PROFILE_WHERE_BYTES]);
const char *profile_property_key(const struct profile_property *property);

/* Shorthands for those who need no more than the value; NULL where absent. */
const struct secret *profile_section_get_secret(
        const struct profile_section *section, const char *key);
const char *profile_section_get(const struct profile_section *section, const char *key);
