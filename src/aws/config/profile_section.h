/*
 * Sections and properties of the shared AWS files, and how to look them up. Lists are linked from the
 * last item read to the first, because the last one of each name takes effect.
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

/* Where a line was read. */
struct profile_place {
    const char *path; /* as messages show it; borrowed from struct profile_files */
    enum profile_file file;
    size_t line;
};

/* A "key = value". One that a later one overrides stays in the list but is never found. */
struct profile_property {
    struct profile_property *older;         /* the one above it in the same section */
    struct profile_property *newest_nested; /* only below an empty value */
    /* Continuation lines are joined by LF; its only other control characters are tabs. */
    struct secret value;
    struct profile_place place;
    char key[];
};

/* A "[section]". A look-up goes through all sections of the same name. */
struct profile_section {
    struct profile_section *older;          /* the one read before it, of any name */
    struct profile_section *older_namesake; /* of the same kind and name */
    struct profile_property *newest_property;
    struct profile_place place;
    size_t ordinal; /* in reading order: the credentials file is last and takes precedence */
    enum profile_section_kind kind;
    bool has_type;               /* "[profile default]" and not "[default]" */
    const char *ignored_because; /* NULL: it is not ignored */
    char name[];                 /* of an ignored section: everything between the brackets */
};

/* Frees a section and all older ones. */
void profile_section_free(struct profile_section *newest);

/*
 * Both functions below ignore the case of keys and return NULL for a key that is absent. An empty
 * value counts as absent, and hides earlier values of the key, also those in the config file. The
 * section may be NULL.
 */

const struct profile_property *profile_section_find(
        const struct profile_section *section, const char *key);

/* The indented "nested_key = value" below "key =". */
const struct profile_property *profile_section_find_nested(
        const struct profile_section *section, const char *key, const char *nested_key);

/*
 * Whether messages may show the value of a key, such as region; it is one line then. False for
 * credentials, and for command lines, which may contain some.
 */
bool profile_key_is_public(const char *key);

/* The keys with which a profile must give credentials or fail; ends with NULL. */
extern const char *const profile_credentials_keys[];

bool profile_key_gives_credentials(const char *key);

/* The value of a property whose key must be public. */
const char *profile_property_text(const struct profile_property *property);

/* "file:line" or "file:line: key", for the `where` of an error. A long path is truncated at its start. */
struct profile_where {
    char text[PROFILE_WHERE_BYTES];
};

struct profile_where profile_where(const struct profile_place *place);
struct profile_where profile_where_key(const struct profile_property *property);
