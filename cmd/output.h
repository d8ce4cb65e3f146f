/* Writes to a standard stream whose reader may be slow or may have stopped reading. */
/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attrs.h"
#include "base/clock.h"
#include "base/error.h"
#include "base/text.h"

/* Writes all bytes and waits as long as that takes, also in non-blocking mode. False with errno. */
MUST_CHECK bool output_write(int fd, const char *bytes, size_t len);

/*
 * Writes what the reader accepts until until_ms (monotonic), and at least what it accepts without waiting.
 * Returns the number of bytes. Does not change the mode of the stream, which other processes share.
 */
size_t output_write_until(
        int fd, const char *bytes, size_t len, const struct clock *clock, int64_t until_ms);

/* Writes the whole text to standard output, however long that takes. ERR_SYSTEM. */
MUST_CHECK bool output_print(const struct text *text, struct err *reterr);
