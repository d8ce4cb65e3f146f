/* Lock files: the output of `--dry-run --json`, which has names and versions but no values. */
/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/attrs.h"
#include "base/error.h"
#include "base/secret.h"
#include "vars/source.h"

enum {
    LOCK_MAX_BYTES = 16 * 1024 * 1024 /* for callers that read the file */
};

/*
 * Appends to *sources one source for each variable of the lock file: the recorded version of its
 * parameter, or for version 0 (a Secrets Manager value) the parameter as it is recorded. On failure
 * returns false and adds every error to problems: ERR_INPUT, with the file as `where`, naming the
 * entry by number and name.
 */
MUST_CHECK bool lock_parse(const struct secret *text,
        const char *file,
        struct source_list *sources,
        struct err_list *problems);
