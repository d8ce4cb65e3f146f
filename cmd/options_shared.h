/* Rows that the tables of several programs and commands have, and where their values are stored. */
/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "aws/config/settings.h"
#include "options_table.h"
#include "options_value.h"
#include "report.h"

/* Texts are borrowed from argv or the environment. */
struct aws_options {
    struct option_text region;
    struct option_text profile;
    struct option_text role_arn;
    struct option_text endpoint_url;
    struct option_text ca_bundle;
    bool allow_http;
};

struct report_options {
    enum options_action action;
    bool verbose;
    bool quiet;
    enum report_format log_format;
};

/* at: the offset of the struct above in that of the table, in which values are stored. */
/* clang-format off */
#define OPTIONS_AWS_ROWS(at, group) \
    { "region", 0, TAKES_VALUE, KIND_TEXT, (at) + offsetof(struct aws_options, region), "REGION", COMPLETE_NOTHING, \
        group, "the AWS region" }, \
    { "profile", 0, TAKES_VALUE, KIND_TEXT, (at) + offsetof(struct aws_options, profile), "NAME", COMPLETE_NOTHING, \
        group, "the profile of the shared AWS files" }, \
    { "role-arn", 0, TAKES_VALUE, KIND_TEXT, (at) + offsetof(struct aws_options, role_arn), "ARN", COMPLETE_NOTHING, \
        group, "assume this role, with the credentials found" }, \
    { "endpoint-url", 0, TAKES_VALUE, KIND_TEXT, (at) + offsetof(struct aws_options, endpoint_url), "URL", COMPLETE_NOTHING, \
        group, "use this endpoint instead of the default" }, \
    { "allow-http", 0, TAKES_NOTHING, KIND_FLAG, (at) + offsetof(struct aws_options, allow_http), NULL, COMPLETE_NOTHING, \
        group, "allow an http:// endpoint beyond loopback" }, \
    { "ca-bundle", 0, TAKES_VALUE, KIND_TEXT, (at) + offsetof(struct aws_options, ca_bundle), "FILE", COMPLETE_FILE, \
        group, "PEM certificates to trust" }

#define OPTIONS_HELP_ROWS(at, group) \
    { "help", 'h', TAKES_NOTHING, KIND_HELP, (at) + offsetof(struct report_options, action), NULL, COMPLETE_NOTHING, \
        group, "print this help" }, \
    { "version", 'V', TAKES_NOTHING, KIND_VERSION, (at) + offsetof(struct report_options, action), NULL, COMPLETE_NOTHING, \
        group, "print the versions of the program and libraries" }

#define OPTIONS_REPORT_ROWS(at, group, verbose_help) \
    { "verbose", 'v', TAKES_NOTHING, KIND_FLAG, (at) + offsetof(struct report_options, verbose), NULL, COMPLETE_NOTHING, \
        group, verbose_help }, \
    { "quiet", 'q', TAKES_NOTHING, KIND_FLAG, (at) + offsetof(struct report_options, quiet), NULL, COMPLETE_NOTHING, \
        group, "report errors only" }, \
    { "log-format", 0, TAKES_VALUE, KIND_LOG_FORMAT, (at) + offsetof(struct report_options, log_format), "text|json", COMPLETE_CHOICE, \
        group, "format of the lines on standard error" }, \
    OPTIONS_HELP_ROWS(at, group)
/* clang-format on */

/* Borrows the texts. */
struct settings_options aws_options_settings(const struct aws_options *options);

enum report_verbosity report_options_verbosity(const struct report_options *options);
