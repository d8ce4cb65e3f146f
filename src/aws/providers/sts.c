/* SPDX-License-Identifier: MIT */
#include "aws/providers/sts.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "aws/providers/document.h"
#include "aws/service/client.h"
#include "aws/service/policy.h"
#include "aws/service/xml.h"
#include "aws/uri.h"
#include "base/arn.h"
#include "base/ascii.h"
#include "base/timestamp.h"

enum {
    /* Percent-encoding makes three bytes of one. */
    REQUEST_MAX_BYTES = 3 * STS_TOKEN_MAX_BYTES + 16 * 1024,
    REPLY_MAX_BYTES = 256 * 1024,
    SESSION_NAME_MAX_BYTES = 64,
    FIELD_MAX_BYTES = 64,
    ACTION_MAX_BYTES = 64,
};

/* --- the role --- */

static bool consists_of(const char *text, const char *characters, size_t min_len, size_t max_len)
{
    size_t len = strspn(text, characters);
    return text[len] == '\0' && len >= min_len && len <= max_len;
}

static bool is_duration(const char *text)
{
    long number = consists_of(text, ASCII_DIGITS, 1, 5) ? strtol(text, NULL, 10) : 0;
    return number >= STS_DURATION_MIN_S && number <= STS_DURATION_MAX_S;
}

static bool is_arn(const char *text)
{
    return arn_has_prefix(text) && consists_of(text, ASCII_ALNUM ":/_+=,.@-", 20, 2048);
}

static bool is_session(const char *text)
{
    struct arn arn;
    return arn_parse(text, &arn) && span_starts_with(arn.resource, "assumed-role/");
}

/* Other services with STS's protocol have their own ARNs: only those of IAM are checked. */
static bool is_other_than_role(const char *text)
{
    struct arn arn;
    return is_session(text)
            || (arn_parse(text, &arn) && span_is(arn.service, "iam") && arn.region.len == 0
                    && !span_starts_with(arn.resource, "role/"));
}

bool sts_find_role(const struct profile_section *profile, struct sts_role *ret_role)
{
    (void)setting_from_key(profile, "role_session_name", &ret_role->session_name);
    (void)setting_from_key(profile, "duration_seconds", &ret_role->duration_s);
    return setting_from_key(profile, "role_arn", &ret_role->arn);
}

bool sts_is_role_arn(const char *text)
{
    return is_arn(text) && !is_other_than_role(text);
}

static bool check_arn(const struct setting *arn, struct err *reterr)
{
    static const char SHAPE[] = "arn:aws:iam::123456789012:role/NAME";
    if (!is_arn(arn->value)) {
        return err_set(reterr, ERR_INPUT, arn->where, "the role is not an ARN such as %s", SHAPE);
    }
    if (is_other_than_role(arn->value)) {
        (void)err_set(
                reterr, ERR_INPUT, arn->where, "the ARN is not that of a role, such as %s", SHAPE);
        if (is_session(arn->value)) {
            err_set_hint(reterr, "it is the ARN of a role session (assumed-role)");
        }
        return false;
    }
    return true;
}

bool sts_check_role(const struct sts_role *role, struct err *reterr)
{
    if (!check_arn(&role->arn, reterr)) {
        return false;
    }
    if (role->session_name.value != NULL
            && !consists_of(
                    role->session_name.value, ASCII_ALNUM "_+=,.@-", 2, SESSION_NAME_MAX_BYTES)) {
        return err_set(reterr, ERR_INPUT, role->session_name.where,
                "a role session name is 2 to 64 letters, digits and _+=,.@-");
    }
    if (role->external_id.value != NULL
            && !consists_of(role->external_id.value, ASCII_ALNUM "_+=,.@:/-", 2, 1224)) {
        return err_set(reterr, ERR_INPUT, role->external_id.where,
                "an external id is 2 to 1224 letters, digits and _+=,.@:/-");
    }
    if (role->duration_s.value != NULL && !is_duration(role->duration_s.value)) {
        return err_set(reterr, ERR_INPUT, role->duration_s.where,
                "the duration of a session is a number of seconds from %d to %d",
                STS_DURATION_MIN_S, STS_DURATION_MAX_S);
    }
    return true;
}

/* --- the call --- */

struct sts_call {
    struct call call;
    struct client client;
    struct client_attempt attempt;
    const char *program;
    const char *action;
    const struct sts_role *role;
    const struct sts_caller *caller;
    struct secret form;
    struct credentials *ret_credentials;
};

static void append_field(struct secret *form, const char *name, const char *bytes, size_t len)
{
    secret_append_char(form, '&');
    secret_append_string(form, name);
    secret_append_char(form, '=');
    for (size_t i = 0; i < len; i++) {
        char encoded[sizeof("%FF")];
        if (ascii_is_alnum(bytes[i]) || (bytes[i] != '\0' && strchr("-_.~", bytes[i]) != NULL)) {
            secret_append_char(form, bytes[i]);
        } else {
            (void)snprintf(encoded, sizeof(encoded), "%%%02X", (unsigned char)bytes[i]);
            secret_append_string(form, encoded);
        }
    }
}

