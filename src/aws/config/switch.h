/* Settings that are true or false. */
/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>

#include "aws/config/profile_section.h"
#include "base/attrs.h"
#include "base/environment.h"
#include "base/error.h"

/*
 * The variable, else the profile's key (NULL: there is none; the profile may be NULL), else false. Only
 * true and false are accepted, in any case of letters: botocore reads "1" as false without a word, the
 * SDKs for Go and JavaScript refuse it. ERR_INPUT at the variable, or at the key's file and line.
 */
MUST_CHECK bool switch_read(const struct environment *environment,
        const struct profile_section *profile,
        const char *variable,
        const char *key,
        bool *ret_is_on,
        struct err *reterr);
