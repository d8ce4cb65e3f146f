/* Whether a .gitignore or .dockerignore leaves a file out. */
/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>

#include "base/span.h"

/*
 * text is the ignore file's; path is relative to its folder and has no "./". The last pattern that matches decides,
 * and a '!' before it takes the file in again. In .dockerignore (is_anchored) a pattern without a slash
 * is about the folder itself only; in .gitignore also about all below it. A pattern that matches a folder of
 * the path matches the file. One with more than six stars matches nothing.
 */
bool ignore_has(struct span text, const char *path, bool is_anchored);
