/* What verify prints: a table, or JSON. */
/* SPDX-License-Identifier: MIT */
#pragma once

#include "base/text.h"
#include "columns.h"
#include "migrate/compare.h"

void verify_write_table(
        const struct compare_rows *rows, const struct columns_terminal *terminal, struct text *out);
/* "rows": [...], and the same as a JSON document. */
void verify_write_json_rows(const struct compare_rows *rows, struct text *out);
void verify_write_json(const struct compare_rows *rows, struct text *out);
