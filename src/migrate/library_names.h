/* Names that have a meaning without being in anybody's source code. */
/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>

/* Libraries, runtimes and SDKs read the variable by themselves: PORT, NODE_ENV, PG*, AWS_*, HTTP_PROXY. */
bool library_names_has(const char *name);

/* The system, a shell or a CI service sets it, so that no env file has to: HOME, PWD, GITHUB_*. */
bool library_names_is_set_by_system(const char *name);
