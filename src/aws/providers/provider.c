/* SPDX-License-Identifier: MIT */
#include "aws/providers/provider.h"

#include <stdarg.h>
#include <stdio.h>

#include "aws/service/imds.h"
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
                "these credentials %s at %s; used anyway, because EC2 extends them",
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

enum provider_outcome provider_absent(struct err *reterr, const char *format, ...)
{
    va_list args;
    (void)err_set(reterr, ERR_CREDENTIALS, NULL, "%s", "");
    va_start(args, format);
    (void)vsnprintf(reterr->why, sizeof(reterr->why), format, args);
    va_end(args);
    return PROVIDER_ABSENT;
}

/* Takes the region from the metadata service. */
static bool find_region(struct provider_context *context, struct err *reterr)
{
    CLEANUP(secret_clear) struct secret body = SECRET_INIT(IMDS_REPLY_MAX_BYTES);
    struct err imds_err;
    if (imds_get(context->imds, "meta-data/placement/region", &body, &imds_err) == IMDS_GOOD) {
        bool is_set = settings_set_region(context->settings, secret_expose(&body),
                "the region of EC2 instance metadata", reterr);
        if (!is_set) {
            err_set_replier(reterr, imds_address(context->imds));
        }
        return is_set;
    }
    if (imds_err.kind == ERR_INPUT) {
        *reterr = imds_err; /* a setting that cannot be used */
        return false;
    }
    (void)err_set(reterr, ERR_INPUT, NULL,
            "no region is set, and none was found (EC2 instance metadata: %s)", imds_err.why);
    err_set_hint(reterr, "set AWS_REGION, give --region, or put region = ... into profile \"%s\"",
            context->settings->profile_name);
    return false;
}

bool provider_need_region(struct provider_context *context, struct err *reterr)
{
    bool is_known = context->settings->region != NULL
            || (context->no_region.kind == ERR_NONE && find_region(context, &context->no_region));
    if (!is_known) {
        *reterr = context->no_region;
    }
    return is_known;
}
