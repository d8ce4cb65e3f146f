/* Compiler attributes of our functions and variables, under names that say why. */
/* SPDX-License-Identifier: MIT */
#pragma once

/* The local's cleanup runs when its scope ends; it gets the local's address. */
#define CLEANUP(function) __attribute__((cleanup(function)))

/* The result is a verdict: ignoring it is a compile error. */
#define MUST_CHECK __attribute__((warn_unused_result))

#define PRINTF_LIKE(format_at, first_at) __attribute__((format(printf, format_at, first_at)))
