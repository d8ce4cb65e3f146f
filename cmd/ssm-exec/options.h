/* The command line and its SSM_EXEC_ variables, read into one struct. Nothing is looked at but these. */
/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attrs.h"
#include "base/environment.h"
#include "base/error.h"
#include "base/string_list.h"
#include "base/text.h"
#include "report.h"
#include "vars/source.h"

/* An env file, borrowed from argv or owned by the list of names it was split from. */
struct env_file {
    char *path;
    bool if_exists;
};

struct env_file_list {
    struct env_file *items;
    size_t len;
    size_t cap;
};

enum options_action {
    OPTIONS_RUN,
    OPTIONS_HELP,
    OPTIONS_VERSION
};

enum {
    OPTION_TEXTS_MAX = 8, /* options of KIND_TEXT */
    OPTION_WHERE_BYTES = 64,
};

/* How the value of an option of KIND_TEXT was given: "--region", or "SSM_EXEC_REGION". */
struct option_text_where {
    const char *option; /* its name in the table */
    char where[OPTION_WHERE_BYTES];
};

/* Texts are borrowed from argv or the environment. Release with options_clear. */
struct options {
    enum options_action action;
    struct source_list sources; /* in the order in which they count; lock files as SOURCE_LOCK */
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
    const char *region;
    const char *profile;
    const char *role_arn;
    const char *endpoint_url;
    const char *ca_bundle;
    struct option_text_where text_wheres[OPTION_TEXTS_MAX];
    size_t text_where_count;
    bool allow_http;
    int64_t timeout_ms;
    bool dry_run;
    bool json;
    bool verbose;
    bool quiet;
    enum report_format log_format;
};

/*
 * Reads the variables first, then argv, which wins; repeatable options add up. False with everything
 * that is wrong added to problems (ERR_USAGE, ERR_SYSTEM); *ret_options is filled as far as possible
 * in any case, so that the failure can be reported in the shape that was asked for.
 */
MUST_CHECK bool options_read(int argc,
        char *const argv[],
        const struct environment *environment,
        struct options *ret_options,
        struct err_list *problems);

void options_clear(struct options *options);

/* How the option of KIND_TEXT was given, for messages about its value; NULL where it was not. */
const char *options_where(const struct options *options, const char *option_name);

enum report_verbosity options_verbosity(const struct options *options);

/* What --help prints. */
void options_write_help(struct text *out);
