/* What retire prints of its checklist: a table, or JSON. */
/* SPDX-License-Identifier: MIT */
#pragma once

#include "base/text.h"
#include "columns.h"
#include "retire_list.h"

void retire_write_table(
        const struct retire_list *list, const struct columns_terminal *terminal, struct text *out);

/* The rows as a JSON array. */
void retire_write_json(const struct retire_list *list, struct text *out);
