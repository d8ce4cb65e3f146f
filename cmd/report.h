/* What a program of ours says on standard error, in one of two shapes, and its exit status. */
/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>

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

/* The sink is the first member: events of the library arrive through it. */
struct report {
    struct event_sink sink;
    enum report_format format;
    enum report_verbosity verbosity;
    const struct clock *clock;
};

void report_init(struct report *report, const struct clock *clock);

/* One line for the error and, unless quiet, its hint. */
void report_error(const struct report *report, const struct err *err);

/* Every error of the list; a hint that several of them share is given once, after the last. */
void report_errors(const struct report *report, const struct err_list *list);

/* Writes all of it, waiting where the stream is non-blocking; false with errno. */
MUST_CHECK bool report_write(int fd, const char *bytes, size_t len);

/* 125 ssm-exec itself failed, 126 COMMAND cannot be started, 127 COMMAND was not found. */
int report_exit_status(enum err_kind kind);
