/* SPDX-License-Identifier: MIT */
#include "app.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "aws/ssm/fetch.h"
#include "aws/variables.h"
#include "base/file.h"
#include "command.h"
#include "dryrun.h"
#include "fetch.h"
#include "launch/resolve.h"
#include "options.h"
#include "options_help.h"
#include "options_read.h"
#include "options_rows.h"
#include "output.h"
#include "plan.h"
#include "report.h"
#include "session.h"
#include "undecrypted.h"
#include "vars/merge.h"
#include "version.h"

enum {
    TEXT_MAX_BYTES = 16 * 1024
};

/* What every step of the run uses. */
struct app {
    const struct options *options;
    const struct environment *environment;
    const struct clock *clock;
    struct report *report;
    int64_t deadline_ms;
};

static void free_string(char **string)
{
    free(*string);
}

static int fail(struct report *report, const struct err *err)
{
    report_error(report, err);
    return report_exit_status(err->kind);
}

/* --help, --version */
static int print_text(struct report *report, enum options_action action)
{
    CLEANUP(text_clear) struct text out = TEXT_INIT(TEXT_MAX_BYTES);
    struct err err;
    if (action == OPTIONS_HELP) {
        options_write_help(&options_rows, &out);
    } else {
        version_write(&out);
    }
    return output_print(&out, &err) ? 0 : fail(report, &err);
}

/* COMMAND is looked up before the network is used. */
static bool find_command(const struct app *app, char **ret_file, struct err *reterr)
{
    if (app->options->command == NULL) {
        return true;
    }
    return resolve_command(app->options->command[0], environment_get_raw(app->environment, "PATH"),
            ret_file, reterr);
}

static struct session_options session_options(const struct app *app)
{
    return (struct session_options){
        .settings = aws_options_settings(&app->options->aws),
        .environment = app->environment,
        .clock = app->clock,
        .events = &app->report->sink,
        .deadline_ms = app->deadline_ms,
    };
}

/* Compares the region with the ARNs before any request if it is set, otherwise once it is known. */
static bool run_fetch(const struct source_list *sources,
        struct session *session,
        struct ssm_fetch *fetch,
        struct err_list *problems)
{
    bool is_region_set = session->settings.region != NULL;
    if (is_region_set && !fetch_check_regions(sources, &session->settings, problems)) {
        return false;
    }
    session_connect_early(session, fetch->calls, fetch->call_count);
    return session_find_credentials(session, problems)
            && (is_region_set || fetch_check_regions(sources, &session->settings, problems))
            && ssm_fetch_run(fetch, &session->calls, problems);
}

/* How to call Parameter Store; the caller sets client and budget. */
static struct ssm make_ssm(const struct app *app, const struct plan *plan)
{
    const struct options *options = app->options;
    bool could_skip_decryption = options->dry_run && !options->no_decrypt
            && undecrypted_is_possible(plan, options);
    return (struct ssm){
        .decryption = options->no_decrypt ? PARAMETER_UNDECRYPTED : PARAMETER_DECRYPTED,
        .undecrypted_hint = could_skip_decryption
                ? "--no-decrypt shows names, versions and types without it"
                : NULL,
    };
}

/*
 * Does everything that needs the network; all connections are closed when it returns. If there is nothing to
 * fetch, the AWS settings and credentials are not read.
 */
static bool fetch_all(const struct app *app,
        const struct plan *plan,
        struct fetched *ret_fetched,
        struct err_list *problems)
{
    const struct source_list *sources = &plan->sources;
    CLEANUP(session_close) struct session session = { 0 };
    CLEANUP(ssm_fetch_clear) struct ssm_fetch fetch = { 0 };
    struct budget budget = { .max_bytes = SSM_BUDGET_BYTES };
    struct ssm ssm = make_ssm(app, plan);
    const struct session_options options = session_options(app);
    const struct fetch_rules rules = {
        .recursive = !app->options->no_recursive,
        .label = app->options->label,
    };
    struct err err;
    if (sources->len == 0) {
        return true;
    }
    if (!session_open(&session, &options, problems)) {
        return false;
    }
    ssm.client = &session.client;
    ssm.budget = &budget;
    if (!fetch_plan(sources, &rules, ret_fetched, &err)
            || !ssm_fetch_plan(&ssm, &ret_fetched->queries, &fetch, &err)) {
        return err_list_add(problems, &err);
    }
    return run_fetch(sources, &session, &fetch, problems);
}

/* --drop-credentials: COMMAND must not get credentials from the metadata service either. */
static bool assign_metadata_disabled(struct assignment_list *assignments, struct err *reterr)
{
    CLEANUP(assignment_clear)
    struct assignment assignment = {
        .variable = strdup(AWS_METADATA_DISABLED_VARIABLE),
        .layer = LAYER_INHERITED,
        .origin = "--drop-credentials",
        .owned_value = calloc(1, sizeof(struct secret)),
    };
    if (assignment.variable == NULL || assignment.owned_value == NULL) {
        return err_set_no_memory(reterr);
    }
    *assignment.owned_value = SECRET_INIT(sizeof("true"));
    secret_append_string(assignment.owned_value, "true");
    assignment.value = assignment.owned_value;
    return assignment_list_add_owned(assignments, &assignment, reterr);
}

