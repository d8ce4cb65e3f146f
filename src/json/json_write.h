/* Writes JSON strings. */
/* SPDX-License-Identifier: MIT */
#pragma once

#include <stddef.h>

#include "base/text.h"

/*
 * Appends a quoted JSON string. Characters that printable_is_shown rejects are escaped, so that the result
 * is safe on a terminal; bytes that are not UTF-8 become U+FFFD.
 */
void json_write_string(struct text *out, const char *string);
