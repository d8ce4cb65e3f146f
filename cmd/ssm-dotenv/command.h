/* The commands of ssm-dotenv, such as map: how each is read and run. */
/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/clock.h"
#include "base/environment.h"
#include "base/error.h"
#include "command_options.h"
#include "options_given.h"
#include "report.h"
#include "tables.h"

enum {
    COMMAND_IN_ORDER = 0,
    COMMAND_FOUND = 1, /* what it looks for, which is not a failure: a difference, a note */
};

/* What a command runs with. Borrows everything. */
struct command_run {
    const struct environment *environment;
    const struct clock *clock;
    struct report *report;
    int64_t deadline_ms; /* monotonic */
};

struct command {
    const struct command_table *table;
    const struct command *const *commands; /* those of its group: then the rest is NULL */
    /* Zeroed options with the defaults set, NULL without memory; free_options also takes NULL. */
    void *(*new_options)(void);
    void (*free_options)(void *options);
    /* Stores what was given, whatever its kind. What is wrong with it is added to problems (ERR_USAGE, ERR_SYSTEM). */
    void (*store)(const struct option_given *given, void *options, struct err_list *problems);
    /* Adds what is missing, or does not go together, to problems (ERR_USAGE). */
    void (*check)(const void *options, struct err_list *problems);
    /* Returns COMMAND_IN_ORDER or COMMAND_FOUND, or any number if something was added to problems. */
    int (*run)(const struct command_run *run, const void *options, struct err_list *problems);
};

/* NULL at the end. */
extern const struct command *const commands[];
