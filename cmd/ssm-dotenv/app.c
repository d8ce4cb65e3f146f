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

/* --- the options of the program, and of each group of commands --- */

static void write_group_help(const struct command_group *group, struct text *out)
{
    int width = 10;
    for (const struct command_table *const *table = group->tables; *table != NULL; table++) {
        int len = (int)strlen((*table)->name);
        width = len > width ? len : width;
    }
    text_append_string(out, group->usage);
    for (const struct command_table *const *table = group->tables; *table != NULL; table++) {
        text_append_format(out, "  %-*s %s\n", width, (*table)->name, (*table)->summary);
    }
    options_write_help(group->options, out);
}

/* --help, --version; of a command, or where that is NULL of the group. */
static int print_text(struct report *report,
        enum options_action action,
        const struct command_group *group,
        const struct command *command)
{
    CLEANUP(text_clear) struct text out = TEXT_INIT(TEXT_MAX_BYTES);
    struct err err;
    if (action == OPTIONS_VERSION) {
        version_write(&out);
    } else if (command == NULL) {
        write_group_help(group, &out);
    } else {
        options_write_help(command->table->options, &out);
    }
    return output_print(&out, &err) ? COMMAND_IN_ORDER : fail(report, &err);
}

/* No command: only the group's own options can stand there. */
static int run_group(
        const struct command_group *group, int argc, char *const argv[], struct report *report)
{
    CLEANUP(err_list_clear) struct err_list problems = { 0 };
    struct program_options options = { 0 };
    struct options_argv words = OPTIONS_ARGV_INIT(group->options, argc, argv);
    struct option_given given;
    while (options_argv_next(&words, &given) && given.kind != GIVEN_WORD) {
        if (option_given_check(&given, &problems)) {
            option_store(&given, &options, &problems);
        }
    }
    if (options.report.action != OPTIONS_RUN) {
        return print_text(report, options.report.action, group, NULL);
    }
    if (err_list_is_empty(&problems)) {
        err_list_add_new(
                &problems, ERR_USAGE, NULL, group->help_hint, "there is no %s", group->part);
    }
    return fail_all(report, &problems);
}

/* --- commands --- */

static const struct command *find_command(const struct command *const *list, const char *name)
{
    for (const struct command *const *command = list; *command != NULL; command++) {
        if (strcmp((*command)->table->name, name) == 0) {
            return *command;
        }
    }
    return NULL;
}

/* What cannot be a mistyped command may be a secret in the wrong place. */
static const char *show_command(const char *name, const struct command_group *group)
{
    enum {
        SHOWN_MAX_BYTES = 16
    };

    size_t len = strspn(name, "abcdefghijklmnopqrstuvwxyz-");
    return name[len] == '\0' && len > 0 && len <= SHOWN_MAX_BYTES ? name
            : group == &program_group                             ? "argument 1"
                                                                  : "argument 2";
}

static int fail_unknown(const struct command_group *group, const char *name, struct report *report)
{
    size_t least = strlen(name) / 3 + 1;
    const char *similar = NULL;
    struct err err;
    for (const struct command_table *const *table = group->tables; *table != NULL; table++) {
        size_t distance = similar_distance(name, (*table)->name);
        if (distance < least) {
            least = distance;
            similar = (*table)->name;
        }
    }
    (void)err_set(&err, ERR_USAGE, show_command(name, group), "unknown %s", group->part);
    err_set_hint(&err, "%s%s%s%s", similar == NULL ? "" : "did you mean ",
            similar == NULL ? "" : similar, similar == NULL ? "" : "? ", group->help_hint);
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
        return print_text(run->report, options->report.action, NULL, command);
    }
    check_report(command, &options->report, problems);
    command->check(options, problems);
    if (!err_list_is_empty(problems)) {
        return fail_all(run->report, problems);
    }
    int status = command->run(run, options, problems);
    return err_list_is_empty(problems) ? status : fail_all(run->report, problems);
}

/* What a run has whatever the command. */
struct app {
    const struct environment *environment;
    const struct clock *clock;
    struct report *report;
    int64_t began_ms;
};

static int run_words(
        const struct app *app, const struct command *command, int argc, char *const argv[])
{
    CLEANUP(err_list_clear) struct err_list problems = { 0 };
    struct err err;
    struct command_options *options = command->new_options();
    if (options == NULL) {
        (void)err_set_no_memory(&err);
        return fail(app->report, &err);
    }
    read_words(command, argc, argv, options, &problems);
    app->report->format = options->report.log_format;
    app->report->verbosity = report_options_verbosity(&options->report);
    app->report->deadline_ms = app->began_ms + options->timeout_ms;
    struct command_run run = {
        .environment = app->environment,
        .clock = app->clock,
        .report = app->report,
        .deadline_ms = app->report->deadline_ms,
    };
    int status = run_command(command, &run, options, &problems);
    command->free_options(options);
    return status;
}

int app_run(int argc,
        char *const argv[],
        const struct environment *environment,
        const struct clock *clock,
        const struct process_state *state)
{
    const struct command_group *group = &program_group;
    const struct command *const *list = commands;
    struct report report;
    const struct app app = { environment, clock, &report, clock_monotonic_ms(clock) };
    (void)state; /* no command becomes another program */
    report_init(&report, clock);
    for (;;) {
        if (argc < 2 || argv[1][0] == '-') {
            return run_group(group, argc, argv, &report);
        }
        const struct command *command = find_command(list, argv[1]);
        if (command == NULL) {
            return fail_unknown(group, argv[1], &report);
        }
        argc--;
        argv++;
        if (command->commands == NULL) {
            return run_words(&app, command, argc, argv);
        }
        group = command->table->group;
        list = command->commands;
    }
}
