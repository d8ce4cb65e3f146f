/*
 * Everything that a run knows before it uses the network: sources, env files, inherited and required
 * variables.
 */
/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/attrs.h"
#include "base/environment.h"
#include "base/error.h"
#include "base/file.h"
#include "options.h"
#include "vars/dotenv.h"
#include "vars/inherit.h"
#include "vars/merge.h"
#include "vars/source.h"

/* Zero-initialise; release with plan_clear. Borrows the options and the environment. */
struct plan {
    struct source_list sources; /* of all layers: paths and names only */
    struct inherited inherited;
    struct dotenv *env_files; /* one for each of the options; empty if there is no file */
    size_t env_file_count;
    const struct env_file *env_file_names;
    struct string_list required;
    bool resolves_references;
    bool has_env_file; /* at least one of them exists */
};

/*
 * Reads env files, lock files and lists of requirements, finds the references, and checks what can
 * be checked without the network. Moves the options' sources to the plan. On failure returns
 * false and adds every error to problems.
 */
MUST_CHECK bool plan_make(struct options *options,
        const struct environment *environment,
        const struct file_limits *limits,
        struct plan *ret_plan,
        struct err_list *problems);

/* Adds the env files' plain values. ERR_SYSTEM. */
MUST_CHECK bool plan_assign_env_files(
        const struct plan *plan, struct assignment_list *assignments, struct err *reterr);

void plan_clear(struct plan *plan);
