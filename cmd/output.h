/* Writing to a standard stream whose reader may be slow, or may have stopped reading. */
/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attrs.h"
#include "base/clock.h"

/* Writes all of it, waiting as long as it takes, in non-blocking mode too; false with errno. */
MUST_CHECK bool output_write(int fd, const char *bytes, size_t len);

/*
 * Writes as much as the reader takes until until_ms (monotonic), at least what it takes at once; gives
 * how many bytes that were. Leaves the mode of the stream alone, which others share.
 */
size_t output_write_until(
        int fd, const char *bytes, size_t len, const struct clock *clock, int64_t until_ms);
