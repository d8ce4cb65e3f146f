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

#include "http/http.h"

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

static void finds_the_first_header_of_a_name(void **state)
{
    (void)state;
    static const char HEADERS[] = "HTTP/1.1 200 OK\r\n"
                                  "Date: Wed, 18 Aug 2021 21:28:55 GMT\r\n"
                                  "x-amzn-RequestId:abc\r\n"
                                  "X-Twice: one\r\n"
                                  "x-twice: two\r\n"
                                  "Empty:\r\n"
                                  "Blank: \t \r\n"
                                  "Longer-Name: longer\r\n"
                                  "Padded: \t a b \t\r\n"
                                  "NoColon\r\n"
                                  "With: a: b\r\n"
                                  " Folded: x\r\n"
                                  "Last: end";

    static const struct {
        const char *name;
        const char *want; /* NULL: none */
    } ROWS[] = {
        { "Date", "Wed, 18 Aug 2021 21:28:55 GMT" },
        { "date", "Wed, 18 Aug 2021 21:28:55 GMT" },
        { "X-AMZN-REQUESTID", "abc" },
        { "X-Twice", "one" },
        { "empty", "" },
        { "blank", "" },
        { "longer", NULL },
        { "longer-name-still", NULL },
        { "padded", "a b" },
        { "NoColon", NULL },
        { "with", "a: b" },
        { "Folded", NULL },
        { "HTTP/1.1 200 OK", NULL },
        { "", NULL },
        { "last", "end" },
    };

    CLEANUP(http_reply_clear)
    struct http_reply reply = { .headers = TEXT_INIT(4096), .body = SECRET_INIT(1) };
    text_append_string(&reply.headers, HEADERS);
    for (size_t i = 0; i < COUNT_OF(ROWS); i++) {
        char value[64] = "untouched";
        bool is_found = http_reply_header(&reply, ROWS[i].name, value, sizeof(value));
        if (is_found != (ROWS[i].want != NULL)
                || strcmp(value, ROWS[i].want == NULL ? "" : ROWS[i].want) != 0) {
            fail_msg("\"%s\": \"%s\"", ROWS[i].name, value);
        }
    }
}

static void a_header_value_is_cut_to_its_place(void **state)
{
    (void)state;
    CLEANUP(http_reply_clear)
    struct http_reply reply = { .headers = TEXT_INIT(4096), .body = SECRET_INIT(1) };
    char value[4];
    text_append_string(&reply.headers, "a: 12345\r\nb: 123\r\n");
    assert_true(http_reply_header(&reply, "a", value, sizeof(value)));
    assert_string_equal(value, "123");
    assert_true(http_reply_header(&reply, "b", value, sizeof(value)));
    assert_string_equal(value, "123");
    assert_true(http_reply_header(&reply, "a", value, 1));
    assert_string_equal(value, "");
}

static void a_reply_without_headers_has_none(void **state)
{
    (void)state;
    const struct http_reply reply = { 0 };
    char value[4] = "x";
    assert_false(http_reply_header(&reply, "a", value, sizeof(value)));
    assert_string_equal(value, "");
}

static void a_request_carries_its_headers_in_order(void **state)
{
    (void)state;
    CLEANUP(http_request_clear) struct http_request request;
    CLEANUP(secret_clear) struct secret value = SECRET_INIT(16);
    struct err err;
    http_request_init(&request, HTTP_POST, 10);
    secret_append_string(&value, "token");
    http_request_add_header(&request, "a", "b");
    http_request_add_secret_header(&request, "c", &value);
    http_request_add_header(&request, "d", "");
    assert_int_equal(request.header_count, 3);
    assert_string_equal(secret_expose(&request.headers[0]), "a: b");
    assert_string_equal(secret_expose(&request.headers[1]), "c: token");
    assert_string_equal(secret_expose(&request.headers[2]), "d: ");
    assert_true(http_request_check(&request, &err));
    http_request_clear(&request);
    assert_int_equal(request.header_count, 0);
}

static void a_header_with_a_line_break_or_nul_is_refused(void **state)
{
    (void)state;

    static const struct {
        const char *name;
        const char *value;
        size_t len;
    } ROWS[] = {
        { "CR", "a\rb", 3 },
        { "LF", "a\nb", 3 },
        { "CRLF and a header", "a\r\nX-Evil: 1", 12 },
        { "LF at the end", "a\n", 2 },
        { "LF at the start", "\na", 2 },
        { "NUL", "a\0b", 3 },
    };

    for (size_t i = 0; i < COUNT_OF(ROWS); i++) {
        CLEANUP(http_request_clear) struct http_request request;
        CLEANUP(secret_clear) struct secret value = SECRET_INIT(64);
        struct err err = { 0 };
        http_request_init(&request, HTTP_GET, 0);
        http_request_add_header(&request, "good", "1");
        secret_append(&value, ROWS[i].value, ROWS[i].len);
        http_request_add_secret_header(&request, "name", &value);
        if (http_request_check(&request, &err)) {
            fail_msg("%s: accepted", ROWS[i].name);
        }
        assert_int_equal(err.kind, ERR_INPUT);
        assert_null(strstr(err.why, "X-Evil"));
    }
}

static void what_does_not_fit_is_refused(void **state)
{
    (void)state;
    struct err err = { 0 };
    CLEANUP(secret_clear) struct secret large = SECRET_INIT(HTTP_HEADER_MAX_BYTES + 1);
    for (size_t i = 0; i <= HTTP_HEADER_MAX_BYTES; i++) {
        secret_append_char(&large, 'x');
    }
    CLEANUP(http_request_clear) struct http_request header;
    http_request_init(&header, HTTP_GET, 0);
    http_request_add_secret_header(&header, "name", &large);
    assert_false(http_request_check(&header, &err));

    CLEANUP(http_request_clear) struct http_request body;
    http_request_init(&body, HTTP_POST, 4);
    secret_append_string(&body.body, "1234");
    assert_true(http_request_check(&body, &err));
    secret_append_string(&body.body, "5");
    assert_false(http_request_check(&body, &err));

    CLEANUP(http_request_clear) struct http_request url;
    http_request_init(&url, HTTP_GET, 0);
    text_append_format(&url.url, "https://h/%5000s", "x");
    assert_false(http_request_check(&url, &err));
}

static void clearing_a_reply_may_be_repeated(void **state)
{
    (void)state;
    struct http_reply reply = {
        .status = 200, .tls_verified = true, .headers = TEXT_INIT(16), .body = SECRET_INIT(16)
    };
    text_append_string(&reply.headers, "a: b\r\n");
    secret_append_string(&reply.body, "x");
    http_reply_clear(&reply);
    http_reply_clear(&reply);
    assert_int_equal(reply.status, 0);
    assert_false(reply.tls_verified);
    assert_true(secret_is_empty(&reply.body));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds_the_first_header_of_a_name),
        cmocka_unit_test(a_header_value_is_cut_to_its_place),
        cmocka_unit_test(a_reply_without_headers_has_none),
        cmocka_unit_test(a_request_carries_its_headers_in_order),
        cmocka_unit_test(a_header_with_a_line_break_or_nul_is_refused),
        cmocka_unit_test(what_does_not_fit_is_refused),
        cmocka_unit_test(clearing_a_reply_may_be_repeated),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
