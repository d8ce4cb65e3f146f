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

#include "aws/uri.h"

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

static void splits_a_url_into_its_parts(void **state)
{
    (void)state;

    static const struct {
        const char *url;
        bool is_https;
        const char *host;
        const char *authority;
        const char *path;
        bool is_loopback;
    } ROWS[] = {
        { "https://a.example", true, "a.example", "a.example", "/", false },
        { "https://a.example/", true, "a.example", "a.example", "/", false },
        { "https://a.example/b/c%20d", true, "a.example", "a.example", "/b/c%20d", false },
        { "https://A.EXAMPLE/B", true, "a.example", "a.example", "/B", false },
        { "https://a:443", true, "a", "a", "/", false },
        { "https://a:80", true, "a", "a:80", "/", false },
        { "http://a:80", false, "a", "a", "/", false },
        { "http://a:443/x", false, "a", "a:443", "/x", false },
        { "https://a:65535", true, "a", "a:65535", "/", false },
        { "https://a:00443", true, "a", "a", "/", false },
        { "https://a-b_c.d:1", true, "a-b_c.d", "a-b_c.d:1", "/", false },
        { "http://localhost:4566", false, "localhost", "localhost:4566", "/", true },
        { "http://LOCALHOST", false, "localhost", "localhost", "/", true },
        { "http://127.0.0.1:8000", false, "127.0.0.1", "127.0.0.1:8000", "/", true },
        { "http://127.255.255.254", false, "127.255.255.254", "127.255.255.254", "/", true },
        { "http://[::1]:8000/a", false, "[::1]", "[::1]:8000", "/a", true },
        { "http://[FD00:EC2::23]", false, "[fd00:ec2::23]", "[fd00:ec2::23]", "/", false },
        { "http://128.0.0.1", false, "128.0.0.1", "128.0.0.1", "/", false },
        { "http://126.0.0.1", false, "126.0.0.1", "126.0.0.1", "/", false },
        { "http://127.0.0.1.evil", false, "127.0.0.1.evil", "127.0.0.1.evil", "/", false },
        { "http://127.evil.0.1", false, "127.evil.0.1", "127.evil.0.1", "/", false },
        { "http://127.0.0", false, "127.0.0", "127.0.0", "/", false },
        { "http://127.0.0.1.", false, "127.0.0.1.", "127.0.0.1.", "/", false },
        { "http://127.0.0.256", false, "127.0.0.256", "127.0.0.256", "/", false },
        { "http://127...", false, "127...", "127...", "/", false },
        { "http://1270.0.1.1", false, "1270.0.1.1", "1270.0.1.1", "/", false },
        { "http://localhost.evil", false, "localhost.evil", "localhost.evil", "/", false },
        { "http://notlocalhost", false, "notlocalhost", "notlocalhost", "/", false },
        { "http://[::2]", false, "[::2]", "[::2]", "/", false },
    };

    for (size_t i = 0; i < COUNT_OF(ROWS); i++) {
        CLEANUP(uri_clear) struct uri uri = { 0 };
        struct err err;
        if (!uri_parse(ROWS[i].url, "here", &uri, &err)) {
            fail_msg("%s: %s", ROWS[i].url, err.why);
        }
        if (uri.is_https != ROWS[i].is_https || uri.is_loopback != ROWS[i].is_loopback
                || strcmp(uri.host, ROWS[i].host) != 0
                || strcmp(uri.authority, ROWS[i].authority) != 0
                || strcmp(uri.path, ROWS[i].path) != 0) {
            fail_msg("%s: host %s, authority %s, path %s, loopback %d", ROWS[i].url, uri.host,
                    uri.authority, uri.path, (int)uri.is_loopback);
        }
    }
}

static void refuses_other_urls_without_quoting_them(void **state)
{
    (void)state;
    static const char *const URLS[] = {
        "",
        "hush.example",
        "//hush.example",
        "ftp://hush.example",
        "HTTPS://hush.example",
        "https:/hush.example",
        "https:hush.example",
        "https://",
        "https:///hush",
        "https://:443",
        "https://user@hush.example",
        "https://user:hush@a.example",
        "https://a.example?hush",
        "https://a.example/?hush=1",
        "https://a.example/#hush",
        "https://a.example#hush",
        "https://hush.example:",
        "https://hush.example:0",
        "https://hush.example:65536",
        "https://hush.example:99999999999999999999",
        "https://hush.example:1a",
        "https://hush.example:-1",
        "https://hush.example: 1",
        "https://hush example",
        "https:// hush.example",
        "https://hush.example ",
        "https://hush.example\n",
        "https://hush.example/a b",
        "https://hush.example/a\r\nX: y",
        "https://hush.example/a\"b",
        "https://hush.example/\xC3\xA9",
        "https://hush\xC3\xA9.example",
        "https://hush.example\\@evil",
        "https://.hush.example",
        "https://-hush.example",
        "https://[::1",
        "https://[]",
        "https://[hush::1]",
        "https://[::1]hush",
        "https://[::1%25hush]",
        "https://hush%2eexample",
    };
    for (size_t i = 0; i < COUNT_OF(URLS); i++) {
        CLEANUP(uri_clear) struct uri uri = { 0 };
        struct err err = { 0 };
        if (uri_parse(URLS[i], "here", &uri, &err)) {
            fail_msg("accepted: %s", URLS[i]);
        }
        if (err.kind != ERR_INPUT || strcmp(err.where, "here") != 0 || uri.host != NULL
                || strstr(err.why, "hush") != NULL) {
            fail_msg("%s: %s", URLS[i], err.why);
        }
    }
}

static void a_url_past_the_limit_is_refused(void **state)
{
    (void)state;
    CLEANUP(text_clear) struct text url = TEXT_INIT(8192);
    struct uri uri = { 0 };
    struct err err;
    text_append_string(&url, "https://a/");
    while (url.len <= 2048) {
        text_append_char(&url, 'x');
    }
    assert_false(uri_parse(text_string(&url), "here", &uri, &err));
    url.bytes[2048] = '\0';
    assert_true(uri_parse(text_string(&url), "here", &uri, &err));
    uri_clear(&uri);
    uri_clear(&uri);
    assert_null(uri.host);
}

static void encodes_all_but_the_unreserved(void **state)
{
    (void)state;
    static const char UNRESERVED[] =
            "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.~";
    for (int byte = 0; byte < 256; byte++) {
        CLEANUP(text_clear) struct text out = TEXT_INIT(16);
        char c = (char)byte;
        char want[8];
        uri_encode(&out, &c, 1);
        if (byte != 0 && byte < 128 && strchr(UNRESERVED, byte) != NULL) {
            (void)snprintf(want, sizeof(want), "%c", c);
        } else {
            (void)snprintf(want, sizeof(want), "%%%02X", (unsigned int)byte);
        }
        assert_string_equal(text_string(&out), want);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(splits_a_url_into_its_parts),
        cmocka_unit_test(refuses_other_urls_without_quoting_them),
        cmocka_unit_test(a_url_past_the_limit_is_refused),
        cmocka_unit_test(encodes_all_but_the_unreserved),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
