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

#include "aws/service/service_error.h"

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

static void reads_code_message_and_request_id(void **state)
{
    (void)state;

    static const struct {
        const char *name;
        const char *headers;
        const char *body;
        const char *want_code;
        const char *want_message;
        const char *want_request_id;
    } ROWS[] = {
        { "only a type", "", "{\"__type\":\"ParameterNotFound\"}", "ParameterNotFound", "", "" },
        { "a capital Message", "",
                "{\"__type\":\"AccessDeniedException\",\"Message\":\"User: arn is not\"}",
                "AccessDeniedException", "User: arn is not", "" },
        { "a namespace", "",
                "{\"__type\":\"com.amazonaws.ssm#ThrottlingException\",\"message\":\"Rate "
                "exceeded\"}",
                "ThrottlingException", "Rate exceeded", "" },
        { "a URL behind the code", "",
                "{\"code\":\"FooError:http://internal.amazon.com/coral/#x\",\"message\":\"m\"}",
                "FooError", "m", "" },
        { "namespace and URL", "", "{\"__type\":\"a#b#FooError:http://x#y\"}", "FooError", "", "" },
        { "the header wins", "x-amzn-ErrorType: FromHeader:http://x/\r\n",
                "{\"__type\":\"FromBody\",\"code\":\"FromCode\"}", "FromHeader", "", "" },
        { "type before code", "", "{\"code\":\"FromCode\",\"__type\":\"FromType\"}", "FromType", "",
                "" },
        { "message before Message", "",
                "{\"__type\":\"X\",\"Message\":\"big\",\"message\":\"small\"}", "X", "small", "" },
        { "an empty message gives way", "",
                "{\"__type\":\"X\",\"message\":\"\",\"Message\":\"big\"}", "X", "big", "" },
        { "a null message", "", "{\"__type\":\"X\",\"message\":null}", "X", "", "" },
        { "a message of another type", "", "{\"__type\":\"X\",\"message\":{\"a\":1}}", "X", "",
                "" },
        { "a code that is a number", "", "{\"code\":400}", "", "", "" },
        { "the number gives way", "", "{\"__type\":1,\"code\":\"X\"}", "X", "", "" },
        { "the request id", "x-amzn-requestid: 12-ab\r\n", "{}", "", "", "12-ab" },
        { "no JSON", "x-amzn-RequestId: 1\r\n", "<html>", "", "", "1" },
        { "no JSON, but the header", "x-amzn-ErrorType: X\r\n", "", "X", "", "" },
        { "an array", "", "[{\"__type\":\"X\"}]", "", "", "" },
        { "nested is not meant", "", "{\"Error\":{\"__type\":\"X\",\"message\":\"m\"}}", "", "",
                "" },
        { "half a character", "", "{\"__type\":\"X\",\"message\":\"abc\\ud800\"}", "X", "", "" },
        { "cut off", "", "{\"__type\":\"X\",\"message\":\"m\"", "", "", "" },
    };

    for (size_t i = 0; i < COUNT_OF(ROWS); i++) {
        CLEANUP(service_error_clear) struct service_error error = SERVICE_ERROR_INIT;
        CLEANUP(http_reply_clear)
        struct http_reply reply = { .headers = TEXT_INIT(4096), .body = SECRET_INIT(4096) };
        text_append_string(&reply.headers, ROWS[i].headers);
        secret_append_string(&reply.body, ROWS[i].body);
        service_error_read(&reply, &error);
        if (strcmp(error.code, ROWS[i].want_code) != 0
                || strcmp(secret_expose(&error.message), ROWS[i].want_message) != 0
                || strcmp(error.request_id, ROWS[i].want_request_id) != 0) {
            fail_msg("%s: code \"%s\", message \"%s\", id \"%s\"", ROWS[i].name, error.code,
                    secret_expose(&error.message), error.request_id);
        }
    }
}

