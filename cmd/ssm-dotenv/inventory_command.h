/* ssm-dotenv inventory: what env files have. */
/* SPDX-License-Identifier: MIT */
#pragma once

#include "command.h"

extern const struct command inventory_command;
