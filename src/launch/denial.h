/* Why the kernel refuses to execute a file that exists: one errno has several causes. */
/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>

#include "base/error.h"

enum denial {
    DENIAL_NONE, /* the file itself shows no reason */
    DENIAL_UNREACHABLE,
    DENIAL_DIRECTORY,
    DENIAL_SPECIAL_FILE,
    DENIAL_NOT_MARKED, /* no execute bit is set */
    DENIAL_NOEXEC,     /* the mount option */
    DENIAL_NOT_FOR_US, /* an execute bit is set, but not for this user */
};

/* The reason that the file shows; links are followed. */
enum denial denial_find(const char *file);

/* Always false: ERR_COMMAND_UNUSABLE at file. errno_value is that of execve(2) or access(2). */
bool denial_explain(const char *file, enum denial denial, int errno_value, struct err *reterr);
