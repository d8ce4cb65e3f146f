/*
 * What a program needs for calls to Parameter Store: AWS settings, connections, credentials. Order of use:
 * session_open, optionally session_connect_early, session_find_credentials, the calls, session_close.
 */
/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "aws/config/settings.h"
#include "aws/credentials.h"
#include "aws/providers/provider.h"
#include "aws/service/client.h"
#include "aws/service/imds.h"
#include "base/attrs.h"
#include "base/clock.h"
#include "base/environment.h"
#include "base/error.h"
#include "base/event.h"
#include "http/calls.h"
#include "http/http_curl.h"

/* Borrows everything. */
struct session_options {
    struct settings_options settings;
    const struct environment *environment;
    const struct clock *clock;
    struct event_sink *events;
    int64_t deadline_ms; /* monotonic */
};

/* Zero-initialise. Must not move until session_close, which closes every connection. */
struct session {
    struct settings settings;
    struct http_curl *curl;       /* for credentials, and for all calls if early_curl is NULL */
    struct http_curl *early_curl; /* with the early connections; NULL: there are none */
    struct imds imds;
    struct provider_context providers;
    struct call_settings provider_calls;
    struct credentials credentials;
    struct client client;       /* of Parameter Store */
    struct call_settings calls; /* of Parameter Store */
};

/* Reads the settings; sends nothing yet. On failure returns false and adds every error to problems. */
MUST_CHECK bool session_open(
        struct session *session, const struct session_options *options, struct err_list *problems);

/*
 * Opens the connections for calls to Parameter Store in the background, if finding credentials requires
 * waiting. Run the calls with session->calls. If the region is not set and the credentials come from the
 * metadata service, gets the region from there first.
 */
void session_connect_early(struct session *session, struct call *const *calls, size_t call_count);

/* Finds the credentials, and the region if it is not known yet. */
MUST_CHECK bool session_find_credentials(struct session *session, struct err_list *problems);

void session_close(struct session *session);
