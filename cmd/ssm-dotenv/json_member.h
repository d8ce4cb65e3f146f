/* Members of JSON objects. */
/* SPDX-License-Identifier: MIT */
#pragma once

#include "base/text.h"

/* Appends the member that is not the first one of its object; NULL becomes null. */
void json_member_append(struct text *out, const char *name, const char *value);
