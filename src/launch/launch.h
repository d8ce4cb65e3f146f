/* Becoming COMMAND, and saying why where the kernel refuses. */
/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/attrs.h"
#include "base/error.h"

enum {
    LAUNCH_TOTAL_MAX_BYTES = 6 * 1024 * 1024, /* the kernel never takes more, whatever the limits */
    LAUNCH_LARGEST_SHOWN = 3,
};

struct launch_string {
    const char *name; /* of a variable */
    size_t name_len;
    size_t bytes; /* of "NAME=value" */
};

/* What arguments and environment take together, and the largest variables. Zero-initialise. */
struct launch_size {
    size_t total_bytes; /* as the kernel counts: with each string's NUL and pointer */
    struct launch_string largest[LAUNCH_LARGEST_SHOWN];
};

/* name NULL: an argument, which counts and is not shown. Names are borrowed. */
void launch_size_add(struct launch_size *size, const char *name, size_t name_len, size_t bytes);
void launch_size_add_entries(struct launch_size *size, char *const entries[]);
void launch_size_add_arguments(struct launch_size *size, char *const argv[]);

/* "Too large", with the figures: ERR_COMMAND_UNUSABLE. Always false. */
bool launch_fail_size(const char *file, const struct launch_size *size, struct err *reterr);

/*
 * Replaces this process by file; returns only on failure: false, ERR_COMMAND_MISSING if the file is
 * gone, else ERR_COMMAND_UNUSABLE (no interpreter, another architecture, arguments and environment
 * too large, ...). No shell is tried.
 */
MUST_CHECK bool launch(
        const char *file, char *const argv[], char *const envp[], struct err *reterr);
