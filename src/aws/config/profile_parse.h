/*
 * The grammar of the shared AWS files: that of AWS's C parser (aws-c-sdkutils), with quoted section
 * names as botocore reads them. Reads no file itself.
 */
/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>

#include "aws/config/profile_section.h"
#include "base/attrs.h"
#include "base/error.h"
#include "base/event.h"
#include "base/secret.h"

enum {
    PROFILE_FILE_MAX_BYTES = 1024 * 1024,
};

/*
 * Adds the sections of a file to the list at *newest, which the caller frees, also after a failure.
 * *file has no line; the sections borrow its path. Continues after a line that is wrong, to report
 * several at once: adds the first few to problems, as ERR_INPUT at "file:line". Ignored sections and
 * properties are EVENT_WARNINGs. No message quotes a line.
 */
MUST_CHECK bool profile_parse(const struct profile_place *file,
        const struct secret *contents,
        struct event_sink *events,
        struct profile_section **newest,
        struct err_list *problems);
