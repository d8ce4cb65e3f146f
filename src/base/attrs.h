/* Compiler attributes, under names that say what they are for. */
/* SPDX-License-Identifier: MIT */
#pragma once

/* Calls function with the address of the local variable when its scope ends. */
#define CLEANUP(function) __attribute__((cleanup(function)))

/* Ignoring the result is a compile error. */
#define MUST_CHECK __attribute__((warn_unused_result))

#define PRINTF_LIKE(format_at, first_at) __attribute__((format(printf, format_at, first_at)))
