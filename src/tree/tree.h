/* The files below a folder, in a fixed order. Opens and reads them; what they mean is the caller's business. */
/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "base/attrs.h"
#include "base/error.h"
#include "base/span.h"
#include "base/string_list.h"

enum {
    TREE_SOURCE_MAX_BYTES = 1024 * 1024, /* larger files are not source code, and come in pieces */
    TREE_OVERLAP_BYTES = 64 * 1024,      /* what a piece has of the one before */
    TREE_DEPTH_MAX = 64,
    TREE_FILES_MAX = 1000000,
};

/* A file, or a piece of a file that is larger than TREE_SOURCE_MAX_BYTES. */
struct tree_file {
    const char *path; /* the folder's name, '/', and the path below it: not escaped */
    struct span text; /* valid during the call, and wiped at the end */
    size_t known;   /* how many bytes at the beginning of the text were in the piece before, too */
    size_t line;    /* of the first byte of the text, from 1 on */
    bool is_source; /* not in .git, node_modules, vendor or dist, and comes whole */
    dev_t device;
    ino_t inode;
};

/* What was left out; links and special files are not counted. */
struct tree_summary {
    size_t files;      /* that were read */
    size_t unreadable; /* files and folders: no permission, gone meanwhile, or too long a path */
    size_t too_big;    /* with is_source_only */
    bool is_cut;       /* TREE_DEPTH_MAX or TREE_FILES_MAX was reached */
};

/* False ends the walk with this error. */
typedef bool tree_visit(void *context, const struct tree_file *file, struct err *reterr);

struct tree_options {
    const struct string_list
            *excluded;   /* patterns (fnmatch) for paths below the folder or for names; or NULL */
    bool is_source_only; /* what is not source code is not read */
    tree_visit *visit;
    void *context;
};

/*
 * Visits every regular file below the folder, sorted by name within each folder; of .git all but its
 * objects, which are compressed. Links are not followed, but the folder itself may be one. Holes of sparse
 * files are skipped. The memory does not grow with the size of a file. ERR_INPUT, with the folder as
 * `where`, if it cannot be read; ERR_SYSTEM; or the visitor's error. Adds to *summary.
 */
MUST_CHECK bool tree_walk(const char *folder,
        const struct tree_options *options,
        struct tree_summary *summary,
        struct err *reterr);
