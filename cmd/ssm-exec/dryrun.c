/* SPDX-License-Identifier: MIT */
#include "dryrun.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include <unistd.h>

#include "base/environment.h"
#include "base/timestamp.h"
#include "json/json_write.h"
#include "report.h"

enum {
    OUTPUT_MAX_BYTES = 64 * 1024 * 1024
};

bool dryrun_print(const struct text *text, struct err *reterr)
{
    return text_check(text, "standard output", reterr)
            && (report_write(STDOUT_FILENO, text->bytes, text->len)
                    || err_set_errno(
                            reterr, ERR_SYSTEM, errno, "standard output", "cannot be written"));
}

static const char *format_time(int64_t epoch_s, char buffer[static TIMESTAMP_ISO8601_BYTES])
{
    if (epoch_s == 0) {
        return "";
    }
    timestamp_format_iso8601(epoch_s, buffer);
    return buffer;
}

static void append_part(struct text *out, bool *is_first, const char *format, const char *what)
{
    text_append_string(out, *is_first ? "" : "; ");
    text_append_format(out, "%s%s", format, what);
    *is_first = false;
}

static void append_note(struct text *out, const struct merged_variable *variable)
{
    const struct assignment *assignment = variable->assignment;
    bool is_first = true;
    if (variable->is_unset) {
        text_append_string(out, "not set: taken out by --unset");
        return;
    }
    if (variable->is_preserved) {
        text_append_string(out, "not set: the inherited value is preserved");
        return;
    }
    if (assignment->as_file) {
        append_part(out, &is_first, "a file in memory", "");
    }
    if (assignment->parameter == NULL) {
        append_part(out, &is_first, "from ", assignment->origin);
    }
    if (assignment->has_inner_hash) {
        append_part(out, &is_first, "holds a # where other loaders begin a comment", "");
    }
    if (variable->overridden_inherited != NULL) {
        append_part(out, &is_first, "overrides the inherited value", "");
    }
    if (variable->overridden != NULL) {
        append_part(out, &is_first, "overrides ",
                variable->overridden->parameter != NULL ? variable->overridden->parameter : "");
        text_append_format(out, "%s%s", variable->overridden->parameter != NULL ? " of " : "",
                variable->overridden->origin);
    }
}

/* Names came from the network: what is no printable ASCII is shown as '?'. */
static void make_printable(struct text *text)
{
    for (size_t i = 0; i < text->len; i++) {
        bool is_line_end = text->bytes[i] == '\n';
        if (!is_line_end && (text->bytes[i] < ' ' || text->bytes[i] == 0x7f)) {
            text->bytes[i] = '?';
        }
    }
}

static const char *parameter_of(const struct assignment *assignment)
{
    return assignment->parameter == NULL ? "-" : assignment->parameter;
}

bool dryrun_print_table(const struct merge_result *merged, struct err *reterr)
{
    CLEANUP(text_clear) struct text out = TEXT_INIT(OUTPUT_MAX_BYTES);
    size_t variable_width = strlen("VARIABLE");
    size_t parameter_width = strlen("PARAMETER");
    for (size_t i = 0; i < merged->len; i++) {
        size_t variable_len = strlen(merged->variables[i].assignment->variable);
        size_t parameter_len = strlen(parameter_of(merged->variables[i].assignment));
        variable_width = variable_len > variable_width ? variable_len : variable_width;
        parameter_width = parameter_len > parameter_width ? parameter_len : parameter_width;
    }
    text_append_format(&out, "%-*s  %-*s  %-12s  %7s  %-20s  %s\n", (int)variable_width, "VARIABLE",
            (int)parameter_width, "PARAMETER", "TYPE", "VERSION", "MODIFIED", "NOTE");
    for (size_t i = 0; i < merged->len; i++) {
        const struct assignment *assignment = merged->variables[i].assignment;
        char time[TIMESTAMP_ISO8601_BYTES];
        bool is_plain = assignment->parameter == NULL;
        text_append_format(&out, "%-*s  %-*s  %-12s  ", (int)variable_width, assignment->variable,
                (int)parameter_width, parameter_of(assignment), is_plain ? "-" : assignment->type);
        if (is_plain) {
            text_append_format(&out, "%7s  %-20s  ", "-", "-");
        } else {
            text_append_format(&out, "%7" PRId64 "  %-20s  ", assignment->version,
                    format_time(assignment->modified_s, time));
        }
        append_note(&out, &merged->variables[i]);
        while (out.state == TEXT_SOUND && out.bytes[out.len - 1] == ' ') {
            out.len--;
        }
        text_append_string(&out, "\n");
    }
    if (out.state == TEXT_SOUND) {
        make_printable(&out);
    }
    return dryrun_print(&out, reterr);
}

static void append_member(struct text *out, const char *name, const char *value)
{
    text_append_format(out, "\"%s\": ", name);
    json_write_string(out, value);
    text_append_string(out, ", ");
}

bool dryrun_print_json(const struct merge_result *merged, struct err *reterr)
{
    CLEANUP(text_clear) struct text out = TEXT_INIT(OUTPUT_MAX_BYTES);
    bool is_first = true;
    text_append_string(&out, "{\"variables\": [");
    for (size_t i = 0; i < merged->len; i++) {
        const struct assignment *assignment = merged->variables[i].unpreserved;
        char time[TIMESTAMP_ISO8601_BYTES];
        if (assignment->parameter == NULL || merged->variables[i].is_unset) {
            continue;
        }
        text_append_string(&out, is_first ? "\n  {" : ",\n  {");
        append_member(&out, "name", assignment->variable);
        append_member(&out, "parameter", assignment->parameter);
        text_append_format(&out, "\"version\": %" PRId64 ", ", assignment->version);
        append_member(&out, "type", assignment->type);
        append_member(&out, "modified", format_time(assignment->modified_s, time));
        text_append_string(&out, "\"source\": ");
        json_write_string(&out, assignment->origin);
        text_append_string(&out, assignment->as_file ? ", \"file\": true}" : "}");
        is_first = false;
    }
    text_append_string(&out, is_first ? "]}\n" : "\n]}\n");
    return dryrun_print(&out, reterr);
}
