/* Long outputs, printed piece by piece. */
/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>

#include "base/attrs.h"
#include "base/error.h"
#include "base/text.h"

/* Prints a text that has grown large to standard output and empties it; does nothing with a small one. ERR_SYSTEM. */
MUST_CHECK bool output_piece_print(struct text *text, struct err *reterr);
