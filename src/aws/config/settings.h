/*
 * Where and how a run talks to AWS: profile, region, endpoint, trusted certificates, tries; from the
 * command line, the environment and the shared files, in the order of the AWS SDKs.
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

/* What the command line says. */
struct settings_options {
    struct option_value region;
    struct option_value profile;
    struct option_value role_arn; /* assumed with whatever credentials are found */
    struct option_value endpoint_url;
    struct option_value ca_bundle;
    bool allow_http;
};

/* Borrows the options and the environment. Release with settings_clear. */
struct settings {
    struct settings_options options;
    const struct environment *environment;
    struct profile_files files;
    const char *profile_name;
    const struct profile_section *profile;  /* NULL: there is no default profile */
    char *region;                           /* NULL: said nowhere, the metadata service may know */
    char region_where[PROFILE_WHERE_BYTES]; /* who says it, for messages */
    struct uri ssm_endpoint;                /* without a region not to be used yet */
    char *ca_path;
    struct pem_file ca_file; /* no path: the system's certificates */
    int attempts_max;        /* 0: not set */
    char *user_agent;
};

/* False with everything that is wrong added to problems (ERR_INPUT, ERR_CREDENTIALS, ERR_SYSTEM). */
MUST_CHECK bool settings_load(const struct settings_options *options,
        const struct environment *environment,
        const struct file_limits *limits,
        struct event_sink *events,
        struct settings *ret_settings,
        struct err_list *problems);

/* The region that was missing, and the endpoint that follows from it: both or none. ERR_INPUT at `where`. */
MUST_CHECK bool settings_set_region(
        struct settings *settings, const char *region, const char *where, struct err *reterr);

/*
 * The endpoint of another service: AWS_ENDPOINT_URL_STS, ..., never --endpoint-url, which is
 * Parameter Store's. ERR_INPUT. Release with uri_clear.
 */
MUST_CHECK bool settings_find_endpoint(const struct settings *settings,
        enum endpoint_service service,
        const char *region,
        struct uri *ret_endpoint,
        struct err *reterr);

void settings_clear(struct settings *settings);