/* Collects every error about names and variables, to report them together. */
static bool make_variables(const struct app *app,
        const struct plan *plan,
        const struct fetched *fetched,
        struct assignment_list *assignments,
        struct merge_result *ret_merged,
        struct err_list *problems)
{
    const struct options *options = app->options;
    const struct var_name_rules names = { .flat = options->flat,
        .preserve_case = options->preserve_case };
    const struct merge_rules rules = {
        .allowed = name_patterns_of(&options->allowed_variables),
        .preserve_all = options->preserve_all,
        .preserved = name_patterns_of(&options->preserved),
        .unset = name_patterns_of(&options->unset),
        .secure_type = options->secure_only ? PARAMETER_SECURE_STRING : NULL,
    };
    struct err err;
    if (!plan_assign_env_files(plan, assignments, &err)
            || (options->drop_credentials && !assign_metadata_disabled(assignments, &err))) {
        return err_list_add(problems, &err);
    }
    bool mapped = fetch_map(&plan->sources, fetched, &names, assignments, problems);
    bool merged = merge(assignments, &plan->inherited, &rules, ret_merged, problems);
    bool has_all = ret_merged->variables != NULL
            && merge_require(ret_merged, &plan->inherited, &plan->required, problems);
    return mapped && merged && has_all;
}

/* A variable that is also set in the container or the unit may have been set there on purpose. */
static void report_replaced(const struct app *app, const struct merge_result *merged)
{
    for (size_t i = 0; i < merged->len; i++) {
        const struct merged_variable *variable = &merged->variables[i];
        const struct assignment *winner = variable->assignment;
        if (variable->overridden_inherited != NULL && merged_variable_is_set(variable)) {
            event_emit(&app->report->sink, EVENT_PROGRESS, winner->variable,
                    "the inherited value is replaced by %s%s",
                    winner->parameter != NULL ? "" : "the one in ",
                    winner->parameter != NULL ? winner->parameter : winner->origin);
        }
    }
}

static int print_plan(const struct app *app, const struct merge_result *merged)
{
    struct err err;
    bool ok = app->options->json ? dryrun_print_json(merged, &err)
                                 : dryrun_print_table(merged, &err);
    return ok ? 0 : fail(app->report, &err);
}

static int fail_all(const struct app *app, const struct err_list *problems)
{
    report_errors(app->report, problems);
    return report_exit_status(problems->len > 0 ? problems->items[0].kind : ERR_SYSTEM);
}

/* The run itself, once the options have been checked. */
static int carry_out(
        const struct app *app, struct options *options, const struct process_state *state)
{
    CLEANUP(err_list_clear) struct err_list problems = { 0 };
    CLEANUP(free_string) char *file = NULL;
    CLEANUP(plan_clear) struct plan plan = { 0 };
    CLEANUP(fetched_clear) struct fetched fetched = { 0 };
    CLEANUP(assignment_list_clear) struct assignment_list assignments = { 0 };
    CLEANUP(merge_result_clear) struct merge_result merged = { 0 };
    const struct file_limits limits = { .clock = app->clock, .deadline_ms = app->deadline_ms };
    struct err err;
    if (!plan_make(options, app->environment, &limits, &plan, &problems)) {
        return fail_all(app, &problems);
    }
    if (!find_command(app, &file, &err)) {
        return fail(app->report, &err);
    }
    if (!fetch_all(app, &plan, &fetched, &problems)
            || !make_variables(app, &plan, &fetched, &assignments, &merged, &problems)) {
        return fail_all(app, &problems);
    }
    report_replaced(app, &merged);
    if (app->options->dry_run) {
        return print_plan(app, &merged);
    }
    const struct command command = {
        .file = file,
        .argv = app->options->command,
        .inherited = &plan.inherited,
        .merged = &merged,
        .clock = app->clock,
        .deadline_ms = app->deadline_ms,
        .state = state,
    };
    return command_become(&command, &err) ? 0 : fail(app->report, &err);
}

int app_run(int argc,
        char *const argv[],
        const struct environment *environment,
        const struct clock *clock,
        const struct process_state *state)
{
    CLEANUP(err_list_clear) struct err_list problems = { 0 };
    CLEANUP(options_clear) struct options options = { 0 };
    struct report report;
    int64_t began_ms = clock_monotonic_ms(clock);
    report_init(&report, clock);
    bool is_valid = options_read(argc, argv, environment, &options, &problems);
    report.format = options.report.log_format;
    report.verbosity = report_options_verbosity(&options.report);
    report.deadline_ms = began_ms + options.timeout_ms;
    const struct app app = {
        .options = &options,
        .environment = environment,
        .clock = clock,
        .report = &report,
        .deadline_ms = report.deadline_ms,
    };
    if (!is_valid) {
        return fail_all(&app, &problems);
    }
    if (options.report.action != OPTIONS_RUN) {
        return print_text(&report, options.report.action);
    }
    return carry_out(&app, &options, state);
}
