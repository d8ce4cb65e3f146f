/* SPDX-License-Identifier: MIT */
#include "verify_command.h"

#include "output.h"
#include "verify.h"
#include "verify_options.h"
#include "verify_output.h"

enum {
    OUTPUT_MAX_BYTES = 256 * 1024 * 1024
};

static int run_verify(const struct command_run *run, const void *given, struct err_list *problems)
{
    const struct verify_options *options = given;
    CLEANUP(verified_clear) struct verified verified = { 0 };
    CLEANUP(text_clear) struct text out = TEXT_INIT(OUTPUT_MAX_BYTES);
    struct err err;
    if (!verify(run, options, &verified, problems)) {
        return COMMAND_FOUND;
    }
    if (options->json) {
        verify_write_json(&verified.rows, &out);
    } else {
        const struct columns_terminal terminal = columns_terminal_of(run->environment);
        verify_write_table(&verified.rows, &terminal, &out);
    }
    if (!output_print(&out, &err)) {
        (void)err_list_add(problems, &err);
    }
    return verified_is_same(&verified) ? COMMAND_IN_ORDER : COMMAND_FOUND;
}

const struct command verify_command = {
    .table = &verify_table,
    .new_options = verify_options_new,
    .free_options = verify_options_free,
    .store = command_options_store,
    .check = verify_options_check,
    .run = run_verify,
};
