/* SPDX-License-Identifier: MIT */
#include "policy_command.h"

#include <string.h>

#include "input.h"
#include "output.h"
#include "policy_options.h"

/* --- what the commands share --- */

/* The generators do not know the command line: how to ask for help is added here. */
static void add_hints(const struct options_table *table, struct err_list *problems)
{
    for (size_t i = 0; i < problems->len; i++) {
        if (problems->items[i].kind == ERR_USAGE && problems->items[i].hint[0] == '\0') {
            err_set_hint(&problems->items[i], "%s", table->help_hint);
        }
    }
}

/* ok: what the generator said. */
static int finish(const struct command_run *run,
        const struct command_table *table,
        bool ok,
        const struct policy_output *output,
        struct err_list *problems)
{
    struct err err;
    if (!ok) {
        add_hints(table->options, problems);
        return COMMAND_IN_ORDER;
    }
    if (!output_print(&output->json, &err)) {
        (void)err_list_add(problems, &err);
        return COMMAND_IN_ORDER;
    }
    for (size_t i = 0; i < output->remarks.len; i++) {
        event_emit(&run->report->sink, EVENT_REMARK, NULL, "%s", output->remarks.items[i]);
    }
    event_emit(&run->report->sink, EVENT_PROGRESS, NULL,
            "%zu characters without white space; IAM takes %zu", output->size, output->size_max);
    return COMMAND_IN_ORDER;
}

/* --- application --- */

static bool add_names(const struct map *map,
        const char *shown,
        struct string_list *names,
        struct err_list *problems)
{
    struct err err;
    for (size_t i = 0; i < map->len; i++) {
        const char *name = map->lines[i].parameter;
        if (map->lines[i].kind == MAP_PARAMETER
                && !string_list_add(names, name, strlen(name), &err)) {
            return err_list_add(problems, &err);
        }
    }
    return names->len > 0 || err_list_add_new(problems, ERR_INPUT, shown, NULL, "has no parameter");
}

/* The names of the parameters, which is all that a policy takes of a map. */
static bool read_map(const struct command_run *run,
        const char *path,
        struct string_list *names,
        struct err_list *problems)
{
    CLEANUP(map_clear) struct map map = { 0 };
    char word[SHOWN_BYTES];
    return input_read_map(run, path, &map, problems)
            && add_names(&map, input_shown(path, word), names, problems);
}

static int run_application(
        const struct command_run *run, const void *given, struct err_list *problems)
{
    const struct policy_options *options = given;
    struct application_policy policy = options->application;
    CLEANUP(string_list_clear) struct string_list names = { 0 };
    CLEANUP(policy_output_clear) struct policy_output output = POLICY_OUTPUT_INIT;
    if (options->word != NULL && !read_map(run, options->word, &names, problems)) {
        return COMMAND_IN_ORDER;
    }
    policy.names = names;
    bool ok = application_policy_write(&policy, &output, problems);
    return finish(run, &policy_application_table, ok, &output, problems);
}

/* --- the others --- */

/* A command whose policy is all in its options. */
#define RUN(name, write, member)                                                         \
    static int run_##name(                                                               \
            const struct command_run *run, const void *given, struct err_list *problems) \
    {                                                                                    \
        const struct policy_options *options = given;                                    \
        CLEANUP(policy_output_clear) struct policy_output output = POLICY_OUTPUT_INIT;   \
        bool ok = write(&options->member, &output, problems);                            \
        return finish(run, &policy_##name##_table, ok, &output, problems);               \
    }

RUN(boundary, boundary_policy_write, guard)
RUN(ci, ci_policy_write, ci)
RUN(human, human_policy_write, human)
RUN(key, key_policy_write, key)
RUN(rcp, rcp_policy_write, rcp)
RUN(scp, scp_policy_write, scp)
RUN(subtree, subtree_policy_write, guard)
RUN(trust, trust_policy_write, trust)

#define COMMAND(name_, check_)               \
    static const struct command name_ = {    \
        .table = &policy_##name_##_table,    \
        .new_options = policy_options_new,   \
        .free_options = policy_options_free, \
        .store = policy_options_store,       \
        .check = check_,                     \
        .run = run_##name_,                  \
    }

COMMAND(application, policy_options_check);
COMMAND(boundary, policy_options_check);
COMMAND(ci, policy_options_check);
COMMAND(human, policy_options_check_human);
COMMAND(key, policy_options_check);
COMMAND(rcp, policy_options_check);
COMMAND(scp, policy_options_check);
COMMAND(subtree, policy_options_check);
COMMAND(trust, policy_options_check_trust);

static const struct command *const list[] = { &application, &human, &ci, &key, &trust, &scp, &rcp,
    &boundary, &subtree, NULL };

const struct command policy_command = { .table = &policy_table, .commands = list };
