/* SPDX-License-Identifier: MIT */
#include "report.h"

#include <errno.h>
#include <poll.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include "base/text.h"
#include "base/timestamp.h"
#include "base/utf8.h"
#include "json/json_write.h"

enum {
    LINE_MAX_BYTES = 64 * 1024
};

/* One message before it has a shape. */
struct line {
    const char *level; /* "error", "warning", "info" */
    const char *where; /* may be NULL or "" */
    const char *code;
    const char *message;
    const char *request_id;
    const char *hint;
};

static bool has(const char *text)
{
    return text != NULL && text[0] != '\0';
}

/* Control characters, and those that turn the direction of writing, could fake other output. */
static bool is_shown_as_it_is(uint32_t code_point)
{
    bool is_control = code_point < 0x20 || (code_point >= 0x7f && code_point < 0xa0);
    bool turns_text = code_point == 0x200e || code_point == 0x200f
            || (code_point >= 0x2028 && code_point <= 0x202e)
            || (code_point >= 0x2066 && code_point <= 0x2069);
    return !is_control && !turns_text;
}

static void append_escaped(struct text *out, const char *string)
{
    size_t len = strlen(string);
    for (size_t at = 0; at < len;) {
        uint32_t code_point = 0;
        size_t bytes = utf8_decode(string + at, len - at, &code_point);
        if (bytes > 0 && is_shown_as_it_is(code_point)) {
            text_append(out, string + at, bytes);
            at += bytes;
        } else if (string[at] == '\n') {
            text_append_string(out, "\\n");
            at++;
        } else {
            text_append_format(out, "\\x%02x", (unsigned int)(unsigned char)string[at]);
            at++;
        }
    }
}

/* One write a line, so that lines of several processes do not mix. */
static void write_line(const struct text *line)
{
    static const char without_memory[] = "ssm-exec: error: out of memory\n";
    if (line->state == TEXT_NO_MEMORY) {
        (void)!write(STDERR_FILENO, without_memory, sizeof(without_memory) - 1);
    } else {
        bool written = report_write(STDERR_FILENO, line->bytes, line->len);
        (void)written; /* there is nobody to tell */
    }
}

bool report_write(int fd, const char *bytes, size_t len)
{
    size_t written = 0;
    while (written < len) {
        ssize_t got = write(fd, bytes + written, len - written);
        if (got < 0 && errno == EAGAIN) {
            /* The stream was left in non-blocking mode by whoever started us. */
            struct pollfd writable = { .fd = fd, .events = POLLOUT };
            (void)poll(&writable, 1, -1);
        } else if (got < 0 && errno != EINTR) {
            return false;
        }
        written += got > 0 ? (size_t)got : 0;
    }
    return true;
}

static void write_text(const struct line *line)
{
    CLEANUP(text_clear) struct text out = TEXT_INIT(LINE_MAX_BYTES);
    text_append_format(&out, "ssm-exec: %s: ", line->level);
    if (has(line->where)) {
        append_escaped(&out, line->where);
        text_append_string(&out, ": ");
    }
    if (has(line->code)) {
        append_escaped(&out, line->code);
        text_append_string(&out, has(line->message) ? ": " : "");
    }
    append_escaped(&out, line->message == NULL ? "" : line->message);
    if (has(line->request_id)) {
        text_append_string(&out, " (request id ");
        append_escaped(&out, line->request_id);
        text_append_string(&out, ")");
    }
    text_append_string(&out, "\n");
    if (has(line->hint)) {
        text_append_string(&out, "ssm-exec: hint: ");
        append_escaped(&out, line->hint);
        text_append_string(&out, "\n");
    }
    write_line(&out);
}

static void append_member(struct text *out, const char *name, const char *value)
{
    if (has(value)) {
        text_append_format(out, ",\"%s\":", name);
        json_write_string(out, value);
    }
}

static void write_json(const struct line *line, const struct clock *clock)
{
    CLEANUP(text_clear) struct text out = TEXT_INIT(LINE_MAX_BYTES);
    char time[TIMESTAMP_ISO8601_BYTES];
    timestamp_format_iso8601(clock_realtime_s(clock), time);
    text_append_format(&out, "{\"time\":\"%s\",\"level\":\"%s\",\"msg\":", time, line->level);
    json_write_string(&out, has(line->message) ? line->message : has(line->code) ? line->code : "");
    append_member(&out, "hint", line->hint);
    append_member(&out, "source", line->where);
    append_member(&out, "code", line->code);
    append_member(&out, "request_id", line->request_id);
    text_append_string(&out, "}\n");
    write_line(&out);
}

static void put_line(const struct report *report, const struct line *line)
{
    if (report->format == REPORT_JSON) {
        write_json(line, report->clock);
    } else {
        write_text(line);
    }
}

static void receive_event(struct event_sink *sink, const struct event *event)
{
    const struct report *report = (const struct report *)sink;
    enum report_verbosity needed = event->kind == EVENT_WAITING ? REPORT_NORMAL : REPORT_VERBOSE;
    if (report->verbosity < needed) {
        return;
    }
    const struct line line = {
        .level = event->kind == EVENT_WARNING ? "warning" : "info",
        .where = event->where,
        .message = event->message,
        .code = event->code,
        .request_id = event->request_id,
    };
    put_line(report, &line);
}

void report_init(struct report *report, const struct clock *clock)
{
    *report = (struct report){ .sink = { .receive = receive_event },
        .format = REPORT_TEXT,
        .verbosity = REPORT_NORMAL,
        .clock = clock };
}

static void put_error(const struct report *report, const struct err *err, bool with_hint)
{
    const struct line line = {
        .level = "error",
        .where = err->where,
        .code = err->code,
        .message = err->why,
        .request_id = err->request_id,
        .hint = with_hint && report->verbosity > REPORT_QUIET ? err->hint : NULL,
    };
    put_line(report, &line);
}

void report_error(const struct report *report, const struct err *err)
{
    put_error(report, err, true);
}

void report_errors(const struct report *report, const struct err_list *list)
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
    return 125;
}
