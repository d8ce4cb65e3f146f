/* What to do about a refusal of a writer's request. */
/* SPDX-License-Identifier: MIT */
#pragma once

#include "aws/ssm/ssm.h"
#include "base/error.h"

/* Adds the hint for a refusal of `action` ("PutParameter") on a parameter, if there is one. */
void write_hint_add(const struct ssm *ssm, const char *action, const char *name, struct err *err);