static void what_is_not_a_short_word_is_neither_a_code_nor_a_request_id(void **state)
{
    (void)state;
    CLEANUP(service_error_clear) struct service_error error = SERVICE_ERROR_INIT;
    CLEANUP(http_reply_clear)
    struct http_reply reply = { .headers = TEXT_INIT(4096), .body = SECRET_INIT(4096) };
    text_append_string(&reply.headers, "x-amzn-RequestId: token/with=signs\r\n");
    secret_append_string(&reply.body, "{\"__type\":\"");
    for (size_t i = 0; i < 65; i++) {
        secret_append_char(&reply.body, 'X');
    }
    secret_append_string(&reply.body, "\"}");
    service_error_read(&reply, &error);
    assert_string_equal(error.code, "");
    assert_string_equal(error.request_id, "");
}

static void codes_and_statuses_decide_about_a_retry(void **state)
{
    (void)state;

    static const struct {
        int status;
        const char *code;
        enum retry_cause want;
    } ROWS[] = {
        { 400, "ThrottlingException", RETRY_THROTTLED },
        { 400, "Throttling", RETRY_THROTTLED },
        { 400, "ThrottledException", RETRY_THROTTLED },
        { 400, "RequestThrottled", RETRY_THROTTLED },
        { 400, "RequestThrottledException", RETRY_THROTTLED },
        { 400, "RequestLimitExceeded", RETRY_THROTTLED },
        { 400, "TooManyRequestsException", RETRY_THROTTLED },
        { 400, "ProvisionedThroughputExceededException", RETRY_THROTTLED },
        { 400, "BandwidthLimitExceeded", RETRY_THROTTLED },
        { 400, "LimitExceededException", RETRY_THROTTLED },
        { 503, "SlowDown", RETRY_THROTTLED },
        { 400, "TransactionInProgressException", RETRY_THROTTLED },
        { 400, "PriorRequestNotComplete", RETRY_THROTTLED },
        { 400, "EC2ThrottledException", RETRY_THROTTLED },
        { 429, "", RETRY_THROTTLED },
        { 400, "RequestTimeout", RETRY_TRANSIENT },
        { 408, "RequestTimeoutException", RETRY_TRANSIENT },
        { 400, "InternalServerError", RETRY_TRANSIENT },
        { 400, "InternalFailure", RETRY_TRANSIENT },
        { 400, "ServiceUnavailable", RETRY_TRANSIENT },
        { 500, "", RETRY_TRANSIENT },
        { 502, "", RETRY_TRANSIENT },
        { 503, "", RETRY_TRANSIENT },
        { 504, "Anything", RETRY_TRANSIENT },
        { 501, "", RETRY_TRANSIENT },
        { 505, "", RETRY_TRANSIENT },
        { 520, "", RETRY_TRANSIENT },
        { 408, "", RETRY_TRANSIENT },
        { 400, "", RETRY_NEVER },
        { 403, "", RETRY_NEVER },
        { 404, "", RETRY_NEVER },
        { 301, "", RETRY_NEVER },
        { 400, "AccessDeniedException", RETRY_NEVER },
        { 400, "ValidationException", RETRY_NEVER },
        { 400, "InvalidKeyId", RETRY_NEVER },
        { 400, "ExpiredTokenException", RETRY_NEVER },
        { 400, "InvalidSignatureException", RETRY_NEVER },
        { 400, "throttlingexception", RETRY_NEVER },
        { 400, "ThrottlingExceptionX", RETRY_NEVER },
    };

    for (size_t i = 0; i < COUNT_OF(ROWS); i++) {
        if (service_error_retry_cause(ROWS[i].status, ROWS[i].code) != ROWS[i].want) {
            fail_msg("%d %s", ROWS[i].status, ROWS[i].code);
        }
    }
}

static void some_codes_may_mean_the_clock(void **state)
{
    (void)state;
    static const char *const CODES[] = { "InvalidSignatureException", "SignatureDoesNotMatch",
        "AuthFailure", "RequestTimeTooSkewed", "AccessDeniedException" };
    for (size_t i = 0; i < COUNT_OF(CODES); i++) {
        assert_true(service_error_may_be_clock(CODES[i]));
    }
    assert_false(service_error_may_be_clock("ThrottlingException"));
    assert_false(service_error_may_be_clock(""));
}

#define SECRET_TEXT "0123456789abcdefghij"

