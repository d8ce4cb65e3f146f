/* One member of a value that is a JSON object: what follows the '#' in a REF. */
/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>

#include "base/attrs.h"
#include "base/error.h"
#include "base/secret.h"

/*
 * Appends the member to *ret_value: a string's characters, a number or boolean as it is written.
 * ERR_MAPPING at `where` names the member that is missing or of another type, and never quotes the
 * value.
 */
MUST_CHECK bool member_extract(const struct secret *value,
        const char *member,
        const char *where,
        struct secret *ret_value,
        struct err *reterr);
