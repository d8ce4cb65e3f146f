/*
 * How a run talks to AWS: profile, region, endpoint, trusted certificates, number of tries; from
 * the command line, the environment and the shared files, in the order of the AWS SDKs.
 */
/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>

#include "aws/config/endpoint.h"
#include "aws/config/profile_files.h"
#include "aws/config/setting.h"
#include "aws/uri.h"
#include "base/attrs.h"
#include "base/environment.h"
#include "base/error.h"
#include "base/event.h"
#include "base/file.h"
#include "http/pem.h"

/* From the command line. */
struct settings_options {
    const char *program; /* its name, for the User-Agent header and the names of role sessions */
    struct option_value region;
    struct option_value profile;
    struct option_value role_arn; /* a role to assume with the credentials that are found */
    struct option_value endpoint_url;
    struct option_value ca_bundle;
    bool allow_http; /* to hosts that are not loopback */
};

/* Borrows the environment and the texts of the options. Release with settings_clear. */
struct settings {
    struct settings_options options;
    const struct environment *environment;
    struct profile_files files;
    const char *profile_name;
    const struct profile_section *profile;  /* NULL: there is no default profile */
    char *region;                           /* NULL: not set; the metadata service may have it */
    char region_where[PROFILE_WHERE_BYTES]; /* where it is set, for messages */
    struct uri ssm_endpoint;                /* not to be used without a region */
    char *ca_path;
    struct pem_file ca_file; /* without a path: the system's certificates */
    int attempts_max;        /* 0: not set */
    char *user_agent;
};

/* On failure adds everything that is wrong to problems (ERR_INPUT, ERR_CREDENTIALS, ERR_SYSTEM). */
MUST_CHECK bool settings_load(const struct settings_options *options,
        const struct environment *environment,
        const struct file_limits *limits,
        struct event_sink *events,
        struct settings *ret_settings,
        struct err_list *problems);

/* Sets a missing region and its endpoint, or neither: ERR_INPUT at `where`. */
MUST_CHECK bool settings_set_region(
        struct settings *settings, const char *region, const char *where, struct err *reterr);

void settings_clear(struct settings *settings);
