/* What a run refuses for safety: variables that act before the program does, mixed environments. */
/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/attrs.h"
#include "base/error.h"
#include "vars/source.h"

/*
 * Whether a variable is one that the dynamic loader or a shell acts upon before the program has a
 * say: LD_*, GCONV_PATH, GLIBC_TUNABLES, PATH, IFS, BASH_ENV, SHELLOPTS, BASHOPTS, PS4, BASH_FUNC_*.
 */
bool guard_is_guarded(const char *variable);

/*
 * False, with an ERR_USAGE for each source that differs from the first added to problems, if the sources read from different environments: if the first levels of two of them are
 * well-known names of different ones (prod and production are the same, staging and stage, dev and
 * development; test, qa, uat, preprod, sandbox), or one is the whole store ("/").
 */
MUST_CHECK bool guard_check_environments(
        const struct source_list *sources, struct err_list *problems);
