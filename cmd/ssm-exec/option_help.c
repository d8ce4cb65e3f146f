/* SPDX-License-Identifier: MIT */
#include "option_table.h"
#include "options.h"

/* "  -n, --dry-run" and its help, in a column of its own. */
static void write_option(struct text *out, const struct option *option)
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
    if (option->value != NULL) {
        text_append_format(out, "%s%s", option->value[0] == '[' ? "" : " ", option->value);
    }
    size_t width = out->len - start;
    text_append_format(
            out, "%*s%s\n", width < HELP_COLUMN ? (int)(HELP_COLUMN - width) : 1, "", option->help);
}

void options_write_help(struct text *out)
{
    static const char *const titles[] = {
        [GROUP_READ] = "Read:",
        [GROUP_NAME] = "Name variables:",
        [GROUP_PASS] = "Pass on:",
        [GROUP_REFUSE] = "Refuse:",
        [GROUP_AWS] = "Ask AWS:",
        [GROUP_SAY] = "Say:",
    };

    text_append_string(out,
            "Usage: ssm-exec [OPTION...] SOURCE... -- COMMAND [ARG...], or --dry-run [--json]\n"
            "Run COMMAND with parameters of AWS Parameter Store in its environment.\n"
            "SOURCE: /prod/api (all below), /prod/db=DB_ (with a prefix), NAME=/one/parameter\n");
    for (int group = 0; group < GROUP_COUNT; group++) {
        text_append_format(out, "%s\n", titles[group]);
        for (size_t i = 0; i < option_count; i++) {
            if ((int)option_table[i].group == group) {
                write_option(out, &option_table[i]);
            }
        }
    }
    text_append_string(out,
            "A --long-option can be set as SSM_EXEC_LONG_OPTION, sources as SSM_EXEC_SOURCES.\n"
            "Exit: COMMAND's own; 127 not found, 126 cannot be started, 125 ssm-exec failed.\n");
}