static void append_text_field(struct secret *form, const char *name, const char *value)
{
    if (value != NULL) {
        append_field(form, name, value, strlen(value));
    }
}

static bool make_form(struct sts_call *sts, struct err *reterr)
{
    char session_name[SESSION_NAME_MAX_BYTES];
    const struct sts_role *role = sts->role;
    const struct secret *token = sts->caller->token;
    (void)snprintf(session_name, sizeof(session_name), "%s-%" PRId64, sts->program,
            clock_realtime_s(sts->client.clock));
    sts->form = SECRET_INIT(REQUEST_MAX_BYTES);
    secret_append_string(&sts->form, "Action=");
    secret_append_string(&sts->form, sts->action);
    append_text_field(&sts->form, "Version", "2011-06-15");
    append_text_field(&sts->form, "RoleArn", role->arn.value);
    append_text_field(&sts->form, "RoleSessionName",
            role->session_name.value != NULL ? role->session_name.value : session_name);
    append_text_field(&sts->form, "DurationSeconds", role->duration_s.value);
    append_text_field(&sts->form, "ExternalId", role->external_id.value);
    if (token != NULL) {
        append_field(&sts->form, "WebIdentityToken", secret_expose(token), secret_len(token));
    }
    return secret_check(
            &sts->form, token == NULL ? role->arn.where : "the web identity token", reterr);
}

static bool prepare(struct call *call, struct http_request *ret_request, struct err *reterr)
{
    struct sts_call *sts = (struct sts_call *)call;
    http_request_init(ret_request, HTTP_POST, REQUEST_MAX_BYTES);
    ret_request->reply_max_bytes = REPLY_MAX_BYTES;
    secret_append_secret(&ret_request->body, &sts->form);
    client_address(&sts->client, ret_request);
    return client_sign(&sts->client, &sts->attempt, /* target= */ NULL, ret_request, reterr);
}

/* Some front ends of STS answer in JSON, with the time as a number. */
static bool read_json(const struct sts_call *sts, const struct secret *body, struct err *reterr)
{
    static const struct document_members members = {
        .access_key_id = "AccessKeyId",
        .secret_access_key = "SecretAccessKey",
        .session_token = "SessionToken",
    };
    CLEANUP(json_document_clear) struct json_document document = { 0 };
    struct json_value value;
    char response[FIELD_MAX_BYTES];
    char result[FIELD_MAX_BYTES];
    double expiration = 0;
    (void)snprintf(response, sizeof(response), "%sResponse", sts->action);
    (void)snprintf(result, sizeof(result), "%sResult", sts->action);
    if (!json_parse(body, JSON_TOKENS_REPLY, sts->call.subject, &document, reterr)) {
        return false;
    }
    if (!json_find(json_root(&document), response, &value) || !json_find(value, result, &value)
            || !json_find(value, "Credentials", &value)) {
        return err_set(reterr, ERR_PROTOCOL, sts->call.subject, "STS's answer has no Credentials");
    }
    if (!document_read(value, &members, sts->call.subject, sts->ret_credentials, reterr)) {
        return false;
    }
    if (json_find(value, "Expiration", &value) && json_number(value, &expiration) && expiration > 0
            && expiration < 1e12) {
        sts->ret_credentials->expires_s = (int64_t)expiration;
    }
    return true;
}

static bool find_field(const struct sts_call *sts,
        const struct secret *body,
        const char *name,
        struct secret *ret_text)
{
    char path[160];
    (void)snprintf(path, sizeof(path), "%sResponse/%sResult/Credentials/%s", sts->action,
            sts->action, name);
    return xml_find(body, path, ret_text) && !secret_is_empty(ret_text);
}

static bool read_xml(const struct sts_call *sts, const struct secret *body, struct err *reterr)
{
    struct credentials *credentials = sts->ret_credentials;
    CLEANUP(secret_clear) struct secret expiration = SECRET_INIT(FIELD_MAX_BYTES);
    if (!find_field(sts, body, "AccessKeyId", &credentials->access_key_id)
            || !find_field(sts, body, "SecretAccessKey", &credentials->secret_access_key)
            || !find_field(sts, body, "SessionToken", &credentials->session_token)
            || !find_field(sts, body, "Expiration", &expiration)
            || !timestamp_parse_iso8601(secret_expose(&expiration), &credentials->expires_s)) {
        return err_set(reterr, ERR_PROTOCOL, sts->call.subject,
                "STS's answer is not the XML of %s, or not complete", sts->action);
    }
    return true;
}

