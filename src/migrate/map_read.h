/* Reads a map: its grammar is a part of that of env files, on which all readers of those agree. */
/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>

#include "base/attrs.h"
#include "base/error.h"
#include "base/secret.h"
#include "migrate/map.h"

/*
 * Parses the text of a whole file. A secret, because an env file may have been named in place of a map; file
 * is its name for messages.
 *
 * Lines are empty, comments, or NAME=VALUE without quotes, blanks and "export". A comment that begins with
 * SecureString, String, StringList, key=, tier=, shared or plain belongs to the next variable and has
 * nothing but these words. Without such a comment a parameter is a SecureString.
 *
 * If anything is wrong, *ret_map is untouched, and all of it is added to problems: ERR_INPUT or ERR_MAPPING
 * (map_check_one_to_one), with file and line as `where`. No message quotes a value or a comment.
 */
MUST_CHECK bool map_read(const struct secret *text,
        const char *file,
        struct map *ret_map,
        struct err_list *problems);
