/* Prints an inventory. Nothing of a value is printed. */
/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/attrs.h"
#include "base/error.h"
#include "columns.h"
#include "inventory_scan.h"
#include "migrate/inventory.h"

struct inventory_facts {
    const struct inventory *inventory;
    const struct inventory_scan *scan; /* NULL: no source was looked at */
};

/* ERR_SYSTEM. */
MUST_CHECK bool inventory_print_table(const struct inventory_facts *facts,
        const struct columns_terminal *terminal,
        struct err *reterr);
MUST_CHECK bool inventory_print_json(const struct inventory_facts *facts, struct err *reterr);
