/* The shared AWS files, config and credentials: finds them, reads them, looks up their sections. */
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

/* Owns the sections. Zero-initialise. */
struct profile_files {
    char *paths[PROFILE_FILE_COUNT];        /* as messages show them (home_shown) */
    struct profile_section *newest_section; /* of the list of all, also of the ignored ones */
    struct profile_section **index_;        /* private: the last one of each name, sorted */
    size_t index_len_;
};

/*
 * Reads AWS_CONFIG_FILE (~/.aws/config) and AWS_SHARED_CREDENTIALS_FILE (~/.aws/credentials), each
 * at most 1 MiB; a missing file counts as an empty one. On failure leaves *ret_files untouched and
 * adds what is wrong in both files to *problems: ERR_INPUT (a file that cannot be read or is too
 * long; lines that are wrong, see profile_parse), ERR_TIMEOUT or ERR_SYSTEM. EVENT_WARNINGs: what
 * profile_parse ignores; a missing file that a variable names; a default file in a
 * directory without search permission, which counts as missing.
 */
MUST_CHECK bool profile_files_load(const struct environment *environment,
        const struct file_limits *limits,
        struct event_sink *events,
        struct profile_files *ret_files,
        struct err_list *problems);

void profile_files_clear(struct profile_files *files);

/* Looks a section up in both files; NULL if there is none. Names are case-sensitive. */
const struct profile_section *profile_files_find(
        const struct profile_files *files, enum profile_section_kind kind, const char *name);
