/* SPDX-License-Identifier: MIT */
#include "retire_output.h"

#include "json_member.h"

enum column {
    CHECK,
    WHERE,
    NOTE,
    COLUMNS
};

static const struct columns_form form = {
    .count = COLUMNS,
    .heads = { "CHECK", "WHERE", "NOTE" },
    .cuts = { [WHERE] = COLUMNS_CUT_BEGINNING },
};

static const char *const words[RETIRE_CHECKS] = {
    [RETIRE_LOADS] = "loads",
    [RETIRE_TRACKED] = "tracked",
    [RETIRE_COMMIT] = "commit",
    [RETIRE_HISTORY] = "history",
    [RETIRE_GIT] = "git",
    [RETIRE_DOCKER] = "docker",
    [RETIRE_MODE] = "mode",
    [RETIRE_LINK] = "link",
    [RETIRE_COPY] = "copy",
    [RETIRE_VALUE] = "value",
    [RETIRE_ROTATE] = "rotate",
};

static void fill(struct columns_row *out, const void *subject, size_t index)
{
    const struct retire_list *list = subject;
    const struct retire_row *row = &list->rows[index];
    columns_put_word(out, CHECK, words[row->check]);
    /* "src/server.js:1", or the variable where it is about that alone. */
    columns_put_word(out, WHERE, row->file == NULL ? row->variable : row->file);
    if (row->line > 0) {
        text_append_format(&out->cells[WHERE], ":%zu", row->line);
    }
    columns_put(out, NOTE, row->note == NULL ? "" : row->note);
    out->colours[CHECK] = row->check == RETIRE_ROTATE ? "33" : "31";
}

void retire_write_table(
        const struct retire_list *list, const struct columns_terminal *terminal, struct text *out)
{
    struct columns columns = { .form = &form, .terminal = *terminal };
    columns_write_all(&columns, list, list->len, fill, out);
}

static void append_member(struct text *out, const char *name, const char *value)
{
    if (value != NULL) {
        json_member_append(out, name, value);
    }
}

void retire_write_json(const struct retire_list *list, struct text *out)
{
    text_append_string(out, "[");
    for (size_t i = 0; i < list->len; i++) {
        const struct retire_row *row = &list->rows[i];
        text_append_format(out, "%s\n  {\"check\": \"%s\"", i == 0 ? "" : ",", words[row->check]);
        append_member(out, "file", row->file);
        if (row->line > 0) {
            text_append_format(out, ", \"line\": %zu", row->line);
        }
        append_member(out, "variable", row->variable);
        append_member(out, "note", row->note);
        text_append_string(out, "}");
    }
    text_append_string(out, list->len == 0 ? "]" : "\n]");
}
