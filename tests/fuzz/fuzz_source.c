/* SOURCE arguments: what is read has a name, and a list of it can be checked. */
/* SPDX-License-Identifier: MIT */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz_input.h"
#include "vars/guard.h"
#include "vars/source.h"
#include "vars/var_name.h"

static void free_string(char **string)
{
    free(*string);
}

static void check_source(const struct source *source)
{
    size_t len = 0;
    const char *name = source_parameter_name(source, &len);
    assert(len > 0 && strlen(name) >= len);
    if (source->kind == SOURCE_NAME) {
        assert(var_name_is_valid(source->variable, strlen(source->variable)));
    } else {
        assert(source->path[0] == '/' && source->prefix != NULL);
    }
}

/* The input is one SOURCE per line. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    CLEANUP(free_string) char *text = fuzz_string_new(data, size);
    CLEANUP(source_list_clear) struct source_list sources = { 0 };
    for (char *line = text; line != NULL;) {
        char *newline = strchr(line, '\n');
        if (newline != NULL) {
            *newline = '\0';
        }
        CLEANUP(source_clear) struct source source = { 0 };
        struct err err = { 0 };
        if (source_parse(line, /* optional= */ false, &source, &err)) {
            check_source(&source);
            assert(source_list_add_owned(&sources, &source, &err));
        } else {
            const char *equals = strchr(err.where, '=');
            assert(err.kind == ERR_USAGE && err.why[0] != '\0');
            assert(equals == NULL || strcmp(equals, "=...") == 0);
        }
        line = newline == NULL ? NULL : newline + 1;
    }
    CLEANUP(err_list_clear) struct err_list problems = { 0 };
    bool is_one_environment = guard_check_environments(&sources, &problems);
    assert(is_one_environment == err_list_is_empty(&problems));
    return 0;
}
