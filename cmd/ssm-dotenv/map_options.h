/* The options of ssm-dotenv map. */
/* SPDX-License-Identifier: MIT */
#pragma once

#include <stddef.h>

#include "base/error.h"
#include "base/string_list.h"
#include "command.h"
#include "migrate/map_make.h"

/* Texts are borrowed from argv, except for those that end in "path". */
struct map_options {
    struct command_options common;
    char *path; /* without a slash at its end */
    struct map_shared *shared;
    size_t shared_count;
    size_t shared_cap;
    enum map_style style;
    struct string_list strings;
    struct string_list kept;
    struct string_list retired;
    const char *key_id;
    struct option_text output;
    const char *file; /* "-": standard input */
};

/* As command.h says. */
void *map_options_new(void);
void map_options_free(void *stored);
void map_options_store(const struct option_given *given, void *stored, struct err_list *problems);
void map_options_check(const void *stored, struct err_list *problems);
