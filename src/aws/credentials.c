/* SPDX-License-Identifier: MIT */
#include "aws/credentials.h"

#include <stddef.h>
#include <string.h>

#include "aws/creds_env.h"
#include "aws/creds_profile.h"
#include "base/ascii.h"
#include "base/timestamp.h"

static const struct credentials_provider *const chain[] = {
    &creds_env,
    &creds_profile,
};

void credentials_clear(struct credentials *credentials)
{
    secret_clear(&credentials->access_key_id);
    secret_clear(&credentials->secret_access_key);
    secret_clear(&credentials->session_token);
    credentials->expires_s = 0;
    credentials->origin[0] = '\0';
}

/* A control character would break the header that the field goes into. */
static bool check_field(const struct secret *field,
        const char *name,
        bool may_be_empty,
        const char *origin,
        struct err *reterr)
{
    const char *bytes = secret_expose(field);
    size_t len = secret_len(field);
    if (!secret_check(field, origin, reterr)) {
        reterr->kind = ERR_CREDENTIALS;
        return false;
    }
    if (len == 0 && !may_be_empty) {
        return err_set(reterr, ERR_CREDENTIALS, origin, "the %s is empty", name);
    }
    for (size_t i = 0; i < len; i++) {
        if (ascii_is_control(bytes[i])) {
            (void)err_set(reterr, ERR_CREDENTIALS, origin,
                    "the %s holds a line break or another control character", name);
            err_set_hint(reterr, "was it pasted or read from a file with a line end?");
            return false;
        }
    }
    return true;
}

static bool check_expiry(
        const struct credentials *credentials, const struct clock *clock, struct err *reterr)
{
    if (credentials->expires_s == 0 || credentials->expires_s > clock_realtime_s(clock)) {
        return true;
    }
    char expired[TIMESTAMP_ISO8601_BYTES];
    timestamp_format_iso8601(credentials->expires_s, expired);
    (void)err_set(reterr, ERR_CREDENTIALS, credentials->origin, "these credentials expired at %s",
            expired);
    err_set_hint(reterr, "get new ones (and check this machine's clock)");
    return false;
}

static bool check(
        const struct credentials *credentials, const struct clock *clock, struct err *reterr)
{
    const char *origin = credentials->origin;
    return check_field(&credentials->access_key_id, "access key id", false, origin, reterr)
            && check_field(
                    &credentials->secret_access_key, "secret access key", false, origin, reterr)
            && check_field(&credentials->session_token, "session token", true, origin, reterr)
            && check_expiry(credentials, clock, reterr);
}

bool credentials_find(const struct credentials_context *context,
        struct credentials *ret_credentials,
        struct err *reterr)
{
    struct err tried;
    (void)err_set(&tried, ERR_CREDENTIALS, NULL, "no AWS credentials were found; tried");
    for (size_t i = 0; i < sizeof(chain) / sizeof(chain[0]); i++) {
        CLEANUP(credentials_clear) struct credentials found = CREDENTIALS_INIT;
        struct err err = { .kind = ERR_NONE };
        switch (chain[i]->fetch(context, &found, &err)) {
        case CREDENTIALS_FOUND:
            if (!check(&found, context->clock, reterr)) {
                return false;
            }
            *ret_credentials = found;
            found = CREDENTIALS_INIT;
            return true;
        case CREDENTIALS_FAILED:
            *reterr = err;
            return false;
        case CREDENTIALS_ABSENT:
            err_add_why(&tried, "%s %s (%s)", i == 0 ? "" : ",", chain[i]->name, err.why);
            break;
        }
    }
    *reterr = tried;
    err_set_hint(reterr,
            "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or name a profile with AWS_PROFILE or "
            "--profile");
    return false;
}
