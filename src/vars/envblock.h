/* The environment of COMMAND, in the form that execve(2) expects. Fetched values are wiped on release. */
/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/attrs.h"
#include "base/error.h"
#include "base/secret.h"
#include "vars/inherit.h"
#include "vars/merge.h"

/* Borrows inherited entries, owns the rest. Release with envblock_clear. */
struct envblock {
    char **entries; /* "NAME=value", NULL at the end; no name twice */
    struct secret fetched;
};

#define ENVBLOCK_INIT ((struct envblock){ .fetched = SECRET_INIT((size_t)256 * 1024 * 1024) })

/*
 * Inherited entries in their order, except those that are replaced; then the merged variables, sorted by
 * name. A variable that has a file gets its path. ERR_SYSTEM.
 */
MUST_CHECK bool envblock_build(const struct inherited *inherited,
        const struct merge_result *merged,
        struct envblock *ret_block,
        struct err *reterr);

void envblock_clear(struct envblock *block);
