/* What the files below the folders of --source have of an inventory: uses of names, and values. */
/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/attrs.h"
#include "base/error.h"
#include "base/string_list.h"
#include "migrate/inventory.h"
#include "migrate/usage.h"
#include "tree/tree.h"

/* A value that stands in a file that is not one of the inventory. */
struct inventory_copy {
    char *file;
    size_t line;
    const struct inventory_row *row;
    bool is_base64;
};

/* Zero-initialise; release with inventory_scan_clear. */
struct inventory_scan {
    struct usage *usage;
    struct inventory_copy *copies; /* in the order of the walk */
    size_t copy_count;
    size_t copy_cap;
    struct tree_summary summary;
};

struct inventory_folders {
    const struct string_list *sources;
    const struct string_list *excluded; /* patterns, as tree.h has them */
    const struct string_list *files;    /* of the inventory: these hold the values anyway */
};

/* Borrows the inventory, whose values are looked for if they are secrets. ERR_INPUT, ERR_SYSTEM. */
MUST_CHECK bool inventory_scan_run(const struct inventory *inventory,
        const struct inventory_folders *folders,
        struct inventory_scan *ret_scan,
        struct err *reterr);

/*
 * What was found for a variable of the inventory. One that another variable's value refers to is
 * USAGE_LIKELY where no file uses it.
 */
struct usage_result inventory_scan_use(
        const struct inventory_scan *scan, const struct inventory_row *row);

void inventory_scan_clear(struct inventory_scan *scan);

/* The path of a file as it is shown: without "./" at its beginning. */
const char *inventory_scan_path(const char *path);
