/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "aws/service/client.h"
#include "fakes/fake_world.h"

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

#define KEY_ID     "AKIDEXAMPLEEXAMPLE01"
#define SECRET_KEY "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"
#define TOKEN      "AQoDYXdzEPT//////////wEXAMPLEtoken=="

struct fixture {
    struct fake_world *world; /* its clock and listener */
    struct uri endpoint;
    struct credentials credentials;
    struct client client;
    struct client_attempt attempt;
    struct http_reply reply;
    struct err err;
    enum retry_cause cause;
};

static int set_up(void **state)
{
    struct fixture *fixture = calloc(1, sizeof(*fixture));
    assert_non_null(fixture);
    fixture->world = fake_world_new();
    assert_true(uri_parse(
            "https://ssm.us-east-1.amazonaws.com", NULL, &fixture->endpoint, &fixture->err));
    fixture->credentials = CREDENTIALS_INIT;
    secret_append_string(&fixture->credentials.access_key_id, KEY_ID);
    secret_append_string(&fixture->credentials.secret_access_key, SECRET_KEY);
    (void)snprintf(fixture->credentials.origin, sizeof(fixture->credentials.origin), "environment");
    (void)snprintf(
            fixture->credentials.renewal, sizeof(fixture->credentials.renewal), "get others");
    fixture->client = (struct client){
        .service = "ssm",
        .region = "us-east-1",
        .endpoint = &fixture->endpoint,
        .credentials = &fixture->credentials,
        .clock = &fixture->world->clock,
        .events = &fixture->world->events,
    };
    fixture->reply = (struct http_reply){ .headers = TEXT_INIT(4096), .body = SECRET_INIT(65536) };
    *state = fixture;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *fixture = *state;
    http_reply_clear(&fixture->reply);
    credentials_clear(&fixture->credentials);
    uri_clear(&fixture->endpoint);
    fake_world_free(fixture->world);
    free(fixture);
    return 0;
}

static void sign(struct fixture *fixture, struct http_request *ret_request)
{
    http_request_init(ret_request, HTTP_POST, 1024);
    secret_append_string(&ret_request->body,
            "{\"Path\":\"/prod/api\",\"Recursive\":true,\"WithDecryption\":true,\"MaxResults\":10}");
    client_address(&fixture->client, ret_request);
    assert_true(client_sign(&fixture->client, &fixture->attempt, "AmazonSSM.GetParametersByPath",
            ret_request, &fixture->err));
    assert_true(http_request_check(ret_request, &fixture->err));
}

static const char *find_header(const struct http_request *request, const char *name)
{
    for (size_t i = 0; i < request->header_count; i++) {
        const char *line = secret_expose(&request->headers[i]);
        if (strncmp(line, name, strlen(name)) == 0 && line[strlen(name)] == ':') {
            return line + strlen(name) + 2;
        }
    }
    return NULL;
}

static void put_reply(struct fixture *fixture,
        int status,
        bool tls_verified,
        const char *headers,
        const char *body)
{
    http_reply_clear(&fixture->reply);
    fixture->reply.status = status;
    fixture->reply.tls_verified = tls_verified;
    text_append_string(&fixture->reply.headers, headers);
    secret_append_string(&fixture->reply.body, body);
    fixture->err = (struct err){ 0 };
    fixture->cause = RETRY_NEVER;
}

static enum call_verdict judge(struct fixture *fixture)
{
    return client_judge_refusal(&fixture->client, &fixture->attempt, "/prod/api", &fixture->reply,
            &fixture->cause, &fixture->err);
}

static void assert_contains(const char *text, const char *part)
{
    if (strstr(text, part) == NULL) {
        fail_msg("\"%s\" lacks \"%s\"", text, part);
    }
}

