/* What the files that several programs share have to know about this one. */
/* SPDX-License-Identifier: MIT */
#pragma once

#define PROGRAM_NAME "ssm-dotenv"

enum {
    PROGRAM_FAILED = 2 /* the exit status of a failure of its own */
};
