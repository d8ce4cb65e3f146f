/* A read-only view of the environment the program was started with. */
/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>
#include <stddef.h>

struct environment {
    char *const *entries; /* NAME=value strings, NULL at the end; borrowed */
};

/*
 * The value of the first entry called name, or NULL. An empty value counts as unset, as in
 * the AWS SDKs for C and Go.
 */
const char *environment_get(const struct environment *environment, const char *name);

/* The same, but an empty value counts as set. */
const char *environment_get_raw(const struct environment *environment, const char *name);

/* Length of the name of an entry: up to its first '='; the whole entry if it has none. */
size_t environment_name_len(const char *entry);
