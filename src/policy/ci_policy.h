/* The policy of a pipeline: it writes some paths, and whatever else is attached to it, never others. */
/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>

#include "base/attrs.h"
#include "base/error.h"
#include "base/string_list.h"
#include "policy/key_use.h"
#include "policy/output.h"

/* Borrowed. */
struct ci_policy {
    const char *account;
    const char *region;
    struct string_list written; /* paths */
    struct string_list denied;  /* paths; may be empty with create_only */
    struct key_choice keys;
    const char *denied_key_id; /* may be NULL */
    bool create_only;          /* creates, labels and tags: overwrites nothing and reads nothing */
};

/*
 * ERR_USAGE for a parameter that is missing or malformed, and for a written path in a denied one; ERR_INPUT,
 * ERR_SYSTEM.
 */
MUST_CHECK bool ci_policy_write(const struct ci_policy *policy,
        struct policy_output *ret_output,
        struct err_list *problems);
