/* SPDX-License-Identifier: MIT */
#include "base/event.h"

#include <stdarg.h>
#include <stdio.h>

void event_emit(
        struct event_sink *sink, enum event_kind kind, const char *where, const char *format, ...)
{
    char message[1024] = "";
    va_list args;
    va_start(args, format);
    (void)vsnprintf(message, sizeof(message), format, args);
    va_end(args);
    const struct event event = { .kind = kind, .where = where, .message = message };
    sink->receive(sink, &event);
}
