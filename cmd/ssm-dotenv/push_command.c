/* SPDX-License-Identifier: MIT */
#include "push_command.h"

#include <string.h>

#include "aws_session.h"
#include "input.h"
#include "input_files.h"
#include "migrate/push_check.h"
#include "push_apply.h"
#include "push_options.h"
#include "push_print.h"
#include "push_store.h"
#include "stop.h"
#include "vars/dotenv.h"

enum {
    WRITTEN_MAX_BYTES = 1024 /* of the names that a failure lists */
};

/* What a push works with. */
struct push {
    const struct command_run *run;
    const struct push_options *options;
    struct dotenv dotenv;
    struct map map;
    struct push_plan plan;
    struct input_files against;
    char file[SHOWN_BYTES]; /* for messages */
    char map_file[SHOWN_BYTES];
};

static void push_clear(struct push *push)
{
    push_plan_clear(&push->plan);
    dotenv_clear(&push->dotenv);
    map_clear(&push->map);
    input_files_clear(&push->against);
}

/* --- what is read here --- */

static void copy_shown(const char *path, char out[static SHOWN_BYTES])
{
    char buffer[SHOWN_BYTES];
    const char *shown = input_shown(path, buffer);
    size_t len = strnlen(shown, SHOWN_BYTES - 1);
    memcpy(out, shown, len);
    out[len] = '\0';
}

static bool read_all(struct push *push, struct err_list *problems)
{
    struct err err;
    copy_shown(push->options->env_file, push->file);
    copy_shown(push->options->map, push->map_file);
    bool ok = input_read_map(push->run, push->options->map, &push->map, problems);
    ok = input_read_env_file(push->run, push->options->env_file, &push->dotenv, problems) && ok;
    ok = input_files_read(push->run, &push->options->against, &push->against, problems) && ok;
    return ok
            && (push_plan_make(&push->dotenv, &push->map, &push->plan, &err)
                    || err_list_add(problems, &err));
}

/* --- what can be known before anything is asked --- */

static bool has_variable(const struct push_plan *plan, const char *name)
{
    for (size_t i = 0; i < plan->len; i++) {
        if (strcmp(plan->items[i].variable, name) == 0) {
            return true;
        }
    }
    return false;
}

/* A misspelt name would be a variable that is kept, or refused, for no reason that anybody sees. */
static bool check_names(const struct push *push,
        const char *option,
        const struct string_list *names,
        struct err_list *problems)
{
    bool ok = true;
    for (size_t i = 0; i < names->len; i++) {
        if (!has_variable(&push->plan, names->items[i])) {
            ok = err_list_add_new(problems, ERR_USAGE, option,
                    "write the name of the variable as the map has it, in the same case",
                    "%s is not a variable that %s makes a parameter", names->items[i],
                    push->map_file);
        }
    }
    return ok;
}

static bool check_all(struct push *push, struct err_list *findings, struct err_list *problems)
{
    const struct push_options *options = push->options;
    const struct push_rules rules = {
        .file = { push->file, &push->dotenv },
        .path = options->env_file,
        .map = push->map_file,
        .against = push->against.items,
        .against_count = push->against.len,
        .allow_placeholder = &options->allow_placeholder,
        .allow_reuse = &options->allow_reuse,
        .allow_mixed = options->allow_mixed,
        .needed = aws_session_variables(),
    };
    struct err err;
    bool ok = check_names(push, "--overwrite", &options->overwrite, problems);
    ok = check_names(push, "--allow-reuse", &options->allow_reuse, problems) && ok;
    ok = check_names(push, "--allow-placeholder", &options->allow_placeholder, problems) && ok;
    return ok && (push_check(&push->plan, &rules, findings, &err) || err_list_add(problems, &err));
}

/* --- what AWS is asked --- */

static void assume_creation(struct push_plan *plan)
{
    for (size_t i = 0; i < plan->len; i++) {
        struct push_item *item = &plan->items[i];
        item->action = item->action == PUSH_UNDECIDED ? PUSH_CREATE : item->action;
    }
}

static bool decide(struct push *push, struct push_store *store, struct err_list *problems)
{
    if (push->options->blind) {
        assume_creation(&push->plan);
        return true;
    }
    return push_store_decide(store, &push->plan, problems);
}

