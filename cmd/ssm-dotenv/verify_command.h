/* ssm-dotenv verify. */
/* SPDX-License-Identifier: MIT */
#pragma once

#include "command.h"

extern const struct command verify_command;
