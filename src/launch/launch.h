/* Executes COMMAND, and explains why if the kernel refuses. */
/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/attrs.h"
#include "base/error.h"

enum {
    LAUNCH_TOTAL_MAX_BYTES = 6 * 1024 * 1024, /* the kernel's maximum, whatever the limits */
    LAUNCH_LARGEST_SHOWN = 3,
};

struct launch_string {
    const char *name; /* of a variable */
    size_t name_len;
    size_t bytes; /* of "NAME=value" */
};

/* The size of arguments and environment together, and the largest variables. Zero-initialise. */
struct launch_size {
    size_t total_bytes; /* as the kernel counts: each string with its NUL and its pointer */
    struct launch_string largest[LAUNCH_LARGEST_SHOWN];
};

/* name is borrowed; NULL for an argument, which is counted and not shown. */
void launch_size_add(struct launch_size *size, const char *name, size_t name_len, size_t bytes);
void launch_size_add_entries(struct launch_size *size, char *const entries[]);
void launch_size_add_arguments(struct launch_size *size, char *const argv[]);

/* Always false: ERR_COMMAND_UNUSABLE "too large", with the figures. */
bool launch_fail_size(const char *file, const struct launch_size *size, struct err *reterr);

/*
 * Replaces this process by file. Returns only on failure: false, ERR_COMMAND_MISSING if the file does not
 * exist any more, otherwise ERR_COMMAND_UNUSABLE (missing interpreter, other architecture, arguments and
 * environment too large, ...). Does not fall back to a shell.
 */
MUST_CHECK bool launch(
        const char *file, char *const argv[], char *const envp[], struct err *reterr);
