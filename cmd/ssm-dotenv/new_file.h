/* Files that ssm-dotenv makes: never in place of another one. */
/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>

#include "base/attrs.h"
#include "base/error.h"
#include "base/text.h"

/*
 * Writes the text to a file that does not exist yet, for everybody to read (mode 0644). ERR_INPUT if it
 * exists or cannot be made; ERR_SYSTEM if it cannot be written: then it is removed again.
 */
MUST_CHECK bool new_file_write(const char *path, const struct text *text, struct err *reterr);
