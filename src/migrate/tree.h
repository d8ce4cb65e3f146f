/* The files below a folder, in a fixed order. Opens and reads them; what they mean is the caller's business. */
/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/attrs.h"
#include "base/error.h"
#include "base/span.h"
#include "base/string_list.h"

enum {
    TREE_SOURCE_MAX_BYTES = 1024 * 1024,    /* larger files are not source code */
    TREE_FILE_MAX_BYTES = 16 * 1024 * 1024, /* larger ones are not read at all */
    TREE_DEPTH_MAX = 64,
    TREE_FILES_MAX = 1000000,
};

struct tree_file {
    const char *path; /* the folder's name, '/', and the path below it */
    struct span text; /* valid during the call */
    bool is_source; /* not in node_modules, vendor or dist, and not larger than TREE_SOURCE_MAX_BYTES */
};

/* What was left out; links and .git are not counted. */
struct tree_summary {
    size_t files;      /* that were read */
    size_t unreadable; /* files and folders: no permission, gone meanwhile */
    size_t too_big;
    bool is_cut; /* TREE_DEPTH_MAX or TREE_FILES_MAX was reached */
};

/* False ends the walk with this error. */
typedef bool tree_visit(void *context, const struct tree_file *file, struct err *reterr);

struct tree_options {
    const struct string_list
            *excluded;   /* patterns (fnmatch) for paths below the folder or for names; or NULL */
    bool is_source_only; /* node_modules, vendor and dist are not entered, and large files not read */
    tree_visit *visit;
    void *context;
};

/*
 * Visits every regular file below the folder, sorted by name within each folder. Links are not followed, but
 * the folder itself may be one. The bytes that were read are wiped at the end. ERR_INPUT, with the folder as
 * `where`, if it cannot be read; ERR_SYSTEM; or the visitor's error. Adds to *summary.
 */
MUST_CHECK bool tree_walk(const char *folder,
        const struct tree_options *options,
        struct tree_summary *summary,
        struct err *reterr);
