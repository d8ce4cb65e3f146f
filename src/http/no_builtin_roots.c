/* SPDX-License-Identifier: MIT */
#include <stddef.h>

#include "http/trust.h"

const char *const trust_builtin_roots = NULL;
