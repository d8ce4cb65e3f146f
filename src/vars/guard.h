/* Safety checks: variables that take effect before COMMAND runs, and sources of mixed environments. */
/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/attrs.h"
#include "base/error.h"
#include "vars/source.h"

/*
 * Whether the dynamic loader or a shell acts on the variable before the program itself runs: LD_*,
 * GCONV_PATH, GLIBC_TUNABLES, PATH, IFS, BASH_ENV, SHELLOPTS, BASHOPTS, PS4, BASH_FUNC_*.
 */
bool guard_is_guarded(const char *variable);

/*
 * The environment that a word names, in any case; NULL if it names none. The names of one environment, such as prod
 * and production, give the same string, which has static storage.
 */
const char *guard_find_environment(const char *word, size_t len);

/* That of a parameter, which its first level names: "/prod/api". */
const char *guard_find_parameter_environment(const char *name);

/*
 * False if the sources read from different environments, with an ERR_USAGE added to problems for
 * each source that differs from the first one. The environment is the first level of the name, if
 * it is a well-known one: prod or production, staging or stage, dev or development, test, qa, uat,
 * preprod, sandbox. The whole store ("/") is refused too.
 */
MUST_CHECK bool guard_check_environments(
        const struct source_list *sources, struct err_list *problems);
