/* ssm-dotenv policy: IAM policies on standard output, and remarks about them on standard error. */
/* SPDX-License-Identifier: MIT */
#pragma once

#include "command.h"

extern const struct command policy_command;
