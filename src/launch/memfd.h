/* Puts values into sealed files in memory (memfd_create(2)) that COMMAND inherits. */
/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/attrs.h"
#include "base/error.h"
#include "base/secret.h"

enum {
    MEMFD_FIRST_FD = 10,   /* 3 to 9 belong to shell scripts and socket activation */
    MEMFD_PATH_BYTES = 40, /* "/proc/self/fd/N" */
};

/* Owns the descriptors. Zero-initialise; release with memfd_list_clear, which closes them. */
struct memfd_list {
    int *fds; /* these close on exec unless process_restore is told to keep them */
    char (*paths)[MEMFD_PATH_BYTES];
    size_t len;
};

/* Makes room for max files. ERR_SYSTEM. */
MUST_CHECK bool memfd_list_init(struct memfd_list *list, size_t max, struct err *reterr);

/*
 * Adds a sealed file of mode 0400 with the content, on a descriptor from MEMFD_FIRST_FD on. The returned
 * path, which belongs to the list, opens it any number of times, always at its start. NULL on failure:
 * ERR_SYSTEM at `where`.
 */
MUST_CHECK const char *memfd_list_add(struct memfd_list *list,
        const struct secret *content,
        const char *where,
        struct err *reterr);

void memfd_list_clear(struct memfd_list *list);
