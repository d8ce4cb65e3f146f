/* Makes untrusted text safe for a terminal or a log: decides which characters are shown as they are. */
/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/text.h"

/*
 * Whether a reader sees the character, and sees which one it is. False for control characters (C0, DEL,
 * C1), for those that end a line, change the direction of writing or are invisible (Unicode's general
 * categories Cc, Cf, Zl and Zp, and Default_Ignorable_Code_Point), for private use and for
 * noncharacters. True for spaces.
 */
bool printable_is_shown(uint32_t code_point);

enum printable_form {
    PRINTABLE_LINE, /* a sentence: spaces and backslashes stay */
    PRINTABLE_WORD, /* a cell of a table: spaces and backslashes are escaped too */
};

/*
 * Appends bytes[0..len) and escapes what is not shown: "\n", "\xNN" for other
 * ASCII characters and for each byte that is not UTF-8, "\uNNNN" or "\UNNNNNNNN" for other characters.
 */
void printable_append(struct text *out, const char *bytes, size_t len, enum printable_form form);
