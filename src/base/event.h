/* Progress and warnings that the library reports to the program; it prints nothing itself. */
/* SPDX-License-Identifier: MIT */
#pragma once

#include "base/attrs.h"

enum event_kind {
    EVENT_PROGRESS, /* a request, its outcome, and how long it took */
    EVENT_WARNING,  /* worth knowing, but not a reason to stop */
    EVENT_WAITING,  /* what is being waited for, and why */
    EVENT_REMARK,   /* what a user of the result has to know */
};

struct event {
    enum event_kind kind;
    const char *where;   /* source, file, host; may be NULL */
    const char *message; /* one sentence, may contain untrusted bytes, never a secret */
};

struct event_sink {
    void (*receive)(struct event_sink *sink, const struct event *event);
};

/* Formats the message and passes it to the sink; messages longer than 1 KiB are truncated. */
void event_emit(
        struct event_sink *sink, enum event_kind kind, const char *where, const char *format, ...)
        PRINTF_LIKE(4, 5);
