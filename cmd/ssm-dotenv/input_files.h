/* Several env files of the command line. */
/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/attrs.h"
#include "base/error.h"
#include "base/string_list.h"
#include "command.h"
#include "migrate/env_file.h"

struct input_file;

/* Zero-initialise; release with input_files_clear. */
struct input_files {
    struct env_file *items; /* in the order of their paths */
    size_t len;
    struct input_file *read; /* owned: what the items borrow */
};

/* Reads all of them, also if one is wrong. False with what is wrong added to problems. */
MUST_CHECK bool input_files_read(const struct command_run *run,
        const struct string_list *paths,
        struct input_files *ret_files,
        struct err_list *problems);

void input_files_clear(struct input_files *files);
