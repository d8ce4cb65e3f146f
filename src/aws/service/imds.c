/* SPDX-License-Identifier: MIT */
#include "aws/service/imds.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "aws/config/setting.h"
#include "aws/service/plain_call.h"
#include "base/ascii.h"
#include "base/clock.h"
#include "base/shown.h"

static const char SUBJECT[] = "EC2 instance metadata";

enum {
    SLACK_MS = 5,
    NUMBER_MAX = 99999,
};

void imds_init(
        struct imds *imds, const struct settings *settings, const struct call_settings *calls)
{
    *imds = (struct imds){
        .settings = settings, .calls = calls, .token = SECRET_INIT(IMDS_REPLY_MAX_BYTES)
    };
}

void imds_clear(struct imds *imds)
{
    uri_clear(&imds->endpoint);
    secret_clear(&imds->token);
}

const char *imds_address(const struct imds *imds)
{
    return imds->endpoint.authority == NULL ? "" : imds->endpoint.authority;
}

static bool find_endpoint(struct imds *imds, struct err *reterr)
{
    struct setting url = { 0 };
    struct setting mode = { 0 };
    bool has_mode = setting_from_variable_or_key(imds->settings,
            "AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE", "ec2_metadata_service_endpoint_mode", &mode);
    bool is_ipv6 = has_mode && ascii_equals_ignoring_case(mode.value, "IPv6");
    if (has_mode && !is_ipv6 && !ascii_equals_ignoring_case(mode.value, "IPv4")) {
        char shown[SHOWN_BYTES];
        return err_set(reterr, ERR_INPUT, mode.where, "\"%s\" is neither IPv4 nor IPv6",
                shown_word(mode.value, strlen(mode.value), shown));
    }
    if (!setting_from_variable_or_key(imds->settings, "AWS_EC2_METADATA_SERVICE_ENDPOINT",
                "ec2_metadata_service_endpoint", &url)) {
        url.value = is_ipv6 ? "http://[fd00:ec2::254]" : "http://169.254.169.254";
    }
    return uri_parse(url.value, url.where, &imds->endpoint, reterr);
}

static bool find_limits(struct imds *imds, struct err *reterr)
{
    int timeout_s = IMDS_TRY_MS / 1000;
    int tries = IMDS_TRIES;
    if (!setting_read_number(imds->settings, "AWS_METADATA_SERVICE_TIMEOUT",
                "metadata_service_timeout", NUMBER_MAX, &timeout_s, reterr)
            || !setting_read_number(imds->settings, "AWS_METADATA_SERVICE_NUM_ATTEMPTS",
                    "metadata_service_num_attempts", NUMBER_MAX, &tries, reterr)) {
        return false;
    }
    int64_t try_ms = (int64_t)timeout_s * 1000;
    imds->budget_ms = try_ms * tries;
    int64_t deadline_ms = clock_monotonic_ms(imds->calls->clock) + imds->budget_ms;
    imds->bounded = *imds->calls;
    imds->bounded.attempts_max = tries;
    imds->bounded.connect_timeout_ms = try_ms;
    imds->bounded.try_timeout_ms = try_ms;
    if (deadline_ms < imds->bounded.deadline_ms) {
        imds->bounded.deadline_ms = deadline_ms;
    }
    return true;
}

static bool request(const struct imds *imds,
        enum http_method method,
        const char *path,
        const struct plain_header *header,
        struct plain_call *plain,
        struct err *reterr)
{
    CLEANUP(text_clear) struct text url = TEXT_INIT(4096);
    const char *base = imds->endpoint.path;
    text_append_format(&url, "%s://%s%s/latest/%s", imds->endpoint.is_https ? "https" : "http",
            imds->endpoint.authority, strcmp(base, "/") == 0 ? "" : base, path);
    if (!text_check(&url, SUBJECT, reterr)) {
        return false;
    }
    *plain = (struct plain_call){
        .method = method,
        .subject = SUBJECT,
        .endpoint = &imds->endpoint,
        .operation = path,
        .url = text_string(&url),
        .headers = { *header },
        .never_proxied = true,
    };
    if (plain_call_run(&imds->bounded, plain, reterr)) {
        return true;
    }
    /* The last try gets the rest of the budget, and may end just before the budget does. */
    bool is_spent = clock_monotonic_ms(imds->calls->clock) + SLACK_MS >= imds->bounded.deadline_ms;
    if (is_spent && imds->bounded.deadline_ms < imds->calls->deadline_ms
            && !secret_is_empty(&imds->token)) {
        (void)err_set(reterr, ERR_TIMEOUT, SUBJECT, "%s took more than %lld ms in total",
                imds->endpoint.authority, (long long)imds->budget_ms);
        err_set_hint(reterr,
                "AWS_METADATA_SERVICE_TIMEOUT (seconds) and AWS_METADATA_SERVICE_NUM_ATTEMPTS "
                "allow more time");
    }
    return false;
}

