/* SPDX-License-Identifier: MIT */
#include "dryrun.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "aws/ssm/parameter.h"
#include "base/environment.h"
#include "base/printable.h"
#include "base/timestamp.h"
#include "base/utf8.h"
#include "json/json_write.h"
#include "output.h"

enum {
    OUTPUT_MAX_BYTES = 64 * 1024 * 1024,
    OUTPUT_PIECE_BYTES = 64 * 1024,
};

static void format_time(int64_t epoch_s, char buffer[static TIMESTAMP_ISO8601_BYTES])
{
    if (epoch_s == 0) {
        buffer[0] = '\0';
    } else {
        timestamp_format_iso8601(epoch_s, buffer);
    }
}

/*
 * Keeps the text small: rows are as wide as the longest name, so a whole table may be much larger than the
 * data that it shows.
 */
static bool print_full_piece(struct text *out, struct err *reterr)
{
    if (out->len < OUTPUT_PIECE_BYTES) {
        return true;
    }
    bool ok = output_print(out, reterr);
    text_reset(out);
    return ok;
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
        text_append_string(out, "not set: removed by --unset");
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
        append_part(out, &is_first, "contains a # where other loaders begin a comment", "");
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

/* One row of the table, not yet made printable. */
struct row {
    const char *variable;
    const char *parameter;
    const char *type;
    const char *version;
    const char *modified;
    const char *note;
};

struct widths {
    size_t variable;
    size_t parameter;
    size_t type;
};

/* Cells come from the network: each is made printable as one word. */
static void append_cell(struct text *out, const char *cell, size_t width)
{
    size_t begin = out->len;
    printable_append(out, cell, strlen(cell), PRINTABLE_WORD);
    size_t shown = utf8_count(text_string(out) + begin, out->len - begin);
    text_append_format(out, "%*s  ", (int)(shown < width ? width - shown : 0), "");
}

static void append_row(struct text *out, const struct row *row, const struct widths *widths)
{
    append_cell(out, row->variable, widths->variable);
    append_cell(out, row->parameter, widths->parameter);
    append_cell(out, row->type, widths->type);
    text_append_format(out, "%7s  %-20s  ", row->version, row->modified);
    printable_append(out, row->note, strlen(row->note), PRINTABLE_LINE);
    while (out->state == TEXT_OK && out->bytes[out->len - 1] == ' ') {
        out->len--;
    }
    text_append_string(out, "\n");
}

static const char *parameter_of(const struct assignment *assignment)
{
    return assignment->parameter == NULL ? "-" : assignment->parameter;
}

static const char *type_of(const struct assignment *assignment)
{
    bool is_known = assignment->parameter != NULL && assignment->type[0] != '\0';
    return is_known ? assignment->type : "-";
}

static void widen(size_t *width, const char *cell)
{
    CLEANUP(text_clear) struct text shown = TEXT_INIT(OUTPUT_MAX_BYTES);
    printable_append(&shown, cell, strlen(cell), PRINTABLE_WORD);
    size_t needed = utf8_count(text_string(&shown), shown.len);
    *width = needed > *width ? needed : *width;
}

static struct widths measure(const struct merge_result *merged)
{
    struct widths widths = { strlen("VARIABLE"), strlen("PARAMETER"),
        strlen(PARAMETER_SECURE_STRING) };
    for (size_t i = 0; i < merged->len; i++) {
        const struct assignment *assignment = merged->variables[i].assignment;
        widen(&widths.variable, assignment->variable);
        widen(&widths.parameter, parameter_of(assignment));
        widen(&widths.type, type_of(assignment));
    }
    return widths;
}

static void append_variable(
        struct text *out, const struct merged_variable *variable, const struct widths *widths)
{
    const struct assignment *assignment = variable->assignment;
    char version[24] = "-";
    char modified[TIMESTAMP_ISO8601_BYTES] = "-";
    CLEANUP(text_clear) struct text note = TEXT_INIT(OUTPUT_MAX_BYTES);
    if (assignment->parameter != NULL) {
        (void)snprintf(version, sizeof(version), "%" PRId64, assignment->version);
        format_time(assignment->modified_s, modified);
    }
    append_note(&note, variable);
    const struct row row = { .variable = assignment->variable,
        .parameter = parameter_of(assignment),
        .type = type_of(assignment),
        .version = version,
        .modified = modified,
        .note = text_string(&note) };
    append_row(out, &row, widths);
    if (note.state != TEXT_OK) {
        out->state = note.state;
    }
}

bool dryrun_print_table(const struct merge_result *merged, struct err *reterr)
{
    static const struct row heads = { "VARIABLE", "PARAMETER", "TYPE", "VERSION", "MODIFIED",
        "NOTE" };
    CLEANUP(text_clear) struct text out = TEXT_INIT(OUTPUT_MAX_BYTES);
    const struct widths widths = measure(merged);
    append_row(&out, &heads, &widths);
    for (size_t i = 0; i < merged->len; i++) {
        append_variable(&out, &merged->variables[i], &widths);
        if (!print_full_piece(&out, reterr)) {
            return false;
        }
    }
    return output_print(&out, reterr);
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
        format_time(assignment->modified_s, time);
        append_member(&out, "modified", time);
        text_append_string(&out, "\"source\": ");
        json_write_string(&out, assignment->origin);
        text_append_string(&out, assignment->as_file ? ", \"file\": true}" : "}");
        is_first = false;
        if (!print_full_piece(&out, reterr)) {
            return false;
        }
    }
    text_append_string(&out, is_first ? "]}\n" : "\n]}\n");
    return output_print(&out, reterr);
}
