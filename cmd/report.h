/* What a program of ours says on standard error, in one of two shapes, and its exit status. */
/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/event.h"

enum report_format {
    REPORT_TEXT,
    REPORT_JSON
};

enum report_verbosity {
    REPORT_QUIET,   /* errors only */
    REPORT_NORMAL,  /* and hints, and what is being waited for */
    REPORT_VERBOSE, /* and progress and warnings */
};

/*
 * The sink is the first member: events of the library arrive through it. Members that end in '_' are
 * the module's own.
 *
 * A reader of standard error that does not read holds nobody up: informational lines wait for it 200 ms
 * in all and are dropped afterwards; errors wait until the deadline, at least 1 s and at most 5 s in
 * all.
 */
struct report {
    struct event_sink sink;
    enum report_format format;
    enum report_verbosity verbosity;
    const struct clock *clock;
    int64_t deadline_ms; /* of the run, monotonic; INT64_MAX where it is not known yet */
    int64_t information_wait_ms_;
    int64_t error_limit_ms_; /* monotonic; 0 before the first error */
    bool is_torn_;           /* the reader took the beginning of a line only */
};

void report_init(struct report *report, const struct clock *clock);

/* One line for the error and, unless quiet, its hint. */
void report_error(struct report *report, const struct err *err);

/* Every error of the list; a hint that several of them share is given once, after the last. */
void report_errors(struct report *report, const struct err_list *list);

/* 125 ssm-exec itself failed, 126 COMMAND cannot be started, 127 COMMAND was not found. */
int report_exit_status(enum err_kind kind);
