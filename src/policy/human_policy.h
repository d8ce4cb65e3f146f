/* The policies of people: names only, configuration without secrets, or, in an incident, everything. */
/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>

#include "base/attrs.h"
#include "base/error.h"
#include "policy/key_use.h"
#include "policy/output.h"

enum human_level {
    HUMAN_NAMES,    /* names, tags and descriptions: no value, no change */
    HUMAN_CONFIG,   /* also the values that are not encrypted */
    HUMAN_INCIDENT, /* also secrets; no change either */
};

/* Borrowed. */
struct human_policy {
    enum human_level level;
    const char *account;
    const char *region;
    const char *path;
    struct key_choice keys; /* HUMAN_INCIDENT only: the other levels decrypt nothing */
};

/* ERR_USAGE for a parameter that is missing, malformed or of another level; ERR_INPUT, ERR_SYSTEM. */
MUST_CHECK bool human_policy_write(const struct human_policy *policy,
        struct policy_output *ret_output,
        struct err_list *problems);
