/* What a generator of policies gives: the policy as JSON, and remarks for whoever will attach it. */
/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/attrs.h"
#include "base/error.h"
#include "base/string_list.h"
#include "base/text.h"

enum {
    POLICY_MAX_BYTES = 1024 * 1024,

    /* What IAM takes, counted without white space. */
    POLICY_MANAGED_MAX = 6144,      /* a managed policy */
    POLICY_ORGANIZATION_MAX = 5120, /* a service or resource control policy */
};

/*
 * Each generator appends to an empty output. If anything is wrong, all of it is added to problems, and the
 * output means nothing. The JSON is indented by two blanks, ends in a line break, and is the same for the same parameters. A remark is
 * a sentence without full stop.
 */
struct policy_output {
    struct text json;
    struct string_list remarks;
    size_t size; /* as IAM counts it, and what it takes of this kind of policy */
    size_t size_max;
};

#define POLICY_OUTPUT_INIT ((struct policy_output){ .json = TEXT_INIT(POLICY_MAX_BYTES) })

void policy_output_clear(struct policy_output *output);

/* ERR_SYSTEM. */
MUST_CHECK bool policy_output_remark(
        struct policy_output *output, struct err_list *problems, const char *format, ...)
        PRINTF_LIKE(3, 4);

/* The last step: reports a text that grew too long, and remarks on one that IAM will refuse for its size. */
MUST_CHECK bool policy_output_finish(
        struct policy_output *output, size_t iam_max, struct err_list *problems);