/* Without any reply there is probably no service: most machines are not EC2 instances. */
static enum imds_outcome explain_no_reply(
        const struct imds *imds, const struct plain_call *plain, struct err *reterr)
{
    if (plain->was_answered) {
        return IMDS_FAILED;
    }
    const struct err cause = *reterr;
    if (cause.kind == ERR_TIMEOUT || plain->call.outcome == HTTP_TIMED_OUT) {
        (void)err_set(reterr, ERR_CREDENTIALS, SUBJECT,
                "no answer from %s to the token request: in a container on EC2 the instance's "
                "metadata hop limit must be 2 or more",
                imds->endpoint.authority);
    } else {
        (void)err_set(reterr, ERR_CREDENTIALS, SUBJECT, "no answer: %s", cause.why);
    }
    return IMDS_ABSENT;
}

/* The token becomes part of a header. */
static bool is_token(const struct secret *body)
{
    const char *bytes = secret_expose(body);
    size_t len = secret_len(body);
    for (size_t i = 0; i < len; i++) {
        if (bytes[i] < '!' || bytes[i] > '~') {
            return false;
        }
    }
    return len > 0;
}

static enum imds_outcome judge_token(
        struct imds *imds, struct plain_call *plain, struct err *reterr)
{
    if (plain->status != 200 || !is_token(&plain->body)) {
        (void)err_set(reterr, ERR_CREDENTIALS, SUBJECT,
                "%s issued no session token (HTTP status %d)", imds->endpoint.authority,
                plain->status);
        service_error_report(&plain->refusal, reterr);
        if (plain->status == 403) {
            err_set_hint(reterr, "is the metadata service disabled for this instance?");
        }
        return plain->status == 400 ? IMDS_FAILED : IMDS_ABSENT;
    }
    secret_move(&imds->token, &plain->body);
    return IMDS_GOOD;
}

static enum imds_outcome request_token(struct imds *imds, struct err *reterr)
{
    CLEANUP(plain_call_clear) struct plain_call plain = { 0 };
    CLEANUP(secret_clear) struct secret ttl = SECRET_INIT(16);
    char digits[16];
    bool is_disabled = false;
    /* "1" is an error: ignoring it would use a role that the user means to exclude. */
    if (!setting_read_switch(imds->settings, "AWS_EC2_METADATA_DISABLED", /* key= */ NULL,
                &is_disabled, reterr)) {
        return IMDS_FAILED;
    }
    if (is_disabled) {
        (void)err_set(reterr, ERR_CREDENTIALS, SUBJECT, "AWS_EC2_METADATA_DISABLED is true");
        return IMDS_ABSENT;
    }
    if (!find_endpoint(imds, reterr) || !find_limits(imds, reterr)) {
        return IMDS_FAILED;
    }
    (void)snprintf(digits, sizeof(digits), "%d", IMDS_TOKEN_TTL_S);
    secret_append_string(&ttl, digits);
    const struct plain_header header = { "x-aws-ec2-metadata-token-ttl-seconds", &ttl, false };
    if (!request(imds, HTTP_PUT, "api/token", &header, &plain, reterr)) {
        return explain_no_reply(imds, &plain, reterr);
    }
    return judge_token(imds, &plain, reterr);
}

enum imds_outcome imds_open_session(struct imds *imds, struct err *reterr)
{
    if (!imds->was_tried) {
        imds->was_tried = true;
        imds->outcome = request_token(imds, &imds->err);
    }
    *reterr = imds->err;
    return imds->outcome;
}

enum imds_outcome imds_get(
        struct imds *imds, const char *path, struct secret *ret_body, struct err *reterr)
{
    CLEANUP(plain_call_clear) struct plain_call plain = { 0 };
    enum imds_outcome outcome = imds_open_session(imds, reterr);
    if (outcome != IMDS_GOOD) {
        return outcome;
    }
    const struct plain_header header = { "x-aws-ec2-metadata-token", &imds->token, true };
    if (!request(imds, HTTP_GET, path, &header, &plain, reterr)) {
        return IMDS_FAILED;
    }
    if (plain.status != 200) {
        (void)err_set(reterr, ERR_CREDENTIALS, SUBJECT, "%s has no %s (HTTP status %d)",
                imds->endpoint.authority, path, plain.status);
        service_error_report(&plain.refusal, reterr);
        if (plain.status == 401) {
            err_set_hint(reterr, "it does not accept the session token that it issued");
        }
        return plain.status == 404 ? IMDS_ABSENT : IMDS_FAILED;
    }
    secret_move(ret_body, &plain.body);
    return IMDS_GOOD;
}
