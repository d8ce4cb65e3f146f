/*
 * Finds what is meant to give a profile credentials and does not: a misspelt key, half a pair of
 * keys, a section of the wrong form. Otherwise the search for credentials would go on, and could
 * end with those of the container or the machine: another identity than the one that was configured.
 */
/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>

#include "aws/config/profile_files.h"
#include "base/attrs.h"
#include "base/error.h"
#include "base/event.h"

/*
 * For a profile without credentials. False if something was meant to give it some: ERR_CREDENTIALS
 * at "file:line". Something that is less clear is an EVENT_WARNING, if events is not NULL. No
 * message quotes a value.
 */
MUST_CHECK bool profile_mistakes_check(const struct profile_files *files,
        const char *profile_name,
        struct event_sink *events,
        struct err *reterr);
