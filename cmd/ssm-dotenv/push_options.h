/* The options of ssm-dotenv push. */
/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "aws/ssm_write/write_request.h"
#include "base/error.h"
#include "base/string_list.h"
#include "command.h"
#include "options_shared.h"

/* The values are borrowed from argv. */
struct push_tags {
    struct ssm_tag items[SSM_TAGS_MAX];
    char *keys[SSM_TAGS_MAX]; /* owned: those of the items */
    size_t count;
};

/* Texts are borrowed from argv. */
struct push_options {
    struct command_options common;
    struct aws_options aws;
    const char *map;      /* "-": standard input */
    const char *env_file; /* the same */
    bool apply;
    bool blind;
    bool json;
    bool allow_mixed;
    int rate; /* writes a second */
    struct string_list overwrite;
    struct string_list allow_reuse;
    struct string_list allow_placeholder;
    struct string_list against;
    struct push_tags tags;
};

/* As command.h says. */
void *push_options_new(void);
void push_options_free(void *stored);
void push_options_store(const struct option_given *given, void *stored, struct err_list *problems);
void push_options_check(const void *stored, struct err_list *problems);
