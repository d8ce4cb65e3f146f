/* Files: closing descriptors, reading secret files within limits, and reading public ones. */
/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/attrs.h"
#include "base/clock.h"
#include "base/error.h"
#include "base/secret.h"
#include "base/text.h"

enum file_presence {
    FILE_PRESENT,
    FILE_ABSENT
};

struct file_limits {
    const struct clock *clock;
    int64_t deadline_ms; /* monotonic; when to stop waiting for a pipe */
};

/* Closes the descriptor unless it is negative, and sets it to -1. Preserves errno. For CLEANUP. */
void file_close(int *fd);

/*
 * Appends the contents of the file at path to *ret_contents, whose maximum bounds the size. A
 * missing file (or a missing or non-directory parent) is not an error: *ret_presence is FILE_ABSENT,
 * and nothing is appended. ERR_INPUT, with the path as `where`, for one that is unreadable, a directory
 * or too large; ERR_TIMEOUT for one that is not ready in time. Pipes and other streams are read to
 * their end.
 */
MUST_CHECK bool file_read(const char *path,
        const struct file_limits *limits,
        struct secret *ret_contents,
        enum file_presence *ret_presence,
        struct err *reterr);

/*
 * Appends a public file to a text, whose maximum bounds its size. Returns 0 or an errno; EFBIG if it is
 * larger, with its beginning in the text. Blocks on pipes.
 */
MUST_CHECK int file_read_text(const char *path, struct text *text);
