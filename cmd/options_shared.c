/* SPDX-License-Identifier: MIT */
#include "options_shared.h"

#include "program.h"

struct settings_options aws_options_settings(const struct aws_options *options)
{
    return (struct settings_options){
        .program = PROGRAM_NAME,
        .region = { options->region.value, options->region.where },
        .profile = { options->profile.value, options->profile.where },
        .role_arn = { options->role_arn.value, options->role_arn.where },
        .endpoint_url = { options->endpoint_url.value, options->endpoint_url.where },
        .ca_bundle = { options->ca_bundle.value, options->ca_bundle.where },
        .allow_http = options->allow_http,
    };
}

enum report_verbosity report_options_verbosity(const struct report_options *options)
{
    if (options->quiet) {
        return REPORT_QUIET;
    }
    return options->verbose ? REPORT_VERBOSE : REPORT_NORMAL;
}
