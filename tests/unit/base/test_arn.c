/* Amazon Resource Names. */
/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/arn.h"

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

static void splits_into_its_parts(void **state)
{
    (void)state;

    static const struct {
        const char *text;
        const char *partition;
        const char *service;
        const char *region;
        const char *account;
        const char *resource;
    } ROWS[] = {
        { "arn:aws:ssm:eu-west-1:123456789012:parameter/a/b:3", "aws", "ssm", "eu-west-1",
                "123456789012", "parameter/a/b:3" },
        { "arn:aws-cn:iam::123456789012:role/path/reader", "aws-cn", "iam", "", "123456789012",
                "role/path/reader" },
        { "arn:aws:s3:::bucket", "aws", "s3", "", "", "bucket" },
        { "arn:aws:sns:r:1:", "aws", "sns", "r", "1", "" },
        { "arn:::::", "", "", "", "", "" },
    };

    for (size_t i = 0; i < COUNT_OF(ROWS); i++) {
        struct arn arn;
        if (!arn_parse(ROWS[i].text, &arn) || !span_is(arn.partition, ROWS[i].partition)
                || !span_is(arn.service, ROWS[i].service) || !span_is(arn.region, ROWS[i].region)
                || !span_is(arn.account, ROWS[i].account)
                || !span_is(arn.resource, ROWS[i].resource)) {
            fail_msg("%s", ROWS[i].text);
        }
    }
}

static void refuses_what_lacks_a_part(void **state)
{
    (void)state;
    static const char *const ROWS[] = { "", "arn", "arn:", "arn:aws:ssm:r:1",
        "arn::::", "ARN:aws:ssm:r:1:parameter/a", "xarn:aws:ssm:r:1:parameter/a", "/a:b:c:d:e:f" };
    for (size_t i = 0; i < COUNT_OF(ROWS); i++) {
        struct arn arn = { .resource = { "untouched", 9 } };
        if (arn_parse(ROWS[i], &arn) || !span_is(arn.resource, "untouched")) {
            fail_msg("%s", ROWS[i]);
        }
    }
}

static void a_parameter_is_named_by_its_arn_or_its_name(void **state)
{
    (void)state;

    static const struct {
        const char *name;
        const char *want; /* NULL: not a parameter's */
    } ROWS[] = {
        { "/a/b:3", "/a/b:3" },
        { "plain", "plain" },
        { "arn:aws:ssm:r:1:parameter/a/b:3", "/a/b:3" },
        { "arn:aws:ssm:r:1:parameter/", "/" },
        { "arn:aws:ssm:r:1:parameter", NULL },
        { "arn:aws:ssm:r:1:document/a", NULL },
        { "arn:aws:s3:r:1:parameter/a", NULL },
        { "arn:aws:ssm:r:parameter/a", NULL },
        { "arn:", NULL },
    };

    for (size_t i = 0; i < COUNT_OF(ROWS); i++) {
        const char *got = arn_parameter_name(ROWS[i].name);
        bool is_wanted = got == NULL || ROWS[i].want == NULL ? got == ROWS[i].want
                                                             : strcmp(got, ROWS[i].want) == 0;
        if (!is_wanted) {
            fail_msg("%s: %s", ROWS[i].name, got == NULL ? "NULL" : got);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(splits_into_its_parts),
        cmocka_unit_test(refuses_what_lacks_a_part),
        cmocka_unit_test(a_parameter_is_named_by_its_arn_or_its_name),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
