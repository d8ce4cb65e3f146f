/* ssm-dotenv push: the values of an env file, to the parameters that a map names. */
/* SPDX-License-Identifier: MIT */
#pragma once

#include "command.h"

extern const struct command push_command;
