/*
 * What the shared files hold for a profile and nobody reads: a misspelt key, half a pair of keys, a
 * section of the wrong form. Without it the search for credentials would go on, and end with those of the
 * container or the machine: another identity than the one that was written down.
 */
/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>

#include "aws/config/profile_files.h"
#include "base/attrs.h"
#include "base/error.h"
#include "base/event.h"

/*
 * For a profile that gives no credentials. False where something was meant to give it some:
 * ERR_CREDENTIALS, `where` being the file and line. What may be meant otherwise is an EVENT_WARNING, for
 * events (may be NULL). Neither quotes what the files hold.
 */
MUST_CHECK bool profile_mistakes_check(const struct profile_files *files,
        const char *profile_name,
        struct event_sink *events,
        struct err *reterr);
