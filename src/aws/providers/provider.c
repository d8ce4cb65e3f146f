/* SPDX-License-Identifier: MIT */
#include "aws/providers/provider.h"

#include <string.h>

#include "base/timestamp.h"

static bool check_expiry(const struct provider_context *context,
        const struct credentials *credentials,
        struct err *reterr)
{
    int64_t now_s = clock_realtime_s(context->clock) + context->skew_s;
    if (credentials->expires_s == 0 || credentials->expires_s > now_s + PROVIDER_MARGIN_S) {
        return true;
    }
    bool is_past = credentials->expires_s <= now_s;
    char time[TIMESTAMP_ISO8601_BYTES];
    timestamp_format_iso8601(credentials->expires_s, time);
    if (credentials->may_be_past_expiry) {
        event_emit(context->calls->events, EVENT_WARNING, credentials->origin,
                "these credentials %s at %s; used all the same, since EC2 extends them",
                is_past ? "expired" : "expire", time);
        return true;
    }
    (void)err_set(reterr, ERR_CREDENTIALS, credentials->origin, "these credentials %s at %s",
            is_past ? "expired" : "expire in less than a minute,", time);
    err_set_hint(reterr, "%s; and check this machine's clock", credentials->renewal);
    return false;
}

bool provider_check(const struct provider_context *context,
        const struct credentials *credentials,
        struct err *reterr)
{
    const char *origin = credentials->origin;
    return credentials_check_field(
                   CREDENTIALS_ACCESS_KEY_ID, &credentials->access_key_id, origin, reterr)
            && credentials_check_field(
                    CREDENTIALS_SECRET_ACCESS_KEY, &credentials->secret_access_key, origin, reterr)
            && credentials_check_field(
                    CREDENTIALS_SESSION_TOKEN, &credentials->session_token, origin, reterr)
            && check_expiry(context, credentials, reterr);
}

enum provider_outcome provider_absent(struct err *reterr, const char *why)
{
    (void)err_set(reterr, ERR_CREDENTIALS, NULL, "%s", why);
    return PROVIDER_ABSENT;
}

void provider_will_wait(const struct provider_context *context, const struct uri *asked)
{
    const struct settings *settings = context->settings;
    if (context->meanwhile == NULL || settings->region == NULL) {
        return;
    }
    bool is_same_server = asked != NULL
            && strcmp(asked->authority, settings->ssm_endpoint.authority) == 0;
    bool is_dear = asked != NULL && asked->is_https && context->meanwhile_costs_trust;
    if (!is_same_server && !is_dear) {
        context->meanwhile->begin(context->meanwhile);
    }
}
