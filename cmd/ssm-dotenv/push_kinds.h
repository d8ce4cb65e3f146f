/* Kinds of options that only ssm-dotenv push has. */
/* SPDX-License-Identifier: MIT */
#pragma once

#include "command_options.h"

enum push_kind {
    KIND_PUSH_TAG = KIND_COMMAND, /* struct push_tags: KEY=VALUE */
    KIND_PUSH_RATE,               /* int: writes a second */
};
