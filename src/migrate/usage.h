/*
 * Where source code uses variables: whole words, reads in the idioms of languages, and other spellings
 * of a name. One pass over each text, however many names there are. Errs towards "used": what only may be
 * a use is USAGE_LIKELY.
 */
/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/attrs.h"
#include "base/error.h"
#include "base/span.h"
#include "base/string_list.h"

enum usage_verdict {
    USAGE_NOT_FOUND, /* only of these it is safe to say that nobody seems to use them */
    USAGE_LIKELY,    /* another spelling, a part of the name, or a name that libraries read */
    USAGE_MENTIONED, /* a whole word somewhere */
    USAGE_READ,      /* process.env.NAME and the like */
};

enum {
    USAGE_PLACES_MAX = 16 /* places kept for each name; reads before others */
};

struct usage_place {
    const char *file; /* as given to usage_scan; belongs to the usage */
    size_t line;      /* from 1 on */
    enum usage_verdict how;
};

struct usage_places {
    struct usage_place *items;
    size_t len;
    size_t cap;
};

struct usage_result {
    enum usage_verdict verdict;
    bool is_library_read;             /* libraries read the name by themselves: PORT, AWS_REGION */
    const struct usage_place *places; /* in the order of the scan */
    size_t place_count;
};

struct usage;

/* Copies the names. NULL without memory: ERR_SYSTEM. Release with usage_free. */
MUST_CHECK struct usage *usage_new(const struct string_list *names, struct err *reterr);

void usage_free(struct usage *usage);

/* For CLEANUP. */
void usage_release(struct usage **usage);

/*
 * Looks through the text of a file, whose name (as a path) tells the language where that matters. Binary
 * files are skipped; UTF-16 with a byte order mark is text. Of an env file or a map, only what its values expand
 * ($X, ${X}) is a use. ERR_SYSTEM.
 */
MUST_CHECK bool usage_scan(
        struct usage *usage, const char *file, struct span text, struct err *reterr);

/* What was found for a name that usage_new was given; valid until the next scan. */
struct usage_result usage_of(const struct usage *usage, const char *name);

/* Names that the code reads and that usage_new was not given, sorted, each with where it is read. */
struct usage_unset {
    char *name;
    struct usage_places places;
};

size_t usage_unset_count(const struct usage *usage);
const struct usage_unset *usage_unset_at(const struct usage *usage, size_t at);

/* Reads of names that are only known when the program runs: process.env[key], os.environ.items(). */
const struct usage_places *usage_dynamic(const struct usage *usage);

/* Whether it is an env file: .env, .env.production, prod.env. */
bool usage_is_env_file(const char *path);

/* "read", "mentioned", "likely", "not found" */
const char *usage_word(enum usage_verdict verdict);
