/* ssm-dotenv retire. */
/* SPDX-License-Identifier: MIT */
#pragma once

#include "command.h"

extern const struct command retire_command;