static void signs_and_sends_the_same_headers(void **state)
{
    struct fixture *fixture = *state;
    CLEANUP(http_request_clear) struct http_request request;
    http_request_init(&request, HTTP_POST, 0);
    sign(fixture, &request);
    assert_string_equal(text_string(&request.url), "https://ssm.us-east-1.amazonaws.com/");
    assert_string_equal(find_header(&request, "content-type"), "application/x-amz-json-1.1");
    assert_string_equal(find_header(&request, "host"), "ssm.us-east-1.amazonaws.com");
    assert_string_equal(find_header(&request, "x-amz-date"), "20150830T123600Z");
    assert_string_equal(find_header(&request, "x-amz-target"), "AmazonSSM.GetParametersByPath");
    assert_string_equal(find_header(&request, "accept-encoding"), "identity");
    assert_null(find_header(&request, "x-amz-security-token"));
    /* The worked example of test_sigv4. */
    assert_string_equal(fixture->attempt.signature,
            "6c9b79e6cfccf43c7283301d4ce0c588f68d1ad3a6341dd9a89764bf6ef5a33d");
    assert_string_equal(find_header(&request, "authorization"),
            "AWS4-HMAC-SHA256 Credential=" KEY_ID "/20150830/us-east-1/ssm/aws4_request, "
            "SignedHeaders=content-type;host;x-amz-date;x-amz-target, Signature="
            "6c9b79e6cfccf43c7283301d4ce0c588f68d1ad3a6341dd9a89764bf6ef5a33d");
    assert_false(request.never_proxied);
}

static void a_session_token_is_sent_and_signed(void **state)
{
    struct fixture *fixture = *state;
    CLEANUP(http_request_clear) struct http_request request;
    http_request_init(&request, HTTP_POST, 0);
    secret_append_string(&fixture->credentials.session_token, TOKEN);
    sign(fixture, &request);
    assert_string_equal(find_header(&request, "x-amz-security-token"), TOKEN);
    assert_string_equal(fixture->attempt.signature,
            "c62b5b9e47a36f9fd74785fa031343307b3f2303fece8bd9d2751edebcaabc08");
}

static void port_and_path_of_the_endpoint_are_used(void **state)
{
    struct fixture *fixture = *state;
    CLEANUP(http_request_clear) struct http_request request;
    http_request_init(&request, HTTP_POST, 0);
    uri_clear(&fixture->endpoint);
    assert_true(uri_parse("http://LocalHost:4566/base/", NULL, &fixture->endpoint, &fixture->err));
    sign(fixture, &request);
    assert_string_equal(text_string(&request.url), "http://localhost:4566/base/");
    assert_string_equal(find_header(&request, "host"), "localhost:4566");
    assert_true(request.never_proxied);
}

