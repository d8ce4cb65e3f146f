/* SPDX-License-Identifier: MIT */
#include "inventory_command.h"

#include <string.h>

#include "input_files.h"
#include "inventory_options.h"
#include "inventory_print.h"
#include "migrate/inventory.h"

/* What was left out is told: what is not found may be there. */
static void report_scan(const struct command_run *run, const struct tree_summary *summary)
{
    struct event_sink *sink = &run->report->sink;
    event_emit(sink, EVENT_PROGRESS, NULL, "%zu file%s looked at", summary->files,
            summary->files == 1 ? "" : "s");
    if (summary->unreadable > 0) {
        event_emit(sink, EVENT_WARNING, NULL, "%zu files or folders cannot be read",
                summary->unreadable);
    }
    if (summary->is_cut) {
        event_emit(sink, EVENT_WARNING, NULL,
                "folders more than %d deep, or files beyond the first %d, were not looked at",
                TREE_DEPTH_MAX, TREE_FILES_MAX);
    }
}

/* Whether the table has any note, or lines about copies of secrets. */
static bool has_notes(const struct inventory_facts *facts)
{
    const struct inventory_scan *scan = facts->scan;
    for (size_t i = 0; i < facts->inventory->len; i++) {
        const struct inventory_row *row = &facts->inventory->rows[i];
        if (row->notes != 0
                || (scan != NULL && inventory_scan_use(scan, row).verdict == USAGE_NOT_FOUND)) {
            return true;
        }
    }
    return scan != NULL && (scan->copy_count > 0 || usage_unset_count(scan->usage) > 0);
}

static bool run_inventory(const struct command_run *run,
        const struct inventory_options *options,
        const struct input_files *files,
        bool *ret_has_notes,
        struct err *reterr)
{
    CLEANUP(inventory_clear) struct inventory inventory = { 0 };
    CLEANUP(inventory_scan_clear) struct inventory_scan scan = { 0 };
    const struct inventory_folders folders = {
        .sources = &options->sources, .excluded = &options->excluded, .files = &options->files
    };
    const struct columns_terminal terminal = columns_terminal_of(run->environment);
    struct inventory_facts facts = { .inventory = &inventory };
    if (!inventory_make(files->items, files->len, &inventory, reterr)) {
        return false;
    }
    event_emit(&run->report->sink, EVENT_PROGRESS, NULL, "%zu variable%s in %zu file%s",
            inventory.len, inventory.len == 1 ? "" : "s", files->len, files->len == 1 ? "" : "s");
    if (options->sources.len > 0) {
        if (!inventory_scan_run(&inventory, &folders, &scan, reterr)) {
            return false;
        }
        facts.scan = &scan;
        report_scan(run, &scan.summary);
    }
    *ret_has_notes = has_notes(&facts);
    return options->is_json ? inventory_print_json(&facts, reterr)
                            : inventory_print_table(&facts, &terminal, reterr);
}

static int run_command(const struct command_run *run, const void *given, struct err_list *problems)
{
    const struct inventory_options *options = given;
    CLEANUP(input_files_clear) struct input_files files = { 0 };
    bool is_noted = false;
    struct err err;
    if (input_files_read(run, &options->files, &files, problems)
            && !run_inventory(run, options, &files, &is_noted, &err)) {
        (void)err_list_add(problems, &err);
    }
    return is_noted && options->is_check ? COMMAND_FOUND : COMMAND_IN_ORDER;
}

const struct command inventory_command = {
    .table = &inventory_table,
    .new_options = inventory_options_new,
    .free_options = inventory_options_free,
    .store = command_options_store,
    .check = inventory_options_check,
    .run = run_command,
};
