/* What keeps a value from being pushed, as far as that is known before Parameter Store is asked. */
/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/attrs.h"
#include "base/error.h"
#include "base/string_list.h"
#include "migrate/env_file.h"
#include "migrate/push_plan.h"
#include "vars/name_pattern.h"

/* Borrows everything. */
struct push_rules {
    struct env_file file;
    const char *path;               /* of the file, whole: its name may tell the environment */
    const char *map;                /* its name for messages */
    const struct env_file *against; /* of other environments: their secrets are not to be reused */
    size_t against_count;
    const struct string_list *allow_placeholder;
    const struct string_list *allow_reuse;
    bool allow_mixed;
    struct name_patterns
            needed; /* variables that are needed to read Parameter Store: credentials */
};

/*
 * Blocks every item that cannot, or must not, be pushed, and adds each with file, line and variable to
 * findings (ERR_MAPPING). No finding says anything about a value but its class. False without memory.
 */
MUST_CHECK bool push_check(struct push_plan *plan,
        const struct push_rules *rules,
        struct err_list *findings,
        struct err *reterr);
