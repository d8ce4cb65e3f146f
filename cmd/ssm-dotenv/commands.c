/* SPDX-License-Identifier: MIT */
#include "command.h"
#include "inventory_command.h"
#include "map_command.h"
#include "policy_command.h"
#include "push_command.h"
#include "retire_command.h"
#include "verify_command.h"

const struct command *const commands[] = { &inventory_command, &map_command, &push_command,
    &verify_command, &retire_command, &policy_command, NULL };
