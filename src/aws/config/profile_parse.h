/*
 * The grammar of the shared AWS files: that of AWS's C parser (aws-c-sdkutils), and quoted section names as
 * botocore reads them. Looks at no file.
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

struct profile_source {
    const char *path; /* as messages call the file; sections and properties borrow it */
    enum profile_file file;
};

/*
 * Adds the sections of a file to the list at *newest, the caller's to free, even where it is false. Goes on
 * behind a line that is wrong, so that all are known before the file is edited: a handful are added to
 * problems as ERR_INPUT, `where` being "file:line". Sections and properties that are ignored are
 * EVENT_WARNINGs. No line is ever quoted.
 */
MUST_CHECK bool profile_parse(const struct profile_source *source,
        const struct secret *contents,
        struct event_sink *events,
        struct profile_section **newest,
        struct err_list *problems);
