/* The options of ssm-dotenv inventory. */
/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>

#include "base/error.h"
#include "base/string_list.h"
#include "command.h"

struct inventory_options {
    struct command_options common;
    struct string_list files; /* "-": standard input */
    struct string_list sources;
    struct string_list excluded; /* patterns */
    bool is_json;
    bool is_check;
};

/* As command.h says. */
void *inventory_options_new(void);
void inventory_options_free(void *stored);
void inventory_options_check(const void *stored, struct err_list *problems);
