/* ssm-dotenv map: from an env file to a map of parameters. */
/* SPDX-License-Identifier: MIT */
#pragma once

#include "command.h"

extern const struct command map_command;
