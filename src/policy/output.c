/* SPDX-License-Identifier: MIT */
#include "policy/output.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/ascii.h"

void policy_output_clear(struct policy_output *output)
{
    text_clear(&output->json);
    string_list_clear(&output->remarks);
}

bool policy_output_remark(
        struct policy_output *output, struct err_list *problems, const char *format, ...)
{
    struct err err;
    va_list arguments;
    char *remark = NULL;
    va_start(arguments, format);
    int len = vasprintf(&remark, format, arguments);
    va_end(arguments);
    if (len < 0) {
        (void)err_set_no_memory(&err);
        return err_list_add(problems, &err);
    }
    bool ok = string_list_add(&output->remarks, remark, (size_t)len, &err);
    free(remark);
    return ok || err_list_add(problems, &err);
}

/* No string of a policy holds white space, so that none of it counts. */
static size_t count_for_iam(const struct text *json)
{
    size_t count = 0;
    for (size_t i = 0; i < json->len; i++) {
        count += ascii_is_space(json->bytes[i]) ? 0 : 1;
    }
    return count;
}

bool policy_output_finish(struct policy_output *output, size_t iam_max, struct err_list *problems)
{
    struct err err;
    if (!text_check(&output->json, "the policy", &err)) {
        return err_list_add(problems, &err);
    }
    output->size = count_for_iam(&output->json);
    output->size_max = iam_max;
    return output->size <= iam_max
            || policy_output_remark(output, problems,
                    "the policy has %zu characters without white space, and IAM takes %zu: name "
                    "fewer parameters, or paths that hold them",
                    output->size, iam_max);
}
