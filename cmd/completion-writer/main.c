/*
 * completion-writer SHELL <TEMPLATE >SCRIPT: a completion script with what the tables have in place of
 * the template's lines: @OPTIONS@ the options of ssm-exec; @WORDS@ what can follow ssm-dotenv;
 * @COMMANDS@ each of its commands with its options. Runs while building; never installed.
 */
/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "options_rows.h"
#include "tables.h"

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

static void write_bash(const struct option *option, const char *owner)
{
    (void)owner; /* the script says it */
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

static void write_zsh(const struct option *option, const char *owner)
{
    (void)owner; /* the script says it */
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

static void write_fish(const struct option *option, const char *owner)
{
    (void)printf("complete -c %s -l %s", owner, option->name);
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

/* Whom an option belongs to, as fish says it. */
static const char SSM_EXEC[] = "ssm-exec";
static const char NO_COMMAND[] = "ssm-dotenv -n __fish_use_subcommand";

struct shell {
    const char *name;
    void (*write_option)(const struct option *option, const char *owner);
    void (*write_words)(void);
    void (*write_commands)(void);
};

static void write_options(const struct options_table *table,
        void (*write_option)(const struct option *option, const char *owner),
        const char *owner)
{
    for (size_t i = 0; i < table->count; i++) {
        write_option(&table->rows[i], owner);
    }
}

static void write_bash_words(void)
{
    for (const struct command_table *const *command = command_tables; *command != NULL; command++) {
        (void)printf("        %s\n", (*command)->name);
    }
    for (size_t i = 0; i < program_table.count; i++) {
        (void)printf(
                "        --%s -%c\n", program_table.rows[i].name, program_table.rows[i].letter);
    }
}

static void write_zsh_words(void)
{
    for (const struct command_table *const *command = command_tables; *command != NULL; command++) {
        (void)printf("        '%s:", (*command)->name);
        write_quoted((*command)->summary, "'\\''", "\\");
        (void)fputs("'\n", stdout);
    }
}

static void write_fish_words(void)
{
    for (const struct command_table *const *command = command_tables; *command != NULL; command++) {
        (void)printf("complete -c %s -a %s -d '", NO_COMMAND, (*command)->name);
        write_quoted((*command)->summary, "\\'", "\\");
        (void)fputs("'\n", stdout);
    }
    write_options(&program_table, write_fish, NO_COMMAND);
}

/* A branch of a case that sets a variable, for each command. */
static void write_branches(
        const char *variable, void (*write_option)(const struct option *option, const char *owner))
{
    for (const struct command_table *const *command = command_tables; *command != NULL; command++) {
        (void)printf("    %s)\n        %s=(\n", (*command)->name, variable);
        write_options((*command)->options, write_option, NO_COMMAND);
        (void)fputs("        )\n        ;;\n", stdout);
    }
}

static void write_bash_commands(void)
{
    write_branches("rules", write_bash);
}

static void write_zsh_commands(void)
{
    write_branches("options", write_zsh);
}

static void write_fish_commands(void)
{
    for (const struct command_table *const *command = command_tables; *command != NULL; command++) {
        char owner[128];
        (void)snprintf(owner, sizeof(owner), "ssm-dotenv -n '__fish_seen_subcommand_from %s'",
                (*command)->name);
        write_options((*command)->options, write_fish, owner);
    }
}

static const struct shell shells[] = {
    { "bash", write_bash, write_bash_words, write_bash_commands },
    { "zsh", write_zsh, write_zsh_words, write_zsh_commands },
    { "fish", write_fish, write_fish_words, write_fish_commands },
};

/* Whether the line is a placeholder, for which it writes what the tables have. */
static bool write_placeholder(const struct shell *shell, const char *line)
{
    if (strcmp(line, "@OPTIONS@\n") == 0) {
        write_options(&options_rows, shell->write_option, SSM_EXEC);
    } else if (strcmp(line, "@WORDS@\n") == 0) {
        shell->write_words();
    } else if (strcmp(line, "@COMMANDS@\n") == 0) {
        shell->write_commands();
    } else {
        return false;
    }
    return true;
}

static bool write_script(const struct shell *shell)
{
    char line[512];
    bool has_place = false;
    while (fgets(line, sizeof(line), stdin) != NULL) {
        if (write_placeholder(shell, line)) {
            has_place = true;
        } else {
            (void)fputs(line, stdout);
        }
    }
    return has_place && ferror(stdin) == 0 && fflush(stdout) == 0 && ferror(stdout) == 0;
}

int main(int argc, char *argv[])
{
    for (size_t i = 0; argc == 2 && i < sizeof(shells) / sizeof(shells[0]); i++) {
        if (strcmp(argv[1], shells[i].name) == 0) {
            return write_script(&shells[i]) ? EXIT_SUCCESS : EXIT_FAILURE;
        }
    }
    (void)fputs("usage: completion-writer bash|zsh|fish <TEMPLATE >SCRIPT\n", stderr);
    return EXIT_FAILURE;
}
