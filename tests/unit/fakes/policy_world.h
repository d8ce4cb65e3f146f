/* What the tests of src/policy share. */
/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>

#include "base/error.h"
#include "base/string_list.h"
#include "policy/output.h"

#define POLICY_ACCOUNT "123456789012"
#define POLICY_REGION  "eu-west-1"
#define POLICY_KEY     "11111111-2222-3333-4444-555555555555"

/* The words of a text, which are separated by one blank each; NULL: none. Release with string_list_clear. */
struct string_list policy_words(const char *words);

/*
 * For calls of generators: an empty list of problems, and the first of them in *err if something was wrong:
 * policy_first(key_policy_write(&policy, &output, policy_problems()), &err). Fails the test if a generator
 * that refused has nothing in the list, or one that wrote has something.
 */
struct err_list *policy_problems(void);
bool policy_first(bool ok, struct err *err);

/* Fails the test unless it was written, and is tests/vectors/policies/NAME.json byte by byte. */
void policy_expect_vector(
        bool ok, const struct policy_output *output, const struct err *err, const char *name);

/* Fails the test unless it was refused at the option. */
void policy_expect_refusal(bool ok, const struct err *err, const char *option, const char *row);

/* The same for a row of a table. */
void policy_expect_row_refusal(bool ok, const struct err *err, const char *option, size_t row);

/* Whether a remark holds the text. */
bool policy_has_remark(const struct policy_output *output, const char *text);

bool policy_has(const struct policy_output *output, const char *text);

/* Words that no parameter of a policy may be: quotes, control characters, patterns and variables of IAM. */
extern const char *const POLICY_HOSTILE[];
