/* SPDX-License-Identifier: MIT */
#include "command.h"

#include <string.h>

#include "launch/launch.h"
#include "launch/memfd.h"
#include "vars/envblock.h"

/* Refuses more than any kernel accepts before copying it into an environment. */
static bool check_size(const struct command *command, struct err *reterr)
{
    struct launch_size size = { 0 };
    launch_size_add_arguments(&size, command->argv);
    launch_size_add_entries(&size, command->inherited->entries);
    for (size_t i = 0; i < command->merged->len; i++) {
        const struct merged_variable *variable = &command->merged->variables[i];
        const struct assignment *assignment = variable->assignment;
        if (merged_variable_is_set(variable) && !assignment->as_file) {
            size_t name_len = strlen(assignment->variable);
            launch_size_add(&size, assignment->variable, name_len,
                    name_len + 1 + secret_len(assignment->value));
        }
        if (variable->overridden_inherited != NULL && !variable->is_preserved) {
            size.total_bytes -= strlen(variable->overridden_inherited) + 1 + sizeof(char *);
        }
    }
    return size.total_bytes <= LAUNCH_TOTAL_MAX_BYTES
            || launch_fail_size(command->file, &size, reterr);
}

static bool make_files(
        struct merge_result *merged, struct memfd_list *ret_files, struct err *reterr)
{
    if (!memfd_list_init(ret_files, merged->len, reterr)) {
        return false;
    }
    for (size_t i = 0; i < merged->len; i++) {
        struct merged_variable *variable = &merged->variables[i];
        const struct assignment *assignment = variable->assignment;
        if (merged_variable_is_set(variable) && assignment->as_file) {
            variable->file_path = memfd_list_add(
                    ret_files, assignment->value, assignment->variable, reterr);
            if (variable->file_path == NULL) {
                return false;
            }
        }
    }
    return true;
}

bool command_become(const struct command *command, struct err *reterr)
{
    CLEANUP(envblock_clear) struct envblock block = ENVBLOCK_INIT;
    CLEANUP(memfd_list_clear) struct memfd_list files = { 0 };
    if (!check_size(command, reterr) || !make_files(command->merged, &files, reterr)
            || !envblock_build(command->inherited, command->merged, &block, reterr)) {
        return false;
    }
    if (clock_monotonic_ms(command->clock) >= command->deadline_ms) {
        return err_set(
                reterr, ERR_TIMEOUT, NULL, "the timeout ended the run before COMMAND started");
    }
    process_restore(command->state, files.fds, files.len);
    bool is_launched = launch(command->file, command->argv, block.entries, reterr);
    process_block_signals();
    return is_launched;
}
