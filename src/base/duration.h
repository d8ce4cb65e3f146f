/* Durations as people write them on a command line. */
/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/attrs.h"

/* The longest duration that is accepted: 24 hours. */
#define DURATION_MAX_MS ((int64_t)24 * 60 * 60 * 1000)

/*
 * Parses a positive whole number with the unit ms, s, m or h; without a unit it is in seconds. False,
 * with *ret_ms untouched, for anything else, including zero and more than DURATION_MAX_MS.
 */
MUST_CHECK bool duration_parse(const char *text, int64_t *ret_ms);
