/* SPDX-License-Identifier: MIT */
#include "aws/region.h"

#include <stddef.h>
#include <string.h>

#include "base/ascii.h"
#include "base/shown.h"

enum {
    LABEL_MAX = 63
};

static const struct {
    const char *prefix;
    struct partition partition;
} partitions[] = {
    { "cn-", { "aws-cn", "amazonaws.com.cn", "api.amazonwebservices.com.cn" } },
    { "us-gov-", { "aws-us-gov", "amazonaws.com", "api.aws" } },
    { "us-iso-", { "aws-iso", "c2s.ic.gov", "api.aws.ic.gov" } },
    { "us-isob-", { "aws-iso-b", "sc2s.sgov.gov", "api.aws.scloud" } },
    { "eu-isoe-", { "aws-iso-e", "cloud.adc-e.uk", "api.cloud-aws.adc-e.uk" } },
    { "us-isof-", { "aws-iso-f", "csp.hci.ic.gov", "api.aws.hci.ic.gov" } },
    { "eusc-", { "aws-eusc", "amazonaws.eu", "api.amazonwebservices.eu" } },
    { "", { "aws", "amazonaws.com", "api.aws" } },
};

static bool is_host_label(const char *name)
{
    size_t len = strlen(name);
    return len > 0 && len <= LABEL_MAX && strspn(name, ASCII_ALNUM "-") == len
            && strspn(name, ASCII_DIGITS) < len && name[0] != '-' && name[len - 1] != '-';
}

static bool ends_with(const char *text, const char *end)
{
    size_t len = strlen(text);
    size_t end_len = strlen(end);
    return len >= end_len && strcmp(text + len - end_len, end) == 0;
}

bool region_check(const char *name, const char *where, struct err *reterr)
{
    if (!is_host_label(name)) {
        char shown[SHOWN_BYTES];
        (void)err_set(reterr, ERR_INPUT, where, "\"%s\" is not a region name",
                shown_word(name, strlen(name), shown));
        err_set_hint(reterr, "region names look like eu-west-1: letters, digits and '-'");
        return false;
    }
    if (strncmp(name, "fips-", 5) == 0 || ends_with(name, "-fips")) {
        (void)err_set(reterr, ERR_INPUT, where, "\"%s\" is a pseudo region", name);
        err_set_hint(reterr, "give the region itself and set AWS_USE_FIPS_ENDPOINT=true");
        return false;
    }
    if (ends_with(name, "-global")) {
        (void)err_set(reterr, ERR_INPUT, where, "\"%s\" has no Parameter Store", name);
        err_set_hint(reterr, "give the region that holds the parameters, such as us-east-1");
        return false;
    }
    return true;
}

const struct partition *region_partition(const char *name)
{
    size_t i = 0;
    while (strncmp(name, partitions[i].prefix, strlen(partitions[i].prefix)) != 0) {
        i++; /* the last prefix is empty and matches */
    }
    return &partitions[i].partition;
}

static bool is_below(const char *host, const char *suffix)
{
    size_t len = strlen(host);
    size_t suffix_len = strlen(suffix);
    return len > suffix_len + 1 && host[len - suffix_len - 1] == '.' && ends_with(host, suffix);
}

bool region_is_aws_host(const char *host)
{
    for (size_t i = 0; i < sizeof(partitions) / sizeof(partitions[0]); i++) {
        if (is_below(host, partitions[i].partition.dns_suffix)
                || is_below(host, partitions[i].partition.dual_stack_dns_suffix)) {
            return true;
        }
    }
    return false;
}
