/* What git knows of an env file, by its name alone. */
/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>

#include "base/attrs.h"
#include "base/error.h"
#include "command.h"
#include "retire_list.h"

/*
 * Whether the file is in git's index, which commits added it, and whether .gitignore has it. Nothing where the
 * file is in no repository. Where git cannot be asked, the list has the line to run. ERR_SYSTEM.
 */
MUST_CHECK bool retire_look_at_git(const struct command_run *run,
        const char *file,
        struct retire_list *list,
        struct err *reterr);