/* A failure says what was written before it. */
static void tell_written(const struct push_plan *plan, struct err_list *problems)
{
    CLEANUP(text_clear) struct text names = TEXT_INIT(WRITTEN_MAX_BYTES);
    size_t count = push_count_result(plan, PUSH_WRITTEN)
            + push_count_result(plan, PUSH_NOT_VISIBLE);
    size_t named = 0;
    for (size_t i = 0; i < plan->len; i++) {
        const struct push_item *item = &plan->items[i];
        bool is_written = item->result == PUSH_WRITTEN || item->result == PUSH_NOT_VISIBLE;
        size_t len = strlen(push_parameter(item)) + sizeof(", ");
        if (is_written && names.len + len < WRITTEN_MAX_BYTES / 2) {
            text_append_format(&names, "%s%s", named == 0 ? ": " : ", ", push_parameter(item));
            named++;
        }
    }
    if (problems->len > 0 && problems->items[problems->len - 1].kind == ERR_TIMEOUT) {
        err_set_hint(&problems->items[problems->len - 1],
                "run it again for the others, or give it more time: --timeout 1h");
    }
    if (problems->len > 0) {
        err_add_why(&problems->items[problems->len - 1], "; %zu of %zu parameters were written%s%s",
                count,
                push_count_action(plan, PUSH_CREATE) + push_count_action(plan, PUSH_OVERWRITE),
                text_string(&names),
                named < count ? ", and others that standard output names" : "");
    }
}

static bool ask(struct push *push, struct err_list *problems)
{
    const struct push_options *options = push->options;
    const struct push_apply_rules rules = { .rate = options->rate, .blind = options->blind };
    CLEANUP(aws_session_close) struct aws_session session = { 0 };
    struct push_store store = {
        .session = &session,
        .tags = { options->tags.items, options->tags.count },
        .overwrite = &options->overwrite,
    };
    if (!aws_session_open(&session, push->run, &options->aws, problems)) {
        return false;
    }
    session.ssm.undecrypted_hint = "--blind creates without reading";
    if (!decide(push, &store, problems)) {
        return false;
    }
    if (!options->apply) {
        return true;
    }
    stop_watch();
    if (!push_apply(push->run, &store, &rules, &push->plan, problems)) {
        tell_written(&push->plan, problems);
        return false;
    }
    return true;
}

/* --- the end --- */

/* A parameter that was written without its tags needs another run too. */
static size_t count_left(const struct push_plan *plan)
{
    return push_count_result(plan, PUSH_LEFT) + push_count_untagged(plan);
}

static void tell_stopped(const struct push *push)
{
    event_emit(&push->run->report->sink, EVENT_WAITING, NULL,
            "stopped by signal %d: %zu parameters written, %zu left; run it again for those",
            stop_signal(), push_count_result(&push->plan, PUSH_WRITTEN), count_left(&push->plan));
}

static int status_of(const struct push_plan *plan)
{
    size_t found = push_count_action(plan, PUSH_BLOCKED) + push_count_action(plan, PUSH_DIFFERS)
            + push_count_untagged(plan);
    for (int result = PUSH_EXISTS; result < PUSH_RESULTS; result++) {
        found += push_count_result(plan, (enum push_result)result);
    }
    return found + push_count_result(plan, PUSH_NOT_VISIBLE) == 0 ? COMMAND_IN_ORDER
                                                                  : COMMAND_FOUND;
}

/* What is blocked is told first. Then nothing is written, and with --apply nothing is even asked. */
static int push_all(struct push *push, struct err_list *problems)
{
    CLEANUP(err_list_clear) struct err_list findings = { 0 };
    struct err err;
    if (!read_all(push, problems) || !check_all(push, &findings, problems)) {
        return COMMAND_FOUND;
    }
    report_errors(push->run->report, &findings);
    bool is_blocked = !err_list_is_empty(&findings);
    if (!(is_blocked && push->options->apply) && !ask(push, problems)
            && push_count_action(&push->plan, PUSH_UNDECIDED) > 0) {
        return COMMAND_FOUND; /* there is no plan to print */
    }
    const struct columns_terminal terminal = columns_terminal_of(push->run->environment);
    if (!push_print(&push->plan, push->options, &terminal, &err)) {
        (void)err_list_add(problems, &err);
        if (push->options->apply) {
            tell_written(&push->plan, problems);
        }
    }
    if (count_left(&push->plan) > 0 && stop_signal() != 0) {
        tell_stopped(push);
    }
    return status_of(&push->plan);
}

static int run_push(const struct command_run *run, const void *given, struct err_list *problems)
{
    int status = COMMAND_FOUND;
    size_t left = 0;
    {
        CLEANUP(push_clear) struct push push = { .run = run, .options = given };
        status = push_all(&push, problems);
        left = count_left(&push.plan) + push_count_result(&push.plan, PUSH_MAYBE);
    }
    if (stop_signal() != 0 && left > 0 && err_list_is_empty(problems)) {
        stop_end(stop_signal());
    }
    return status;
}

const struct command push_command = {
    .table = &push_table,
    .new_options = push_options_new,
    .free_options = push_options_free,
    .store = push_options_store,
    .check = push_options_check,
    .run = run_push,
};
