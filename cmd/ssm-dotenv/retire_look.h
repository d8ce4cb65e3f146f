/* What retire finds around an env file: who can read it, its copies, what loads it, where its values are. */
/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>
#include <sys/stat.h>

#include "base/attrs.h"
#include "base/error.h"
#include "base/string_list.h"
#include "retire_list.h"
#include "vars/dotenv.h"

/* Borrows everything. */
struct retire_file {
    const char *path;
    const struct dotenv *dotenv; /* what it has */
    struct stat itself;          /* lstat(2), from before it was read */
    struct stat target;          /* stat(2), the same */
};

/* Fills in what stat(2) says. ERR_INPUT if it is not a regular file, or a link to one. */
MUST_CHECK bool retire_file_look(struct retire_file *file, struct err *reterr);

/* Its mode, its other names, and whether .dockerignore has it. ERR_SYSTEM. */
MUST_CHECK bool retire_look_at_file(
        const struct retire_file *file, struct retire_list *list, struct err *reterr);

/*
 * The files below the folders: copies, what loads the file, and values of its secrets. unread counts what
 * could not be read or was left out. ERR_INPUT for a folder that cannot be read; ERR_SYSTEM.
 */
MUST_CHECK bool retire_look_at_sources(const struct retire_file *file,
        const struct string_list *sources,
        struct retire_list *list,
        size_t *unread,
        struct err *reterr);

/* The secrets of the file, the most exposed first, from what the list has already. ERR_SYSTEM. */
MUST_CHECK bool retire_look_at_secrets(
        const struct retire_file *file, struct retire_list *list, struct err *reterr);
