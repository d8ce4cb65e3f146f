/* Patterns over variable names: a name, or a beginning followed by '*'. */
/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>
#include <stddef.h>

/* Whether name[0..len) matches the pattern. */
bool name_pattern_matches(const char *pattern, const char *name, size_t len);

/* Whether any of count patterns matches. */
bool name_pattern_any(const char *const patterns[], size_t count, const char *name, size_t len);
