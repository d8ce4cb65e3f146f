/* Files that are named on the command line; "-" is standard input. */
/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>

#include "base/attrs.h"
#include "base/error.h"
#include "base/file.h"
#include "base/secret.h"
#include "base/shown.h"

/* What messages call the file: its name may be a secret in the wrong place. */
const char *input_shown(const char *path, char out[static SHOWN_BYTES]);

/*
 * Reads all of a file, a pipe or "-"; the maximum of *ret_contents bounds the size. ERR_INPUT, also for one that
 * does not exist and for a terminal; ERR_TIMEOUT.
 */
MUST_CHECK bool input_read(const char *path,
        const struct file_limits *limits,
        struct secret *ret_contents,
        struct err *reterr);
