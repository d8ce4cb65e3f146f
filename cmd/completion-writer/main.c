/*
 * completion-writer SHELL <TEMPLATE >SCRIPT: a completion script with the options of the table in
 * place of the template's line @OPTIONS@. Runs while building; never installed.
 */
/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "options_rows.h"

static const char PLACEHOLDER[] = "@OPTIONS@\n";

/* Writes text for the inside of '...', with quote in place of a quote, and a backslash before characters of escaped. */
static void write_quoted(const char *text, const char *quote, const char *escaped)
{
    for (const char *c = text; *c != '\0'; c++) {
        if (*c == '\'') {
            (void)fputs(quote, stdout);
            continue;
        }
        if (strchr(escaped, *c) != NULL) {
            (void)putchar('\\');
        }
        (void)putchar(*c);
    }
}

/* Writes the words of "text|json" with a blank between them. */
static void write_words(const char *alternatives)
{
    for (const char *c = alternatives; *c != '\0'; c++) {
        (void)putchar(*c == '|' ? ' ' : *c);
    }
}

/* --- bash: [--unset]=variables [-u]=variables --- */

/* What the template completes the option with: the name of a rule, or the possible values. */
static void write_bash_rule(const struct option *option)
{
    switch (option->completion) {
    case COMPLETE_FILE:
        (void)fputs("file", stdout);
        return;
    case COMPLETE_VARIABLE:
        (void)fputs(option_needs_value(option) ? "variables" : "optional", stdout);
        return;
    case COMPLETE_REQUIREMENT:
        (void)fputs("requirements", stdout);
        return;
    case COMPLETE_CHOICE:
        (void)putchar('\'');
        write_words(option->value_name);
        (void)putchar('\'');
        return;
    case COMPLETE_NOTHING:
        break;
    }
    (void)fputs(option_needs_value(option) ? "nothing" : "flag", stdout);
}

static void write_bash(const struct option *option)
{
    (void)printf("        [--%s]=", option->name);
    write_bash_rule(option);
    if (option->letter != 0) {
        (void)printf(" [-%c]=", option->letter);
        write_bash_rule(option);
    }
    (void)putchar('\n');
}

/* --- zsh: an argument of _arguments for each way to write the option --- */

static void write_zsh_value(const struct option *option)
{
    /* "[=NAME,...]" is called "NAME,..." here. */
    const char *name = option->value_name + strspn(option->value_name, "[=");
    (void)printf(":%.*s:", (int)strcspn(name, "]"), name);
    switch (option->completion) {
    case COMPLETE_FILE:
        (void)fputs("_files", stdout);
        return;
    case COMPLETE_VARIABLE:
        (void)fputs("_ssm_exec_variables", stdout);
        return;
    case COMPLETE_REQUIREMENT:
        (void)fputs("_ssm_exec_requirements", stdout);
        return;
    case COMPLETE_CHOICE:
        (void)putchar('(');
        write_words(option->value_name);
        (void)putchar(')');
        return;
    case COMPLETE_NOTHING:
        (void)putchar(' '); /* only says what is expected */
        return;
    }
}

/* The part that comes before the option's name: what excludes what. */
static void write_zsh_exclusion(const struct option *option)
{
    if (option->kind == KIND_HELP || option->kind == KIND_VERSION) {
        (void)fputs("(- *)", stdout);
    } else if (option_is_repeatable(option)) {
        (void)putchar('*');
    } else if (option->letter != 0) {
        (void)printf("(-%c --%s)", option->letter, option->name);
    }
}

static void write_zsh_rest(const struct option *option)
{
    (void)putchar('[');
    write_quoted(option->help, "'\\''", "]\\");
    (void)putchar(']');
    if (option->value_name != NULL) {
        if (!option_needs_value(option)) {
            (void)putchar(':'); /* "::": it may be missing */
        }
        write_zsh_value(option);
    }
    (void)fputs("'\n", stdout);
}

static void write_zsh(const struct option *option)
{
    (void)fputs("        '", stdout);
    write_zsh_exclusion(option);
    /* '=': also in the next word; '=-': in the same word only */
    (void)printf("--%s%s", option->name,
            option_needs_value(option)           ? "="
                    : option->value_name != NULL ? "=-"
                                                 : "");
    write_zsh_rest(option);
    if (option->letter != 0) {
        (void)fputs("        '", stdout);
        write_zsh_exclusion(option);
        (void)printf("-%c%s", option->letter, option_needs_value(option) ? "+" : "");
        write_zsh_rest(option);
    }
}

/* --- fish: complete ... -l unset -s u --- */

static void write_fish(const struct option *option)
{
    (void)printf("complete -c ssm-exec -l %s", option->name);
    if (option->letter != 0) {
        (void)printf(" -s %c", option->letter);
    }
    if (option_needs_value(option)) {
        (void)fputs(option->completion == COMPLETE_FILE ? " -rF" : " -x", stdout);
    }
    switch (option->completion) {
    case COMPLETE_VARIABLE:
        (void)fputs(" -a '(__ssm_exec_variables)'", stdout);
        break;
    case COMPLETE_REQUIREMENT:
        (void)fputs(" -a '(__ssm_exec_requirements)'", stdout);
        break;
    case COMPLETE_CHOICE:
        (void)fputs(" -a '", stdout);
        write_words(option->value_name);
        (void)putchar('\'');
        break;
    case COMPLETE_FILE:
    case COMPLETE_NOTHING:
        break;
    }
    (void)fputs(" -d '", stdout);
    write_quoted(option->help, "\\'", "\\");
    (void)fputs("'\n", stdout);
}

/* --- */

static const struct {
    const char *name;
    void (*write_option)(const struct option *option);
} shells[] = { { "bash", write_bash }, { "zsh", write_zsh }, { "fish", write_fish } };

static bool write_script(void (*write_option)(const struct option *option))
{
    char line[512];
    int places = 0;
    while (fgets(line, sizeof(line), stdin) != NULL) {
        if (strcmp(line, PLACEHOLDER) != 0) {
            (void)fputs(line, stdout);
            continue;
        }
        places++;
        for (size_t i = 0; i < options_rows.count; i++) {
            write_option(&options_rows.rows[i]);
        }
    }
    return places == 1 && ferror(stdin) == 0 && fflush(stdout) == 0 && ferror(stdout) == 0;
}

int main(int argc, char *argv[])
{
    for (size_t i = 0; argc == 2 && i < sizeof(shells) / sizeof(shells[0]); i++) {
        if (strcmp(argv[1], shells[i].name) == 0) {
            return write_script(shells[i].write_option) ? EXIT_SUCCESS : EXIT_FAILURE;
        }
    }
    (void)fputs("usage: completion-writer bash|zsh|fish <TEMPLATE >SCRIPT\n", stderr);
    return EXIT_FAILURE;
}
