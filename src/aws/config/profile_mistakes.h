/*
 * Finds mistakes because of which a profile has no credentials: a misspelt key, half a pair of keys, a
 * malformed section header. Otherwise the search for credentials would go on, and could end with those
 * of the container or the machine: an identity other than the configured one.
 */
/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>

#include "aws/config/profile_files.h"
#include "base/attrs.h"
#include "base/error.h"
#include "base/event.h"

/*
 * For a profile without credentials. False if a mistake explains that: ERR_CREDENTIALS at
 * "file:line". A possible mistake is an EVENT_WARNING, if events is not NULL. No message quotes a
 * value.
 */
MUST_CHECK bool profile_mistakes_check(const struct profile_files *files,
        const char *profile_name,
        struct event_sink *events,
        struct err *reterr);