static void refusals_have_verdicts(void **state)
{
    struct fixture *fixture = *state;

    static const struct {
        const char *name;
        int status;
        const char *headers;
        const char *body;
        enum call_verdict want;
        enum retry_cause want_cause;
        enum err_kind want_kind;
        const char *want_code;
        const char *want_why;
        const char *hint_part;
    } ROWS[] = {
        { "access denied", 400, "x-amzn-RequestId: 1d-1\r\n",
                "{\"__type\":\"AccessDeniedException\",\"Message\":\"no\"}", CALL_FAILED,
                RETRY_NEVER, ERR_SERVICE, "AccessDeniedException", "no", "" },
        { "throttled", 400, "",
                "{\"__type\":\"ThrottlingException\",\"message\":\"Rate exceeded\"}", CALL_RETRIES,
                RETRY_THROTTLED, ERR_SERVICE, "ThrottlingException", "Rate exceeded", "" },
        { "server error", 500, "", "{\"__type\":\"InternalServerError\"}", CALL_RETRIES,
                RETRY_TRANSIENT, ERR_SERVICE, "InternalServerError", "", "" },
        { "expired", 400, "", "{\"__type\":\"ExpiredTokenException\",\"message\":\"m\"}",
                CALL_FAILED, RETRY_NEVER, ERR_SERVICE, "ExpiredTokenException", "m",
                "have expired: get others (credentials from: environment)" },
        { "unknown key", 400, "", "{\"__type\":\"UnrecognizedClientException\",\"message\":\"m\"}",
                CALL_FAILED, RETRY_NEVER, ERR_SERVICE, "UnrecognizedClientException", "m",
                "belong to it: get others (credentials from: environment)" },
        { "wrong secret", 400, "", "{\"__type\":\"InvalidSignatureException\",\"message\":\"m\"}",
                CALL_FAILED, RETRY_NEVER, ERR_SERVICE, "InvalidSignatureException", "m",
                "the access key id: get others (credentials from: environment)" },
        { "wrong region", 400, "",
                "{\"__type\":\"InvalidSignatureException\",\"message\":\"Credential should be scoped "
                "to a valid region.\"}",
                CALL_FAILED, RETRY_NEVER, ERR_SERVICE, "InvalidSignatureException",
                "Credential should be scoped to a valid region.",
                "belongs to a region other than" },
        { "a proxy's page", 403, "", "<html>Blocked</html>\n", CALL_FAILED, RETRY_NEVER,
                ERR_PROTOCOL, "",
                "ssm.us-east-1.amazonaws.com: HTTP status 403, not a reply from AWS: "
                "\"<html>Blocked</html>\"",
                "is ssm.us-east-1.amazonaws.com the right endpoint" },
        { "a balancer's page", 503, "", "", CALL_RETRIES, RETRY_TRANSIENT, ERR_PROTOCOL, "",
                "ssm.us-east-1.amazonaws.com: HTTP status 503", "" },
        { "a redirect", 301, "Location: https://evil/\r\n", "", CALL_FAILED, RETRY_NEVER,
                ERR_PROTOCOL, "", "ssm.us-east-1.amazonaws.com: HTTP status 301",
                "redirects are not followed" },
        { "too many", 429, "", "", CALL_RETRIES, RETRY_THROTTLED, ERR_PROTOCOL, "",
                "ssm.us-east-1.amazonaws.com: HTTP status 429", "" },
    };

    for (size_t i = 0; i < COUNT_OF(ROWS); i++) {
        put_reply(fixture, ROWS[i].status, true, ROWS[i].headers, ROWS[i].body);
        if (judge(fixture) != ROWS[i].want || fixture->cause != ROWS[i].want_cause
                || fixture->err.kind != ROWS[i].want_kind
                || strcmp(fixture->err.code, ROWS[i].want_code) != 0
                || strcmp(fixture->err.where, "/prod/api") != 0
                || strcmp(fixture->err.why, ROWS[i].want_why) != 0
                || strstr(fixture->err.hint, ROWS[i].hint_part) == NULL) {
            fail_msg("%s: cause %d, kind %d, code %s, why %s, hint %s", ROWS[i].name,
                    (int)fixture->cause, (int)fixture->err.kind, fixture->err.code,
                    fixture->err.why, fixture->err.hint);
        }
    }
}

static void the_request_id_is_kept(void **state)
{
    struct fixture *fixture = *state;
    put_reply(fixture, 400, true, "X-Amzn-Requestid: 1d-1\r\n", "{\"__type\":\"X\"}");
    (void)judge(fixture);
    assert_string_equal(fixture->err.request_id, "1d-1");
    assert_string_equal(fixture->err.replier, ""); /* AWS's own hosts need not be named */
    put_reply(fixture, 502, true, "X-Amzn-Requestid: 1d-2\r\n", "");
    (void)judge(fixture);
    assert_string_equal(fixture->err.request_id, "1d-2");
}

/* The clock. */

static const char LATE[] = "Date: Sun, 30 Aug 2015 13:36:00 GMT\r\n";
static const char EXPIRED[] = "{\"__type\":\"InvalidSignatureException\",\"message\":\"expired\"}";

