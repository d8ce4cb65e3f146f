/* SPDX-License-Identifier: MIT */
#include "verify_output.h"

#include <inttypes.h>

#include "json_member.h"

enum column {
    STATE,
    VARIABLE,
    PARAMETER,
    TYPE,
    VERSION,
    NOTE,
    COLUMNS
};

static const struct columns_form form = {
    .count = COLUMNS,
    .heads = { "STATE", "VARIABLE", "PARAMETER", "TYPE", "VERSION", "NOTE" },
    .cuts = { [VARIABLE] = COLUMNS_CUT_END, [PARAMETER] = COLUMNS_CUT_BEGINNING },
};

static void put(struct columns_row *row, enum column column, const char *word)
{
    columns_put_word(row, column, word == NULL ? "-" : word);
}

static void fill(struct columns_row *out, const void *subject, size_t index)
{
    const struct compare_rows *rows = subject;
    const struct compare_row *row = &rows->items[index];
    put(out, STATE, compare_state_word(row->state));
    put(out, VARIABLE, row->variable);
    put(out, PARAMETER, row->parameter);
    put(out, TYPE, row->type);
    if (row->version == 0) {
        put(out, VERSION, NULL);
    } else {
        text_append_format(&out->cells[VERSION], "%" PRId64, row->version);
    }
    columns_put(out, NOTE, row->note == NULL ? "" : row->note);
    out->colours[STATE] = row->state == COMPARE_SAME ? NULL : "31";
}

void verify_write_table(
        const struct compare_rows *rows, const struct columns_terminal *terminal, struct text *out)
{
    struct columns columns = { .form = &form, .terminal = *terminal };
    columns_write_all(&columns, rows, rows->len, fill, out);
}

void verify_write_json_rows(const struct compare_rows *rows, struct text *out)
{
    text_append_string(out, "\"rows\": [");
    for (size_t i = 0; i < rows->len; i++) {
        const struct compare_row *row = &rows->items[i];
        text_append_format(
                out, "%s\n  {\"state\": \"%s\"", i == 0 ? "" : ",", compare_state_word(row->state));
        json_member_append(out, "variable", row->variable);
        json_member_append(out, "parameter", row->parameter);
        json_member_append(out, "type", row->type);
        if (row->version > 0) {
            text_append_format(out, ", \"version\": %" PRId64, row->version);
        }
        json_member_append(out, "note", row->note);
        text_append_string(out, "}");
    }
    text_append_string(out, rows->len == 0 ? "]" : "\n]");
}

void verify_write_json(const struct compare_rows *rows, struct text *out)
{
    text_append_string(out, "{");
    verify_write_json_rows(rows, out);
    text_append_string(out, "}\n");
}
