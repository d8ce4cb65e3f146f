/*
 * Sections and properties of the shared AWS files as they were read, and the look-ups in them. Those of
 * one section are linked from the last one back to the first, since the last one counts.
 */
/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/attrs.h"
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

/* A "key = value". Those that a later one overrides stay, and are never found. */
struct profile_property {
    struct profile_property *older;         /* the one above it in the same section */
    struct profile_property *newest_nested; /* only below an empty value */
    /* Lines that continue it are joined by LF; tabs are its only other control characters. */
    struct secret value;
    const char *path; /* as messages call the file; borrowed from struct profile_files */
    size_t line;
    enum profile_file file;
    char key[];
};

/* A "[section]". Sections of one name are merged by looking through all of them. */
struct profile_section {
    struct profile_section *older;          /* the one read before it, whatever its name */
    struct profile_section *older_namesake; /* where a key that is absent here is looked for */
    struct profile_property *newest_property;
    const char *path; /* as messages call the file; borrowed from struct profile_files */
    size_t ordinal;   /* in reading order: config file first, so that the credentials file wins */
    size_t line;
    enum profile_file file;
    enum profile_section_kind kind;
    bool has_type;               /* "[profile default]" and not "[default]" */
    const char *ignored_because; /* NULL: it counts */
    char name[];                 /* of an ignored section: all that stands between the brackets */
};

/* Releases a section and all those older than it. */
void profile_section_free(struct profile_section *newest);

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

/* Shorthands for those who need no more than the value; NULL where absent. */
const struct secret *profile_section_get_secret(
        const struct profile_section *section, const char *key);
const char *profile_section_get(const struct profile_section *section, const char *key);

/*
 * Whether the values of a key are one line that may be shown, as those of region: neither credentials nor
 * what may hold some, such as a command line.
 */
bool profile_key_is_public(const char *key);

/* Keys each of which makes its profile give credentials, or an error; NULL at the end. */
extern const char *const profile_credentials_keys[];

bool profile_key_gives_credentials(const char *key);

/* The value of a key that is public; asking for another is a bug. */
const char *profile_property_text(const struct profile_property *property);

/* "file:line", for the `where` of an error; a long path loses its beginning. */
void profile_section_where(
        const struct profile_section *section, char ret_where[static PROFILE_WHERE_BYTES]);
void profile_property_where(
        const struct profile_property *property, char ret_where[static PROFILE_WHERE_BYTES]);
void profile_line_where(const char *path, size_t line, char ret_where[static PROFILE_WHERE_BYTES]);

/* The same with the key: "file:line: key". */
void profile_property_where_key(
        const struct profile_property *property, char ret_where[static PROFILE_WHERE_BYTES]);