static void pieces_of_a_secret_are_cut_out(void **state)
{
    (void)state;

    static const struct {
        const char *name;
        const char *text;
        const char *secret;
        const char *want;
    } ROWS[] = {
        { "not there", "nothing of it", SECRET_TEXT, "nothing of it" },
        { "whole", "<" SECRET_TEXT ">", SECRET_TEXT, "<[removed]>" },
        { "nothing else", SECRET_TEXT, SECRET_TEXT, "[removed]" },
        { "twice", SECRET_TEXT " " SECRET_TEXT, SECRET_TEXT, "[removed] [removed]" },
        { "its beginning", "<0123456789ab>", SECRET_TEXT, "<[removed]>" },
        { "its middle", "<456789abcdef>", SECRET_TEXT, "<[removed]>" },
        { "its end", "<89abcdefghij>", SECRET_TEXT, "<[removed]>" },
        { "cut by the text's end", "<0123456789abcd", SECRET_TEXT, "<[removed]" },
        { "eleven bytes are not a piece", "<0123456789a>", SECRET_TEXT, "<0123456789a>" },
        { "wrapped", "012345678901\n0123456789abc\nabcdefghij", SECRET_TEXT,
                "012345678901\n[removed]\nabcdefghij" },
        { "two pieces in a row", "0123456789ab89abcdefghij", SECRET_TEXT, "[removed][removed]" },
        { "a false start before it", "0120123456789ab", SECRET_TEXT, "012[removed]" },
        { "an empty secret", "text", "", "text" },
        { "a secret shorter than a piece", "short text", "short", "short text" },
        { "an empty text", "", SECRET_TEXT, "" },
        { "URL-encoded", "<%30%31%32%33456789%61%62>", SECRET_TEXT, "<[removed]>" },
        { "in either case", "a%2fb%2Fc%3d%3D%2B+x", "a/b/c==++x_y", "a%2fb%2Fc%3d%3D%2B+x" },
        { "in either case, long enough", "<a%2fb%2Fc%3d%3D%2B+x_y>", "a/b/c==++x_y",
                "<[removed]>" },
        { "a secret that looks encoded", "<%25a%2540123456789>", "%25a%2540123456789",
                "<[removed]>" },
        { "the same, encoded", "<%2525a%25254012345>", "%25a%254012345", "<[removed]>" },
        { "cut within an escape", "<0123456789ab%6", SECRET_TEXT, "<[removed]%6" },
        { "escaped bytes above ASCII", "\xC3%c3%A4\xC3\xA4%C3%A4\xC3\xA4\xC3\xA4%c3%a4",
                "\xC3\xA4\xC3\xA4\xC3\xA4\xC3\xA4\xC3\xA4\xC3\xA4", "\xC3[removed]" },
        { "a repeating secret", "xaaaaaaaaaaaaaaaay", "aaaaaaaaaaaaaaaa", "x[removed]y" },
    };

    for (size_t i = 0; i < COUNT_OF(ROWS); i++) {
        CLEANUP(secret_clear) struct secret text = SECRET_INIT(1024);
        CLEANUP(secret_clear) struct secret secret = SECRET_INIT(1024);
        secret_append_string(&text, ROWS[i].text);
        secret_append_string(&secret, ROWS[i].secret);
        service_error_cut_out(&text, &secret);
        if (strcmp(secret_expose(&text), ROWS[i].want) != 0) {
            fail_msg("%s: %s", ROWS[i].name, secret_expose(&text));
        }
    }
}

static void clearing_may_be_repeated(void **state)
{
    (void)state;
    struct service_error error = SERVICE_ERROR_INIT;
    secret_append_string(&error.message, "x");
    service_error_clear(&error);
    service_error_clear(&error);
    assert_true(secret_is_empty(&error.message));
    assert_string_equal(error.code, "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_code_message_and_request_id),
        cmocka_unit_test(what_is_not_a_short_word_is_neither_a_code_nor_a_request_id),
        cmocka_unit_test(codes_and_statuses_decide_about_a_retry),
        cmocka_unit_test(some_codes_may_mean_the_clock),
        cmocka_unit_test(pieces_of_a_secret_are_cut_out),
        cmocka_unit_test(clearing_may_be_repeated),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
