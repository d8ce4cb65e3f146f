/* The policy of a key: it encrypts parameters of some paths, through Parameter Store only. */
/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>

#include "base/attrs.h"
#include "base/error.h"
#include "base/string_list.h"
#include "policy/output.h"

/* Borrowed. */
struct key_policy {
    const char *account;
    const char *region;
    struct string_list paths;
};

/* ERR_USAGE for a parameter that is missing or malformed; ERR_INPUT, ERR_SYSTEM. */
MUST_CHECK bool key_policy_write(const struct key_policy *policy,
        struct policy_output *ret_output,
        struct err_list *problems);
