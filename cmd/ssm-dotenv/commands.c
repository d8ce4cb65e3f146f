/* SPDX-License-Identifier: MIT */
#include "command.h"
#include "map_command.h"
#include "policy_command.h"

const struct command *const commands[] = { &map_command, &policy_command, NULL };
