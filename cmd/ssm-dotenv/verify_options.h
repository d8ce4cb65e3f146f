/* The options of ssm-dotenv verify, and of retire, which verifies first. */
/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>

#include "base/error.h"
#include "base/string_list.h"
#include "command.h"
#include "options_shared.h"

/* Texts are borrowed from argv, except for path. */
struct verify_options {
    struct command_options common;
    struct aws_options aws;
    const char *map;      /* "-": standard input */
    const char *env_file; /* the same; NULL: values are not compared */
    char *path;           /* without a slash at its end; NULL: nothing is listed */
    bool is_names_only;
    bool json;
    struct string_list sources; /* retire: folders to look through */
    bool may_delete;            /* retire */
};

/* As command.h says. */
void *verify_options_new(void);
void verify_options_free(void *stored);
void verify_options_check(const void *stored, struct err_list *problems);
void retire_options_check(const void *stored, struct err_list *problems);
