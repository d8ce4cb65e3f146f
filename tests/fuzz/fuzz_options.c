/* The command line and the SSM_EXEC_ variables: either everything is right, or a problem is reported. */
/* SPDX-License-Identifier: MIT */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz_input.h"
#include "options_read.h"
#include "vars/var_name.h"

enum {
    WORDS_MAX = 64
};

static void free_string(char **string)
{
    free(*string);
}

static void check_sources(const struct options *options)
{
    for (size_t i = 0; i < options->sources.len; i++) {
        const struct source *source = &options->sources.items[i];
        assert(source->text != NULL);
        if (source->kind == SOURCE_PATH) {
            assert(source->path[0] == '/' && source->prefix != NULL);
        } else if (source->kind == SOURCE_NAME) {
            assert(var_name_is_valid(source->variable, strlen(source->variable)));
            assert(source->name[0] != '\0');
        }
    }
}

/* Each line is a word of the command line, but for SSM_EXEC_NAME=VALUE, which is inherited. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static char program[] = "ssm-exec";
    CLEANUP(free_string) char *text = fuzz_string_new(data, size);
    CLEANUP(options_clear) struct options options = { 0 };
    CLEANUP(err_list_clear) struct err_list problems = { 0 };
    char *argv[WORDS_MAX + 2] = { program };
    char *entries[WORDS_MAX + 1] = { NULL };
    int argc = 1;
    size_t entry_count = 0;
    for (char *word = text; word != NULL && argc <= WORDS_MAX;) {
        char *line_end = strchr(word, '\n');
        if (line_end != NULL) {
            *line_end = '\0';
        }
        if (strncmp(word, "SSM_EXEC_", strlen("SSM_EXEC_")) == 0 && entry_count < WORDS_MAX) {
            entries[entry_count++] = word;
        } else {
            argv[argc++] = word;
        }
        word = line_end == NULL ? NULL : line_end + 1;
    }
    const struct environment environment = { .entries = entries };
    bool understood = options_read(argc, argv, &environment, &options, &problems);
    assert(understood == err_list_is_empty(&problems));
    for (size_t i = 0; i < problems.len; i++) {
        assert(problems.items[i].kind == ERR_USAGE && problems.items[i].why[0] != '\0');
    }
    if (understood && options.report.action == OPTIONS_RUN) {
        assert(options.timeout_ms > 0);
        assert(options.command != NULL || options.dry_run);
        check_sources(&options);
    }
    return 0;
}