/* AWS's message says which policy denies it; "no identity-based policy" means the caller's. */
static void hint_at_policy(const struct sts_call *sts, struct err *err)
{
    const char *arn = sts->role->arn.value;
    CLEANUP(text_clear) struct text action = TEXT_INIT(ACTION_MAX_BYTES);
    text_append_format(&action, "sts:%s", sts->action);
    const struct policy_finding finding = policy_read(err->why);
    const struct policy_request request = {
        .action = text_string(&action),
        .resource = arn,
        .resource_owner = "the role's trust policy",
    };
    if (policy_hint(finding, &request, err)) {
        return;
    }
    if (sts->caller->credentials == NULL) {
        err_set_hint(err,
                "the trust policy of %s must allow the token's issuer, subject (sub) and audience "
                "(aud); the role is named by %s",
                arn, sts->role->arn.where);
    } else {
        err_set_hint(err,
                "the role's trust policy must allow this caller, and the caller's policy must allow "
                "sts:AssumeRole on %s; the role is named by %s, the caller's credentials came from: "
                "%s",
                arn, sts->role->arn.where, sts->caller->credentials->origin);
    }
}

static void add_hint(const struct sts_call *sts, struct err *err)
{
    if (strcmp(err->code, "AccessDenied") == 0 || strcmp(err->code, "AccessDeniedException") == 0) {
        hint_at_policy(sts, err);
    } else if (strcmp(err->code, "InvalidIdentityToken") == 0) {
        err_set_hint(err,
                "the role's account must have an OIDC provider for the token's issuer, and the "
                "token's audience must be one of its client ids (sts.amazonaws.com on EKS); the "
                "token is from %s",
                sts->caller->token_path);
    } else if (strcmp(err->code, "RegionDisabledException") == 0) {
        err_set_hint(err, "STS is not enabled in %s for this account", sts->client.region);
    } else if (sts->caller->credentials == NULL
            && (strcmp(err->code, "ExpiredTokenException") == 0
                    || strcmp(err->code, "ExpiredToken") == 0)) {
        err_set_hint(err,
                "the web identity token has expired: is its file, %s, still being renewed?",
                sts->caller->token_path);
    } else if (strcmp(err->code, "ValidationError") == 0
            && strstr(err->why, "DurationSeconds") != NULL && sts->role->duration_s.value != NULL) {
        err_set_hint(err, "the duration is from %s", sts->role->duration_s.where);
    }
}

static enum call_verdict judge(struct call *call,
        struct http_reply *reply,
        enum retry_cause *ret_cause,
        struct err *reterr)
{
    struct sts_call *sts = (struct sts_call *)call;
    if (reply->status != 200) {
        enum call_verdict verdict = client_judge_refusal(
                &sts->client, &sts->attempt, call->subject, reply, ret_cause, reterr);
        if (verdict == CALL_FAILED) {
            add_hint(sts, reterr);
        }
        return verdict;
    }
    const char *start = secret_expose(&reply->body);
    start += strspn(start, " \t\r\n");
    bool is_read = *start == '{' ? read_json(sts, &reply->body, reterr)
                                 : read_xml(sts, &reply->body, reterr);
    if (!is_read) {
        client_add_reply_details(&sts->client, &sts->attempt, reply, reterr);
    }
    return is_read ? CALL_DONE : CALL_FAILED;
}

static void clear_call(struct sts_call *sts)
{
    client_attempt_clear(&sts->attempt);
    secret_clear(&sts->form);
}

bool sts_assume_role(struct provider_context *context,
        const struct sts_role *role,
        const struct sts_caller *caller,
        struct credentials *ret_credentials,
        struct err *reterr)
{
    static const struct call_type type = { .prepare = prepare, .judge = judge };
    CLEANUP(uri_clear) struct uri endpoint = { 0 };
    if (!sts_check_role(role, reterr) || !provider_need_region(context, reterr)
            || !endpoint_find(context->settings, ENDPOINT_STS, context->settings->region, &endpoint,
                    reterr)) {
        return false;
    }
    const char *action = caller->token == NULL ? "AssumeRole" : "AssumeRoleWithWebIdentity";
    CLEANUP(clear_call)
    struct sts_call sts = {
        .call = {
            .type = &type,
            .subject = role->arn.value,
            .host = endpoint.authority,
            .operation = action,
            .unresolved_hint = endpoint_unresolved_hint(endpoint.host),
        },
        .client = {
            .protocol = CLIENT_QUERY,
            .service = "sts",
            .region = context->settings->region,
            .endpoint = &endpoint,
            .credentials = caller->credentials,
            .token_in_body = caller->token,
            .clock = context->clock,
            .events = context->calls->events,
            .skew_s = context->skew_s,
        },
        .program = context->settings->options.program,
        .action = action,
        .role = role,
        .caller = caller,
        .ret_credentials = ret_credentials,
    };
    if (!make_form(&sts, reterr)) {
        return false;
    }
    bool is_done = calls_run_one(context->calls, &sts.call, reterr);
    context->skew_s = sts.client.skew_s;
    credentials_set_origin(ret_credentials, "role %s", role->arn.value);
    credentials_set_renewal(ret_credentials,
            "STS gives new ones for the role named by %s at each run", role->arn.where);
    return is_done;
}