static void the_clock_is_corrected_once(void **state)
{
    struct fixture *fixture = *state;
    CLEANUP(http_request_clear) struct http_request request;
    put_reply(fixture, 400, true, LATE, EXPIRED);
    assert_int_equal(judge(fixture), CALL_REPEATS);
    assert_int_equal(fixture->client.skew_s, 3600);
    assert_string_equal(text_string(&fixture->world->heard),
            "warning ssm.us-east-1.amazonaws.com: this machine's clock is off by -3600 s compared "
            "with AWS's; corrected for this run\n");
    http_request_init(&request, HTTP_POST, 0);
    sign(fixture, &request);
    assert_string_equal(find_header(&request, "x-amz-date"), "20150830T133600Z");
    assert_contains(find_header(&request, "authorization"), "/20150830/");

    put_reply(fixture, 400, true, "Date: Sun, 30 Aug 2015 15:36:00 GMT\r\n", EXPIRED);
    assert_int_equal(judge(fixture), CALL_FAILED);
    assert_int_equal(fixture->client.skew_s, 3600);
}

static void another_call_takes_over_the_correction(void **state)
{
    struct fixture *fixture = *state;
    struct client_attempt other = { 0 };
    put_reply(fixture, 400, true, LATE, EXPIRED);
    assert_int_equal(judge(fixture), CALL_REPEATS);
    fake_world_forget(fixture->world);
    assert_int_equal(client_judge_refusal(&fixture->client, &other, "/other", &fixture->reply,
                             &fixture->cause, &fixture->err),
            CALL_REPEATS);
    assert_string_equal(text_string(&fixture->world->heard), "");
}

static void the_clock_is_left_alone_where_it_is_not_to_blame(void **state)
{
    struct fixture *fixture = *state;

    static const struct {
        const char *name;
        bool tls_verified;
        const char *headers;
        const char *body;
    } ROWS[] = {
        { "not over verified TLS", false, LATE, EXPIRED },
        { "another code", true, LATE, "{\"__type\":\"ValidationException\"}" },
        { "no code", true, LATE, "<html>" },
        { "no Date", true, "", EXPIRED },
        { "no valid Date", true, "Date: yesterday\r\n", EXPIRED },
        { "within the tolerance", true, "Date: Sun, 30 Aug 2015 12:40:00 GMT\r\n", EXPIRED },
        { "within the tolerance, behind", true, "Date: Sun, 30 Aug 2015 12:32:00 GMT\r\n",
                EXPIRED },
    };

    for (size_t i = 0; i < COUNT_OF(ROWS); i++) {
        put_reply(fixture, 400, ROWS[i].tls_verified, ROWS[i].headers, ROWS[i].body);
        if (judge(fixture) != CALL_FAILED || fixture->client.skew_s != 0
                || fixture->world->heard.len != 0) {
            fail_msg("%s: skew %lld", ROWS[i].name, (long long)fixture->client.skew_s);
        }
    }
}

static void just_past_the_tolerance_is_corrected_in_both_directions(void **state)
{
    struct fixture *fixture = *state;

    static const struct {
        const char *headers;
        int64_t want_s;
    } ROWS[] = {
        { "Date: Sun, 30 Aug 2015 12:40:01 GMT\r\n", 241 },
        { "Date: Sun, 30 Aug 2015 12:31:59 GMT\r\n", -241 },
    };

    for (size_t i = 0; i < COUNT_OF(ROWS); i++) {
        fixture->attempt = (struct client_attempt){ 0 };
        fixture->client.skew_s = 0;
        put_reply(fixture, 400, true, ROWS[i].headers, EXPIRED);
        assert_int_equal(judge(fixture), CALL_REPEATS);
        assert_int_equal(fixture->client.skew_s, ROWS[i].want_s);
    }
}

static void an_uncorrected_clock_is_hinted_at(void **state)
{
    struct fixture *fixture = *state;
    put_reply(fixture, 400, false, LATE, EXPIRED);
    assert_int_equal(judge(fixture), CALL_FAILED);
    assert_contains(fixture->err.hint, "clock is 3600 s behind AWS's");
    put_reply(fixture, 400, false, "Date: Sun, 30 Aug 2015 11:36:00 GMT\r\n", EXPIRED);
    assert_int_equal(judge(fixture), CALL_FAILED);
    assert_contains(fixture->err.hint, "clock is 3600 s ahead of AWS's");
}

/* What AWS, or whoever answers, echoes. */

