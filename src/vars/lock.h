/* Lock files: what `--dry-run --json` printed, names and versions without values. */
/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/attrs.h"
#include "base/error.h"
#include "base/secret.h"
#include "vars/source.h"

enum {
    LOCK_MAX_BYTES = 16 * 1024 * 1024 /* for whoever reads the file */
};

/*
 * Appends to *sources one for each variable of the lock file: exactly that version of that
 * parameter; version 0 (a Secrets Manager value) is named as it stands. False with everything that is
 * wrong added to problems: ERR_INPUT, `where` being the file, naming the entry by number and name.
 */
MUST_CHECK bool lock_parse(const struct secret *text,
        const char *file,
        struct source_list *sources,
        struct err_list *problems);
