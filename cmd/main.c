/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "app.h"
#include "base/attrs.h"
#include "base/clock.h"
#include "launch/process.h"
#include "report.h"

static void free_entries(char ***entries)
{
    free((void *)*entries);
}

/* A copy of the list of inherited entries: libraries may change the original. */
static char **copy_environment(void)
{
    size_t count = 0;
    while (environ[count] != NULL) {
        count++;
    }
    char **entries = calloc(count + 1, sizeof(char *));
    if (entries != NULL && count > 0) {
        memcpy((void *)entries, (void *)environ, count * sizeof(char *));
    }
    return entries;
}

int main(int argc, char *argv[])
{
    struct process_state state;
    CLEANUP(free_entries) char **entries = copy_environment();
    struct err err;
    bool prepared = entries != NULL ? process_prepare(&state, &err) : err_set_no_memory(&err);
    if (!prepared) {
        struct report report;
        report_init(&report, &clock_system);
        report_error(&report, &err);
        return report_exit_status(err.kind);
    }
    const struct environment environment = { .entries = entries };
    return app_run(argc, argv, &environment, &clock_system, &state);
}
