/* Makes a map from the variables of an env file. */
/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/attrs.h"
#include "base/error.h"
#include "base/string_list.h"
#include "migrate/map.h"
#include "migrate/map_name.h"
#include "vars/dotenv.h"
#include "vars/name_pattern.h"

/* Variables whose parameters several applications read, and the path of these. */
struct map_shared {
    char *path; /* like map_rules' path */
    struct string_list names;
};

/* Borrows everything. Lists hold names of variables. */
struct map_rules {
    const char *path; /* without a slash at its end; map_name_fault finds nothing wrong with it */
    enum map_style style;
    const char *key_id;                /* of SecureStrings; NULL: AWS's own key */
    const struct string_list *strings; /* become Strings */
    const struct string_list *kept;    /* their values stay in the map; an error for a secret */
    const struct string_list *retired; /* are not needed any more */
    const struct map_shared *shared;
    size_t shared_count;
    struct name_patterns needed; /* what reading Parameter Store needs, no reference can set */
};

/*
 * A line for each variable, sorted by name, then the retired ones. An empty variable is kept as plain:
 * Parameter Store takes no empty value. file is the env file's name for messages.
 *
 * If anything is wrong, *ret_map is untouched, and all of it is added to problems: ERR_USAGE for names in the
 * rules, ERR_MAPPING for variables, with "file:line: NAME" as `where`. No message has a value.
 */
MUST_CHECK bool map_make(const struct dotenv *dotenv,
        const char *file,
        const struct map_rules *rules,
        struct map *ret_map,
        struct err_list *problems);
