/* Messages on standard error, as text or JSON, and the exit status. */
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
    REPORT_NORMAL,  /* and hints, remarks, and what the program waits for */
    REPORT_VERBOSE, /* and progress and warnings */
};

/*
 * Events of the library arrive through the sink, which must be the first member. Members that end in '_' are
 * private.
 *
 * A reader of standard error that has stopped reading does not block the program: informational lines wait
 * for it for 200 ms in total and are then dropped; errors wait until the deadline, for at least 1 s and at
 * most 5 s in total.
 */
struct report {
    struct event_sink sink;
    enum report_format format;
    enum report_verbosity verbosity;
    const struct clock *clock;
    int64_t deadline_ms; /* of the run, monotonic; INT64_MAX until it is known */
    int64_t information_wait_ms_;
    int64_t error_limit_ms_; /* monotonic; 0 before the first error */
    bool is_torn_;           /* only the beginning of the last line was written */
};

void report_init(struct report *report, const struct clock *clock);

/* One line for the error and, unless quiet, its hint. */
void report_error(struct report *report, const struct err *err);

/* All errors of the list. A hint that several of them share is written once, after the last. */
void report_errors(struct report *report, const struct err_list *list);

/* PROGRAM_FAILED, or 126: COMMAND cannot be started, 127: COMMAND was not found. */
int report_exit_status(enum err_kind kind);
