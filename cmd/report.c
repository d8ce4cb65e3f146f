/* SPDX-License-Identifier: MIT */
#include "report.h"

#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include "base/printable.h"
#include "base/text.h"
#include "base/timestamp.h"
#include "json/json_write.h"
#include "output.h"
#include "program.h"

enum {
    LINE_MAX_BYTES = 64 * 1024,
    INFORMATION_WAIT_MS = 200, /* for all informational lines together */
    ERROR_WAIT_MIN_MS = 1000, /* for all errors together: until the deadline, within these bounds */
    ERROR_WAIT_MAX_MS = 5000,
};

/* One message, before it is formatted. */
struct line {
    const char *level; /* "error", "warning", "info" */
    const char *where; /* may be NULL or "" */
    const char *code;
    const char *message;
    const char *request_id;
    const char *replier;
    const char *hint;
};

static bool has(const char *text)
{
    return text != NULL && text[0] != '\0';
}

static void append(struct text *out, const char *string)
{
    printable_append(out, string, strlen(string), PRINTABLE_LINE);
}

static int64_t clamp(int64_t value, int64_t least, int64_t most)
{
    return value < least ? least : value > most ? most : value;
}

static bool is_error(const struct line *line)
{
    return strcmp(line->level, "error") == 0;
}

/* When the wait for the reader ends. */
static int64_t find_limit(struct report *report, bool is_error, int64_t now_ms)
{
    if (!is_error) {
        return now_ms + report->information_wait_ms_;
    }
    if (report->error_limit_ms_ == 0) {
        report->error_limit_ms_ = now_ms
                + clamp(report->deadline_ms - now_ms, ERROR_WAIT_MIN_MS, ERROR_WAIT_MAX_MS);
    }
    return report->error_limit_ms_;
}

/*
 * Each line is one write, so that lines of several processes do not mix. A line of which only a part was
 * written is ended before the next one.
 */
static void write_line(struct report *report, const struct text *line, bool is_error)
{
    static const char without_memory[] = PROGRAM_NAME ": error: out of memory\n";
    bool is_whole = line->state != TEXT_NO_MEMORY;
    const char *bytes = is_whole ? line->bytes : without_memory;
    size_t len = is_whole ? line->len : sizeof(without_memory) - 1;
    int64_t began_ms = clock_monotonic_ms(report->clock);
    int64_t limit_ms = find_limit(report, is_error, began_ms);
    if (report->is_torn_) {
        size_t ended = output_write_until(STDERR_FILENO, "\n", 1, report->clock, limit_ms);
        report->is_torn_ = ended == 0;
    }
    if (!report->is_torn_) {
        size_t written = output_write_until(STDERR_FILENO, bytes, len, report->clock, limit_ms);
        report->is_torn_ = written > 0 && written < len;
    }
    if (!is_error) {
        int64_t waited_ms = clock_monotonic_ms(report->clock) - began_ms;
        report->information_wait_ms_ -= clamp(waited_ms, 0, report->information_wait_ms_);
    }
}

static void append_remark(struct text *out, const char *label, const char *value)
{
    if (has(value)) {
        text_append_format(out, " (%s ", label);
        append(out, value);
        text_append_string(out, ")");
    }
}

static void write_text(struct report *report, const struct line *line)
{
    CLEANUP(text_clear) struct text out = TEXT_INIT(LINE_MAX_BYTES);
    text_append_format(&out, PROGRAM_NAME ": %s: ", line->level);
    if (has(line->where)) {
        append(&out, line->where);
        text_append_string(&out, ": ");
    }
    if (has(line->code)) {
        append(&out, line->code);
        text_append_string(&out, has(line->message) ? ": " : "");
    }
    append(&out, line->message == NULL ? "" : line->message);
    append_remark(&out, "request id", line->request_id);
    append_remark(&out, "reply of", line->replier);
    text_append_string(&out, "\n");
    if (has(line->hint)) {
        text_append_string(&out, PROGRAM_NAME ": hint: ");
        append(&out, line->hint);
        text_append_string(&out, "\n");
    }
    write_line(report, &out, is_error(line));
}

