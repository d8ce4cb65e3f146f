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

static void append_note(
        struct text *out, const struct merged_variable *variable, const struct source_list *sources)
{
    if (variable->is_preserved) {
        text_append_string(out, "not set: the inherited value is preserved");
        return;
    }
    if (variable->overridden_inherited != NULL) {
        text_append_string(out, "overrides the inherited value");
    }
    if (variable->overridden != NULL) {
        text_append_format(out, "%s%s of %s",
                variable->overridden_inherited != NULL ? " and " : "overrides ",
                variable->overridden->parameter, sources->items[variable->overridden->source].text);
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

bool dryrun_print_table(
        const struct merge_result *merged, const struct source_list *sources, struct err *reterr)
{
    CLEANUP(text_clear) struct text out = TEXT_INIT(OUTPUT_MAX_BYTES);
    size_t variable_width = strlen("VARIABLE");
    size_t parameter_width = strlen("PARAMETER");
    for (size_t i = 0; i < merged->len; i++) {
        size_t variable_len = strlen(merged->variables[i].assignment->variable);
        size_t parameter_len = strlen(merged->variables[i].assignment->parameter);
        variable_width = variable_len > variable_width ? variable_len : variable_width;
        parameter_width = parameter_len > parameter_width ? parameter_len : parameter_width;
    }
    text_append_format(&out, "%-*s  %-*s  %-12s  %7s  %-20s  %s\n", (int)variable_width, "VARIABLE",
            (int)parameter_width, "PARAMETER", "TYPE", "VERSION", "MODIFIED", "NOTE");
    for (size_t i = 0; i < merged->len; i++) {
        const struct assignment *assignment = merged->variables[i].assignment;
        char time[TIMESTAMP_ISO8601_BYTES];
        text_append_format(&out, "%-*s  %-*s  %-12s  %7" PRId64 "  %-20s  ", (int)variable_width,
                assignment->variable, (int)parameter_width, assignment->parameter, assignment->type,
                assignment->version, format_time(assignment->modified_s, time));
        append_note(&out, &merged->variables[i], sources);
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

bool dryrun_print_json(
        const struct merge_result *merged, const struct source_list *sources, struct err *reterr)
{
    CLEANUP(text_clear) struct text out = TEXT_INIT(OUTPUT_MAX_BYTES);
    text_append_string(&out, "{\"variables\": [");
    for (size_t i = 0; i < merged->len; i++) {
        const struct assignment *assignment = merged->variables[i].assignment;
        char time[TIMESTAMP_ISO8601_BYTES];
        text_append_string(&out, i == 0 ? "\n  {" : ",\n  {");
        append_member(&out, "name", assignment->variable);
        append_member(&out, "parameter", assignment->parameter);
        text_append_format(&out, "\"version\": %" PRId64 ", ", assignment->version);
        append_member(&out, "type", assignment->type);
        append_member(&out, "modified", format_time(assignment->modified_s, time));
        text_append_string(&out, "\"source\": ");
        json_write_string(&out, sources->items[assignment->source].text);
        text_append_string(&out, "}");
    }
    text_append_string(&out, merged->len == 0 ? "]}\n" : "\n]}\n");
    return dryrun_print(&out, reterr);
}
