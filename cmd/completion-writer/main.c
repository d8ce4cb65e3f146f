/*
 * completion-writer SHELL <TEMPLATE >SCRIPT: writes a completion script. What the tables have replaces these
 * lines of the template: @OPTIONS@ the options of ssm-exec; @WORDS@ what can follow ssm-dotenv;
 * @COMMANDS@ each of its commands with its options. Runs during the build; not installed.
 */
/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "options_rows.h"
#include "tables.h"

/* Writes text to go inside '...': replaces each ' with quote, and escapes the characters in escaped. */
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

/* Writes what the template completes the value with: the name of a rule, or the possible values. */
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

/* --- zsh: an argument of _arguments for each form of the option --- */

static void write_zsh_value(const struct option *option)
{
    /* "NAME,..." without the "[=" and "]" around it. */
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
        (void)putchar(' '); /* completes nothing, only shows the name of the value */
        return;
    }
}

/* The part before the option's name: what the option excludes. */
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

static void write_bash_group(const struct command_group *group)
{
    const struct options_table *options = group->options;
    for (const struct command_table *const *command = group->tables; *command != NULL; command++) {
        (void)printf("        %s\n", (*command)->name);
    }
    for (size_t i = 0; i < options->count; i++) {
        (void)printf("        --%s -%c\n", options->rows[i].name, options->rows[i].letter);
    }
}

static void write_zsh_group(const struct command_group *group)
{
    for (const struct command_table *const *command = group->tables; *command != NULL; command++) {
        (void)printf("        '%s:", (*command)->name);
        write_quoted((*command)->summary, "'\\''", "\\");
        (void)fputs("'\n", stdout);
    }
}

static void write_bash_words(void)
{
    write_bash_group(&program_group);
}

static void write_zsh_words(void)
{
    write_zsh_group(&program_group);
}

/* condition: when a command of the group is completed. */
static void write_fish_group(const struct command_group *group, const char *condition)
{
    for (const struct command_table *const *command = group->tables; *command != NULL; command++) {
        (void)printf("complete -c ssm-dotenv -n %s -a %s -d '", condition, (*command)->name);
        write_quoted((*command)->summary, "\\'", "\\");
        (void)fputs("'\n", stdout);
    }
    char owner[1024];
    (void)snprintf(owner, sizeof(owner), "ssm-dotenv -n %s", condition);
    write_options(group->options, write_fish, owner);
}

static void write_fish_words(void)
{
    write_fish_group(&program_group, "__fish_use_subcommand");
}

/* The words that the command takes one of, in place of files; "" if it takes files. */
static void write_choices(const struct command_table *command)
{
    if (command->options->words->completion == COMPLETE_CHOICE) {
        write_words(command->options->words->value_name);
    }
}

/* Branches of a case: what each command sets. */
static void write_bash_branches(const struct command_table *const *tables)
{
    for (const struct command_table *const *command = tables; *command != NULL; command++) {
        (void)printf("    %s)\n", (*command)->name);
        if ((*command)->group == NULL) {
            (void)fputs("        choices='", stdout);
            write_choices(*command);
            (void)fputs("'\n        rules=(\n", stdout);
            write_options((*command)->options, write_bash, NO_COMMAND);
            (void)fputs("        )\n        ;;\n", stdout);
        } else {
            (void)fputs("        at=2\n        words=(\n", stdout);
            write_bash_group((*command)->group);
            (void)fputs("        )\n    case ${COMP_WORDS[2]} in\n", stdout);
            write_bash_branches((*command)->group->tables);
            (void)fputs("    *) ((COMP_CWORD == 2)) || return ;;\n    esac\n        ;;\n", stdout);
        }
    }
}

static void write_zsh_branches(const struct command_table *const *tables)
{
    for (const struct command_table *const *command = tables; *command != NULL; command++) {
        (void)printf("    %s)\n", (*command)->name);
        if ((*command)->group == NULL) {
            (void)fputs("        choices='", stdout);
            write_choices(*command);
            (void)fputs("'\n        options=(\n", stdout);
            write_options((*command)->options, write_zsh, NO_COMMAND);
            (void)fputs("        )\n        ;;\n", stdout);
        } else {
            (void)fputs("        commands=(\n", stdout);
            write_zsh_group((*command)->group);
            (void)fputs("        )\n"
                        "        if (( CURRENT == 2 )); then\n"
                        "            _describe command commands\n"
                        "            return\n"
                        "        fi\n"
                        "        shift words\n"
                        "        (( CURRENT-- ))\n"
                        "    case $words[1] in\n",
                    stdout);
            write_zsh_branches((*command)->group->tables);
            (void)fputs("    *) return 1 ;;\n    esac\n        ;;\n", stdout);
        }
    }
}

static void write_bash_commands(void)
{
    write_bash_branches(command_tables);
}

static void write_zsh_commands(void)
{
    write_zsh_branches(command_tables);
}

/* seen: what comes before the command's name in a condition. */
static void write_fish_command(const struct command_table *command, const char *seen)
{
    char owner[256];
    (void)snprintf(owner, sizeof(owner), "ssm-dotenv -n '%s__fish_seen_subcommand_from %s'", seen,
            command->name);
    write_options(command->options, write_fish, owner);
    if (command->options->words->completion == COMPLETE_CHOICE) {
        (void)printf("complete -c %s -f -a '", owner);
        write_choices(command);
        (void)fputs("'\n", stdout);
    }
}

static void write_fish_group_commands(const struct command_table *command)
{
    char condition[1024];
    char seen[128];
    int len = snprintf(condition, sizeof(condition),
            "'__fish_seen_subcommand_from %s; and not __fish_seen_subcommand_from", command->name);
    (void)snprintf(seen, sizeof(seen), "__fish_seen_subcommand_from %s; and ", command->name);
    for (const struct command_table *const *part = command->group->tables; *part != NULL; part++) {
        len += snprintf(condition + len, sizeof(condition) - (size_t)len, " %s", (*part)->name);
        write_fish_command(*part, seen);
    }
    (void)snprintf(condition + len, sizeof(condition) - (size_t)len, "'");
    write_fish_group(command->group, condition);
}

static void write_fish_commands(void)
{
    for (const struct command_table *const *command = command_tables; *command != NULL; command++) {
        if ((*command)->group == NULL) {
            write_fish_command(*command, "");
        } else {
            write_fish_group_commands(*command);
        }
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
