/* The policy of an application: it reads its own parameters, and nothing else. */
/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>

#include "base/attrs.h"
#include "base/error.h"
#include "base/string_list.h"
#include "policy/key_use.h"
#include "policy/output.h"

/* Borrowed. At least one path, name or secret. */
struct application_policy {
    const char *account;
    const char *region;
    struct string_list paths;   /* read as a whole and by name */
    struct string_list names;   /* of single parameters: names or ARNs, with or without version */
    struct key_choice keys;     /* of the parameters; not looked at if there are secrets only */
    struct string_list secrets; /* names in Secrets Manager, read through Parameter Store */
    const char *secret_key_id;  /* NULL: the account's default key of Secrets Manager */
};

/* ERR_USAGE for a parameter that is missing or malformed; ERR_INPUT, ERR_SYSTEM. */
MUST_CHECK bool application_policy_write(const struct application_policy *policy,
        struct policy_output *ret_output,
        struct err_list *problems);
