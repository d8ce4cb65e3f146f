/* The options of the commands of ssm-dotenv policy. */
/* SPDX-License-Identifier: MIT */
#pragma once

#include "base/error.h"
#include "command.h"
#include "options_table.h"
#include "policy/application_policy.h"
#include "policy/ci_policy.h"
#include "policy/guard_policy.h"
#include "policy/human_policy.h"
#include "policy/key_policy.h"
#include "policy/trust_policy.h"

/* Kinds of options that only these commands have. */
enum policy_option_kind {
    KIND_LEVEL = KIND_COMMAND, /* const char *: the word that is not an option's value */
    KIND_TRUST,                /* const char *: the same */
    KIND_NOTHING,              /* no such word is taken */
};

/* Of each command one of the policies is used; lists are owned. */
struct policy_options {
    struct command_options common;
    const char *word; /* a MAP, a level or a kind of trust; NULL: not given */
    struct application_policy application;
    struct ci_policy ci;
    struct human_policy human;
    struct key_policy key;
    struct path_guard guard; /* boundary, subtree */
    struct rcp_policy rcp;
    struct scp_policy scp;
    struct trust_policy trust;
};

/* As command.h says. */
void *policy_options_new(void);
void policy_options_free(void *stored);
void policy_options_store(
        const struct option_given *given, void *stored, struct err_list *problems);
void policy_options_check(const void *stored, struct err_list *problems);
void policy_options_check_human(const void *stored, struct err_list *problems);
void policy_options_check_trust(const void *stored, struct err_list *problems);
