/* The options of a run, from the command line and the SSM_EXEC_ variables. */
/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/string_list.h"
#include "options_shared.h"
#include "vars/source.h"

struct env_file {
    char *path;
    bool if_exists;
};

struct env_file_list {
    struct env_file *items;
    size_t len;
    size_t cap;
};

/* Texts are borrowed from argv or the environment. Release with options_clear. */
struct options {
    struct source_list sources; /* later ones win; lock files as SOURCE_LOCK */
    struct env_file_list env_files;
    char *const *command; /* COMMAND and its arguments, NULL at the end; NULL: none */
    const char *label;
    bool no_recursive;
    bool no_refs;
    bool flat;
    bool preserve_case;
    bool preserve_all;
    struct string_list preserved;
    bool pristine;
    struct string_list kept;
    struct string_list unset;
    bool drop_credentials;
    struct string_list required; /* names, and files as "@FILE" */
    bool secure_only;
    struct string_list allowed_variables;
    bool allow_mixed;
    struct aws_options aws;
    int64_t timeout_ms;
    bool dry_run;
    bool no_decrypt; /* only with dry_run */
    bool json;
    struct report_options report;
};

void options_clear(struct options *options);
