/* What a push does with each variable: decided from the env file, the map, and what Parameter Store has. */
/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attrs.h"
#include "base/error.h"
#include "base/secret.h"
#include "migrate/map.h"
#include "vars/dotenv.h"

enum push_action {
    PUSH_UNDECIDED, /* Parameter Store has not been asked */
    PUSH_CREATE,
    PUSH_SAME,
    PUSH_DIFFERS,   /* kept */
    PUSH_OVERWRITE, /* differs, and was named for it */
    PUSH_BLOCKED,
    PUSH_ACTIONS
};

enum push_result {
    PUSH_NOTHING, /* nothing was to be written, or it has not been tried */
    PUSH_WRITTEN,
    PUSH_NOT_VISIBLE, /* written, but reads do not show it yet */
    PUSH_TAGGED,      /* only tags were to be written */
    PUSH_THERE,       /* somebody else created it, or replaced it, with the same value */
    PUSH_EXISTS,  /* somebody else created it, with another value, or (blind) nobody compared it */
    PUSH_CHANGED, /* somebody else wrote it between comparing and writing */
    PUSH_MAYBE,   /* there is no answer that tells whether it was written */
    PUSH_FAILED,  /* nothing was written */
    PUSH_LEFT,    /* not tried, because the run ended before */
    PUSH_RESULTS
};

/* One variable. Borrows from the map and the env file. */
struct push_item {
    const char *variable;
    const struct map_line *line;      /* NULL: the map does not have it */
    const struct dotenv_entry *entry; /* NULL: the env file does not have it */
    enum push_action action;
    char *why;       /* PUSH_BLOCKED: owned */
    int64_t version; /* that was compared; 0: there was none */
    bool needs_tags; /* that the parameter, which exists, does not have */
    enum push_result result;
    int64_t written_version; /* PUSH_WRITTEN, PUSH_NOT_VISIBLE */
};

/* Sorted by parameter, then by variable. Zero-initialise; release with push_plan_clear. */
struct push_plan {
    struct push_item *items;
    size_t len;
    size_t cap;
};

/* What Parameter Store has. */
struct push_stored {
    bool is_found;
    const char *type;
    int64_t version;
    const struct secret *value;
};

/*
 * An item for each parameter of the map and each variable of the env file, but for those that the map keeps
 * plain or retires. ERR_SYSTEM.
 */
MUST_CHECK bool push_plan_make(const struct dotenv *dotenv,
        const struct map *map,
        struct push_plan *ret_plan,
        struct err *reterr);

/* Blocks the item, for a reason that is a sentence without its subject. ERR_SYSTEM. */
MUST_CHECK bool push_block(struct push_item *item, const char *why, struct err *reterr);

/* Decides an undecided item. The type of what is there is never changed. ERR_SYSTEM. */
MUST_CHECK bool push_decide(struct push_item *item,
        const struct push_stored *stored,
        bool may_overwrite,
        struct err *reterr);

/* The name of the parameter; "-" for a variable that the map does not have. */
const char *push_parameter(const struct push_item *item);

size_t push_count_action(const struct push_plan *plan, enum push_action action);
size_t push_count_result(const struct push_plan *plan, enum push_result result);

/* What was written by this run, and lacks tags that it was to get. */
size_t push_count_untagged(const struct push_plan *plan);

/* The words of tables and JSON: "create", "same", ...; "written", "not-yet-visible", ... */
const char *push_action_word(enum push_action action);
const char *push_result_word(enum push_result result);

void push_plan_clear(struct push_plan *plan);
