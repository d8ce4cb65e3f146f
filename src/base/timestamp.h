/* Converts between seconds since the epoch (UTC) and the time formats of the protocols. */
/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attrs.h"

enum {
    TIMESTAMP_BASIC_BYTES = sizeof("20150830T123600Z"),
    TIMESTAMP_ISO8601_BYTES = sizeof("2015-08-30T12:36:00Z"),
};

/* YYYYMMDDTHHMMSSZ, for X-Amz-Date. Times outside of the years 1970 to 9999 become the nearest. */
void timestamp_format_basic(int64_t epoch_s, char ret_text[static TIMESTAMP_BASIC_BYTES]);

/* YYYY-MM-DDTHH:MM:SSZ. */
void timestamp_format_iso8601(int64_t epoch_s, char ret_text[static TIMESTAMP_ISO8601_BYTES]);

/* YYYY-MM-DDTHH:MM:SS[.fraction](Z|UTC|+hh:mm|-hh:mm); the fraction is dropped. */
MUST_CHECK bool timestamp_parse_iso8601(const char *text, int64_t *ret_epoch_s);

/* The Date header of HTTP, "Wed, 18 Aug 2021 21:28:55 GMT" (RFC 9110 section 5.6.7, IMF-fixdate). */
MUST_CHECK bool timestamp_parse_http(const char *text, int64_t *ret_epoch_s);
