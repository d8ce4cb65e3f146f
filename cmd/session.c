/* SPDX-License-Identifier: MIT */
#include "session.h"

#include "aws/providers/chain.h"
#include "base/file.h"
#include "base/timestamp.h"
#include "launch/child.h"

static bool open_transport(struct session *session, struct http_curl **ret_curl, struct err *reterr)
{
    struct settings *settings = &session->settings;
    const struct http_curl_settings curl_settings = {
        .ca_file = settings->ca_file.path == NULL ? NULL : &settings->ca_file,
        .user_agent = settings->user_agent,
        .environment = settings->environment,
    };
    return http_curl_new(&curl_settings, ret_curl, reterr);
}

bool session_open(
        struct session *session, const struct session_options *options, struct err_list *problems)
{
    struct settings *settings = &session->settings;
    const struct file_limits limits = { options->clock, options->deadline_ms };
    struct err err;
    session->credentials = CREDENTIALS_INIT;
    if (!settings_load(&options->settings, options->environment, &limits, options->events, settings,
                problems)) {
        return false;
    }
    if (!open_transport(session, &session->curl, &err)) {
        return err_list_add(problems, &err);
    }
    session->calls = (struct call_settings){
        .transport = http_curl_transport(session->curl),
        .clock = options->clock,
        .events = options->events,
        .deadline_ms = options->deadline_ms,
        .connect_timeout_ms = CALLS_CONNECT_TIMEOUT_MS,
        .try_timeout_ms = CALLS_TRY_TIMEOUT_MS,
        .attempts_max = settings->attempts_max,
    };
    session->provider_calls = session->calls;
    session->client = (struct client){
        .protocol = CLIENT_JSON_1_1,
        .service = "ssm",
        .endpoint = &settings->ssm_endpoint,
        .clock = options->clock,
        .events = options->events,
    };
    imds_init(&session->imds, settings, &session->provider_calls);
    session->providers = (struct provider_context){
        .settings = settings,
        .clock = options->clock,
        .calls = &session->provider_calls,
        .runner = &child_runner,
        .imds = &session->imds,
    };
    return true;
}

/*
 * The second transport reads the certificates to trust again, in its thread. With OpenSSL and a whole bundle
 * that takes longer than the early connection saves, if the first transport needs TLS too.
 */
static bool is_early_worthwhile(const struct session *session, enum provider_wait wait)
{
    return wait != PROVIDER_NOT_CONFIGURED && wait != PROVIDER_WAIT_NONE
            && (wait != PROVIDER_WAIT_TLS || !http_curl_shares_trust(session->curl));
}

void session_connect_early(struct session *session, struct call *const *calls, size_t call_count)
{
    enum provider_wait wait = provider_chain_wait(&session->providers);
    bool has_region = session->settings.region != NULL;
    struct err ignored; /* session_find_credentials reports it */
    if (wait == PROVIDER_WAIT_METADATA) {
        has_region = imds_open_session(&session->imds, &ignored) == IMDS_GOOD
                && provider_need_region(&session->providers, &ignored);
    }
    if (!has_region || !is_early_worthwhile(session, wait)
            || !open_transport(session, &session->early_curl, &ignored)) {
        return;
    }
    session->calls.transport = http_curl_transport(session->early_curl);
    if (!calls_connect_early(&session->calls, calls, call_count)) {
        session->calls.transport = http_curl_transport(session->curl);
    }
}

static void report_credentials(const struct session *session)
{
    const struct credentials *credentials = &session->credentials;
    char expires[TIMESTAMP_ISO8601_BYTES] = "";
    if (credentials->expires_s != 0) {
        timestamp_format_iso8601(credentials->expires_s, expires);
    }
    event_emit(session->calls.events, EVENT_PROGRESS, NULL, "credentials from: %s%s%s",
            credentials->origin, expires[0] == '\0' ? "" : ", until ", expires);
}

bool session_find_credentials(struct session *session, struct err_list *problems)
{
    struct err err;
    if (!provider_chain_find(&session->providers, &session->credentials, &err)) {
        return err_list_add(problems, &err);
    }
    report_credentials(session);
    if (!provider_need_region(&session->providers, &err)) {
        return err_list_add(problems, &err);
    }
    session->client.skew_s = session->providers.skew_s;
    session->client.region = session->settings.region;
    session->client.credentials = &session->credentials;
    return true;
}

void session_close(struct session *session)
{
    http_curl_free(session->early_curl);
    http_curl_free(session->curl);
    imds_clear(&session->imds);
    credentials_clear(&session->credentials);
    settings_clear(&session->settings);
}