static void messages_never_hold_what_is_secret(void **state)
{
    struct fixture *fixture = *state;
    CLEANUP(http_request_clear) struct http_request request;
    http_request_init(&request, HTTP_POST, 0);
    secret_append_string(&fixture->credentials.session_token, TOKEN);
    sign(fixture, &request);

    const struct {
        const char *name;
        int status;
        const char *format; /* with one %s for what is echoed */
        const char *echoed;
    } ROWS[] = {
        { "token", 400, "{\"__type\":\"X\",\"message\":\"bad token %s here\"}", TOKEN },
        { "signature", 400, "{\"__type\":\"X\",\"message\":\"got %s, expected\"}",
                fixture->attempt.signature },
        { "secret key", 400, "{\"__type\":\"X\",\"message\":\"%s\"}", SECRET_KEY },
        { "key id", 400, "{\"__type\":\"X\",\"message\":\"key %s is unknown\"}", KEY_ID },
        { "canonical string", 400,
                "{\"__type\":\"InvalidSignatureException\",\"message\":\"no match\\n\\nThe Canonical "
                "String for this request should have been\\n'POST %s'\"}",
                TOKEN },
        { "on a page that is not AWS's", 403, "<p>%s</p>", TOKEN },
        { "the signature on a page that is not AWS's", 502, "%s", fixture->attempt.signature },
    };

    for (size_t i = 0; i < COUNT_OF(ROWS); i++) {
        CLEANUP(text_clear) struct text body = TEXT_INIT(4096);
        const char *mark = strstr(ROWS[i].format, "%s");
        text_append(&body, ROWS[i].format, (size_t)(mark - ROWS[i].format));
        text_append_string(&body, ROWS[i].echoed);
        text_append_string(&body, mark + 2);
        put_reply(fixture, ROWS[i].status, true, "", text_string(&body));
        (void)judge(fixture);
        for (size_t at = 0; at + 12 <= strlen(ROWS[i].echoed); at++) {
            char piece[13];
            (void)snprintf(piece, sizeof(piece), "%.12s", ROWS[i].echoed + at);
            if (strstr(fixture->err.why, piece) != NULL
                    || strstr(fixture->err.hint, piece) != NULL) {
                fail_msg("%s: told: %s", ROWS[i].name, fixture->err.why);
            }
        }
    }
}

static void the_rest_of_a_message_stays_readable(void **state)
{
    struct fixture *fixture = *state;
    secret_append_string(&fixture->credentials.session_token, TOKEN);
    put_reply(fixture, 400, true, "",
            "{\"__type\":\"X\",\"message\":\"The token " TOKEN " is bad. \\n\"}");
    (void)judge(fixture);
    assert_string_equal(fixture->err.why, "The token [removed] is bad.");
    put_reply(fixture, 400, true, "",
            "{\"__type\":\"X\",\"message\":\"No match.\\n\\nThe Canonical String is 'POST'\"}");
    (void)judge(fixture);
    assert_string_equal(fixture->err.why, "No match.");
}

static void a_long_page_is_cut(void **state)
{
    struct fixture *fixture = *state;
    CLEANUP(text_clear) struct text body = TEXT_INIT(65536);
    text_append_format(&body, "%20000s", "x");
    put_reply(fixture, 403, true, "", text_string(&body));
    (void)judge(fixture);
    assert_true(strlen(fixture->err.why) < 300);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(signs_and_sends_the_same_headers),
        TEST(a_session_token_is_sent_and_signed),
        TEST(port_and_path_of_the_endpoint_are_used),
        TEST(refusals_have_verdicts),
        TEST(the_request_id_is_kept),
        TEST(the_clock_is_corrected_once),
        TEST(another_call_takes_over_the_correction),
        TEST(the_clock_is_left_alone_where_it_is_not_to_blame),
        TEST(just_past_the_tolerance_is_corrected_in_both_directions),
        TEST(an_uncorrected_clock_is_hinted_at),
        TEST(messages_never_hold_what_is_secret),
        TEST(the_rest_of_a_message_stays_readable),
        TEST(a_long_page_is_cut),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