static void append_member(struct text *out, const char *name, const char *value)
{
    if (has(value)) {
        text_append_format(out, ",\"%s\":", name);
        json_write_string(out, value);
    }
}

static void write_json(struct report *report, const struct line *line)
{
    CLEANUP(text_clear) struct text out = TEXT_INIT(LINE_MAX_BYTES);
    char time[TIMESTAMP_ISO8601_BYTES];
    timestamp_format_iso8601(clock_realtime_s(report->clock), time);
    text_append_format(&out, "{\"time\":\"%s\",\"level\":\"%s\",\"msg\":", time, line->level);
    json_write_string(&out, has(line->message) ? line->message : has(line->code) ? line->code : "");
    append_member(&out, "hint", line->hint);
    append_member(&out, "source", line->where);
    append_member(&out, "code", line->code);
    append_member(&out, "request_id", line->request_id);
    append_member(&out, "host", line->replier);
    text_append_string(&out, "}\n");
    write_line(report, &out, is_error(line));
}

static void put_line(struct report *report, const struct line *line)
{
    if (report->format == REPORT_JSON) {
        write_json(report, line);
    } else {
        write_text(report, line);
    }
}

static void receive_event(struct event_sink *sink, const struct event *event)
{
    struct report *report = (struct report *)sink;
    enum report_verbosity needed = event->kind >= EVENT_WAITING ? REPORT_NORMAL : REPORT_VERBOSE;
    if (report->verbosity < needed) {
        return;
    }
    const struct line line = {
        .level = event->kind == EVENT_WARNING ? "warning" : "info",
        .where = event->where,
        .message = event->message,
    };
    put_line(report, &line);
}

void report_init(struct report *report, const struct clock *clock)
{
    *report = (struct report){ .sink = { .receive = receive_event },
        .format = REPORT_TEXT,
        .verbosity = REPORT_NORMAL,
        .clock = clock,
        .deadline_ms = INT64_MAX,
        .information_wait_ms_ = INFORMATION_WAIT_MS };
}

static void put_error(struct report *report, const struct err *err, bool with_hint)
{
    const struct line line = {
        .level = "error",
        .where = err->where,
        .code = err->code,
        .message = err->why,
        .request_id = err->request_id,
        .replier = err->replier,
        .hint = with_hint && report->verbosity > REPORT_QUIET ? err->hint : NULL,
    };
    put_line(report, &line);
}

void report_error(struct report *report, const struct err *err)
{
    put_error(report, err, true);
}

void report_errors(struct report *report, const struct err_list *list)
{
    for (size_t i = 0; i < list->len; i++) {
        bool repeats = false;
        for (size_t later = i + 1; later < list->len; later++) {
            repeats = repeats || strcmp(list->items[i].hint, list->items[later].hint) == 0;
        }
        put_error(report, &list->items[i], !repeats);
    }
    if (list->unlisted > 0) {
        struct err err;
        (void)err_set(
                &err, ERR_SYSTEM, NULL, "%zu more errors like these are not shown", list->unlisted);
        put_error(report, &err, false);
    }
}

int report_exit_status(enum err_kind kind)
{
    switch (kind) {
    case ERR_COMMAND_MISSING:
        return 127;
    case ERR_COMMAND_UNUSABLE:
        return 126;
    case ERR_NONE:
    case ERR_USAGE:
    case ERR_INPUT:
    case ERR_CREDENTIALS:
    case ERR_NETWORK:
    case ERR_PROTOCOL:
    case ERR_SERVICE:
    case ERR_TIMEOUT:
    case ERR_MAPPING:
    case ERR_SYSTEM:
        break;
    }
    return PROGRAM_FAILED;
}
