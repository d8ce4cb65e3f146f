/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "aws/region.h"

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

#define LABEL_OF_63 "a23456789012345678901234567890123456789012345678901234567890123"

static void accepts_host_labels(void **state)
{
    (void)state;
    static const char *const NAMES[] = { "us-east-1", "eu-west-1", "us-gov-west-1",
        "eusc-de-east-1", "local", "X-1", "a", "1a", LABEL_OF_63 };
    for (size_t i = 0; i < COUNT_OF(NAMES); i++) {
        struct err err;
        if (!region_check(NAMES[i], "here", &err)) {
            fail_msg("%s: %s", NAMES[i], err.why);
        }
    }
}

static void refuses_what_would_change_the_host(void **state)
{
    (void)state;
    static const char *const NAMES[] = { "", "us-east-1.evil.example", "x/@host", "us east 1",
        "us-east-1\n", "\nus-east-1", "us_east_1", "-us-east-1", "us-east-1-", "-", "1", "123",
        "us-east-1:443", "us-east-1?", "us-east-1#", "us-east-1%2e", "\xC3\xA9u-west-1",
        LABEL_OF_63 "4" };
    for (size_t i = 0; i < COUNT_OF(NAMES); i++) {
        struct err err = { 0 };
        if (region_check(NAMES[i], "here", &err)) {
            fail_msg("accepted: %s", NAMES[i]);
        }
        assert_int_equal(err.kind, ERR_INPUT);
        assert_string_equal(err.where, "here");
        assert_string_not_equal(err.hint, "");
    }
}

static void refuses_pseudo_regions_with_a_hint(void **state)
{
    (void)state;

    static const struct {
        const char *name;
        const char *hint_part;
    } ROWS[] = {
        { "fips-us-east-1", "AWS_USE_FIPS_ENDPOINT=true" },
        { "us-gov-west-1-fips", "AWS_USE_FIPS_ENDPOINT=true" },
        { "aws-global", "give the region that holds the parameters" },
        { "aws-cn-global", "give the region that holds the parameters" },
    };

    for (size_t i = 0; i < COUNT_OF(ROWS); i++) {
        struct err err = { 0 };
        if (region_check(ROWS[i].name, "here", &err)
                || strstr(err.hint, ROWS[i].hint_part) == NULL) {
            fail_msg("%s: %s", ROWS[i].name, err.hint);
        }
    }
}

static void a_region_is_in_its_partition(void **state)
{
    (void)state;

    static const struct {
        const char *region;
        const char *name;
        const char *dns_suffix;
        const char *dual_stack_dns_suffix;
    } ROWS[] = {
        { "us-east-1", "aws", "amazonaws.com", "api.aws" },
        { "eu-central-2", "aws", "amazonaws.com", "api.aws" },
        { "xx-unknown-9", "aws", "amazonaws.com", "api.aws" },
        { "cn-north-1", "aws-cn", "amazonaws.com.cn", "api.amazonwebservices.com.cn" },
        { "us-gov-east-1", "aws-us-gov", "amazonaws.com", "api.aws" },
        { "us-iso-east-1", "aws-iso", "c2s.ic.gov", "api.aws.ic.gov" },
        { "us-isob-east-1", "aws-iso-b", "sc2s.sgov.gov", "api.aws.scloud" },
        { "eu-isoe-west-1", "aws-iso-e", "cloud.adc-e.uk", "api.cloud-aws.adc-e.uk" },
        { "us-isof-south-1", "aws-iso-f", "csp.hci.ic.gov", "api.aws.hci.ic.gov" },
        { "eusc-de-east-1", "aws-eusc", "amazonaws.eu", "api.amazonwebservices.eu" },
    };

    for (size_t i = 0; i < COUNT_OF(ROWS); i++) {
        const struct partition *partition = region_partition(ROWS[i].region);
        if (strcmp(partition->name, ROWS[i].name) != 0
                || strcmp(partition->dns_suffix, ROWS[i].dns_suffix) != 0
                || strcmp(partition->dual_stack_dns_suffix, ROWS[i].dual_stack_dns_suffix) != 0) {
            fail_msg("%s: %s, %s, %s", ROWS[i].region, partition->name, partition->dns_suffix,
                    partition->dual_stack_dns_suffix);
        }
    }
}

static void knows_hosts_of_aws(void **state)
{
    (void)state;
    static const char *const OWN[] = { "ssm.eu-west-1.amazonaws.com", "ssm.eu-west-1.api.aws",
        "vpce-1.ssm.eu-west-1.vpce.amazonaws.com", "ssm.cn-north-1.amazonaws.com.cn",
        "ssm.us-iso-east-1.c2s.ic.gov", "ssm.eusc-de-east-1.amazonaws.eu" };
    static const char *const FOREIGN[] = { "", "amazonaws.com", ".amazonaws.com",
        "notamazonaws.com", "ssm.notamazonaws.com", "ssm.amazonaws.com.example.org", "localhost" };

    for (size_t i = 0; i < COUNT_OF(OWN); i++) {
        if (!region_is_aws_host(OWN[i])) {
            fail_msg("%s", OWN[i]);
        }
    }
    for (size_t i = 0; i < COUNT_OF(FOREIGN); i++) {
        if (region_is_aws_host(FOREIGN[i])) {
            fail_msg("%s", FOREIGN[i]);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(accepts_host_labels),
        cmocka_unit_test(refuses_what_would_change_the_host),
        cmocka_unit_test(refuses_pseudo_regions_with_a_hint),
        cmocka_unit_test(a_region_is_in_its_partition),
        cmocka_unit_test(knows_hosts_of_aws),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
