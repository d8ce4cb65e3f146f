/* SPDX-License-Identifier: MIT */
#include "options_help.h"

/* "  -n, --dry-run", and its help in the second column. */
static void write_option(const struct option *option, struct text *out)
{
    enum {
        HELP_COLUMN = 33
    };

    size_t start = out->len;
    if (option->letter != 0) {
        text_append_format(out, "  -%c, --%s", option->letter, option->name);
    } else {
        text_append_format(out, "      --%s", option->name);
    }
    if (option->value_name != NULL) {
        text_append_string(out, option->takes == MAY_TAKE_VALUES ? "" : " ");
        text_append_string(out, option->value_name);
    }
    size_t width = out->len - start;
    text_append_format(
            out, "%*s%s\n", width < HELP_COLUMN ? (int)(HELP_COLUMN - width) : 1, "", option->help);
}

void options_write_help(const struct options_table *table, struct text *out)
{
    text_append_string(out, table->help_head);
    for (size_t i = 0; i < table->count; i++) {
        const struct option *option = &table->rows[i];
        if (i == 0 || option->group != table->rows[i - 1].group) {
            text_append_format(out, "%s\n", option->group);
        }
        write_option(option, out);
    }
    text_append_string(out, table->help_tail);
}
