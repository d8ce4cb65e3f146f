/* Reads a descriptor that is open already, such as standard input, within limits. */
/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>

#include "base/attrs.h"
#include "base/error.h"
#include "base/file.h"
#include "base/secret.h"

/*
 * Appends all that comes until the end to *ret_contents, whose maximum bounds the size. Does not change the mode of
 * the stream, which other processes may share. name is for messages. ERR_INPUT; ERR_TIMEOUT if the
 * end does not come in time.
 */
MUST_CHECK bool stream_read(int fd,
        const char *name,
        const struct file_limits *limits,
        struct secret *ret_contents,
        struct err *reterr);
