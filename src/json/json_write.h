/* Writing JSON strings. */
/* SPDX-License-Identifier: MIT */
#pragma once

#include <stddef.h>

#include "base/text.h"

/*
 * Appends a quoted JSON string. Whatever printable_is_shown does not show is escaped, so that the line
 * can be shown on a terminal; bytes that are not UTF-8 become U+FFFD.
 */
void json_write_string(struct text *out, const char *string);
