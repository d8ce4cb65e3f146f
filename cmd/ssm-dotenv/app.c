/* SPDX-License-Identifier: MIT */
#include "app.h"

#include <string.h>

#include "base/similar.h"
#include "command.h"
#include "options_argv.h"
#include "options_help.h"
#include "output.h"
#include "program.h"
#include "report.h"
#include "tables.h"
#include "version.h"

enum {
    TEXT_MAX_BYTES = 16 * 1024
};

static int fail(struct report *report, const struct err *err)
{
    report_error(report, err);
    return PROGRAM_FAILED;
}

static int fail_all(struct report *report, const struct err_list *problems)
{
    report_errors(report, problems);
    return PROGRAM_FAILED;
}

/* --- the program's own options --- */

static void write_program_help(struct text *out)
{
    text_append_string(out,
            "Usage: ssm-dotenv COMMAND [OPTION...] [ARG...]\n"
            "Take a team from .env files to AWS Parameter Store.\n"
            "Commands:\n");
    for (const struct command_table *const *table = command_tables; *table != NULL; table++) {
        text_append_format(out, "  %-10s %s\n", (*table)->name, (*table)->summary);
    }
    options_write_help(&program_table, out);
}

/* --help, --version; command: NULL for the program's own. */
static int print_text(
        struct report *report, enum options_action action, const struct command *command)
{
    CLEANUP(text_clear) struct text out = TEXT_INIT(TEXT_MAX_BYTES);
    struct err err;
    if (action == OPTIONS_VERSION) {
        version_write(&out);
    } else if (command == NULL) {
        write_program_help(&out);
    } else {
        options_write_help(command->table->options, &out);
    }
    return output_print(&out, &err) ? COMMAND_IN_ORDER : fail(report, &err);
}

/* No command: only the program's own options can stand there. */
static int run_program(int argc, char *const argv[], struct report *report)
{
    CLEANUP(err_list_clear) struct err_list problems = { 0 };
    struct program_options options = { 0 };
    struct options_argv words = OPTIONS_ARGV_INIT(&program_table, argc, argv);
    struct option_given given;
    while (options_argv_next(&words, &given) && given.kind != GIVEN_WORD) {
        if (option_given_check(&given, &problems)) {
            option_store(&given, &options, &problems);
        }
    }
    if (options.report.action != OPTIONS_RUN) {
        return print_text(report, options.report.action, NULL);
    }
    if (err_list_is_empty(&problems)) {
        err_list_add_new(
                &problems, ERR_USAGE, NULL, "try 'ssm-dotenv --help'", "there is no command");
    }
    return fail_all(report, &problems);
}

/* --- commands --- */

static const struct command *find_command(const char *name)
{
    for (const struct command *const *command = commands; *command != NULL; command++) {
        if (strcmp((*command)->table->name, name) == 0) {
            return *command;
        }
    }
    return NULL;
}

/* What cannot be a mistyped command may be a secret in the wrong place. */
static const char *show_command(const char *name)
{
    enum {
        SHOWN_MAX_BYTES = 16
    };

    size_t len = strspn(name, "abcdefghijklmnopqrstuvwxyz-");
    return name[len] == '\0' && len > 0 && len <= SHOWN_MAX_BYTES ? name : "argument 1";
}

static int fail_unknown(const char *name, struct report *report)
{
    size_t least = strlen(name) / 3 + 1;
    const char *similar = NULL;
    struct err err;
    for (const struct command_table *const *table = command_tables; *table != NULL; table++) {
        size_t distance = similar_distance(name, (*table)->name);
        if (distance < least) {
            least = distance;
            similar = (*table)->name;
        }
    }
    (void)err_set(&err, ERR_USAGE, show_command(name), "unknown command");
    err_set_hint(&err, "%s%s%stry 'ssm-dotenv --help'", similar == NULL ? "" : "did you mean ",
            similar == NULL ? "" : similar, similar == NULL ? "" : "? ");
    return fail(report, &err);
}

/* The words behind the command's name. argv[0] is that name. */
static void read_words(const struct command *command,
        int argc,
        char *const argv[],
        void *options,
        struct err_list *problems)
{
    struct options_argv words = OPTIONS_ARGV_INIT(command->table->options, argc, argv);
    struct option_given given;
    bool is_given[OPTIONS_MAX];
    char *const *behind = options_argv_scan(&words, is_given); /* "--" */
    bool follows_unknown = false;
    while (options_argv_next(&words, &given)) {
        /* The word after an unknown option may be its value, which is not a second problem. */
        bool is_ignored = follows_unknown && given.kind == GIVEN_WORD;
        follows_unknown = given.kind == GIVEN_UNKNOWN && given.value == NULL;
        if (!is_ignored && option_given_check(&given, problems)) {
            command->store(&given, options, problems);
        }
    }
    for (; behind != NULL && *behind != NULL; behind++) {
        given = (struct option_given){
            .kind = GIVEN_WORD,
            .table = command->table->options,
            .option = command->table->options->words,
            .value = *behind,
            .position = (int)(behind - argv),
        };
        command->store(&given, options, problems);
    }
}

static void check_report(const struct command *command,
        const struct report_options *options,
        struct err_list *problems)
{
    const struct option_given given = { .table = command->table->options };
    if (options->verbose && options->quiet) {
        option_given_add_error(&given, problems, NULL, "--verbose and --quiet exclude each other");
    }
}

static int run_command(const struct command *command,
        struct command_run *run,
        const struct command_options *options,
        struct err_list *problems)
{
    if (options->report.action != OPTIONS_RUN) {
        return print_text(run->report, options->report.action, command);
    }
    check_report(command, &options->report, problems);
    command->check(options, problems);
    if (!err_list_is_empty(problems)) {
        return fail_all(run->report, problems);
    }
    int status = command->run(run, options, problems);
    return err_list_is_empty(problems) ? status : fail_all(run->report, problems);
}

int app_run(int argc,
        char *const argv[],
        const struct environment *environment,
        const struct clock *clock,
        const struct process_state *state)
{
    CLEANUP(err_list_clear) struct err_list problems = { 0 };
    int64_t began_ms = clock_monotonic_ms(clock);
    struct report report;
    struct err err;
    (void)state; /* no command becomes another program */
    report_init(&report, clock);
    if (argc < 2 || argv[1][0] == '-') {
        return run_program(argc, argv, &report);
    }
    const struct command *command = find_command(argv[1]);
    if (command == NULL) {
        return fail_unknown(argv[1], &report);
    }
    struct command_options *options = command->new_options();
    if (options == NULL) {
        (void)err_set_no_memory(&err);
        return fail(&report, &err);
    }
    read_words(command, argc - 1, argv + 1, options, &problems);
    report.format = options->report.log_format;
    report.verbosity = report_options_verbosity(&options->report);
    report.deadline_ms = began_ms + options->timeout_ms;
    struct command_run run = {
        .environment = environment,
        .clock = clock,
        .report = &report,
        .deadline_ms = report.deadline_ms,
    };
    int status = run_command(command, &run, options, &problems);
    command->free_options(options);
    return status;
}
