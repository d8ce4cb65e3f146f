/* The shared AWS files, config and credentials: found, read, and looked up as one set of sections. */
/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "aws/config/profile_section.h"
#include "base/attrs.h"
#include "base/environment.h"
#include "base/error.h"
#include "base/event.h"
#include "base/file.h"

/* Owns its sections, and they their properties. Those with an underscore are the module's own. */
struct profile_files {
    struct profile_section *newest_section; /* all that were read, whether they count or not */
    char *paths_[PROFILE_FILE_COUNT];
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
