/* Values as files in memory that COMMAND inherits: memfd_create(2), sealed. */
/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>

#include "base/attrs.h"
#include "base/error.h"
#include "base/secret.h"

enum {
    MEMFD_FIRST_FD = 10,   /* 3 to 9 belong to shell scripts and socket activation */
    MEMFD_PATH_BYTES = 40, /* "/proc/self/fd/N" */
};

/*
 * Makes a sealed file of mode 0400 with the content, on a descriptor from MEMFD_FIRST_FD on, which
 * closes on exec unless process_restore is told to keep it. ret_path opens it any number of times,
 * always at its start. ERR_SYSTEM at `where`.
 */
MUST_CHECK bool memfd_make(const struct secret *content,
        const char *where,
        int *ret_fd,
        char ret_path[static MEMFD_PATH_BYTES],
        struct err *reterr);
