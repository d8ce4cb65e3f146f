/* What --help prints. */
/* SPDX-License-Identifier: MIT */
#pragma once

#include "base/text.h"
#include "options_table.h"

void options_write_help(const struct options_table *table, struct text *out);
