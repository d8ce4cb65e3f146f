/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "http/proxy.h"

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

static const char URL[] = "https://ssm.eu-west-1.amazonaws.com/";

enum {
    ENTRIES_MAX = 4,
    ENTRY_BYTES = 128
};

static bool find(
        const char *url, const char *const variables[], struct proxy *ret_proxy, struct err *reterr)
{
    char copies[ENTRIES_MAX][ENTRY_BYTES];
    char *entries[ENTRIES_MAX + 1] = { NULL };
    for (size_t i = 0; i < ENTRIES_MAX && variables[i] != NULL; i++) {
        (void)snprintf(copies[i], sizeof(copies[i]), "%s", variables[i]);
        entries[i] = copies[i];
    }
    const struct environment environment = { .entries = entries };
    *ret_proxy = PROXY_INIT;
    return proxy_find(&environment, url, ret_proxy, reterr);
}

static void urls_are_completed_and_encoded(void **state)
{
    static const struct {
        const char *entry;
        const char *address;
        const char *url; /* NULL: the address */
    } ROWS[] = {
        { "HTTPS_PROXY=http://p", "http://p:80", NULL },
        { "HTTPS_PROXY=https://p", "https://p:443", NULL },
        { "HTTPS_PROXY=p:3128", "http://p:3128", NULL },
        { "HTTPS_PROXY=//p:3128/", "http://p:3128", NULL },
        { "HTTPS_PROXY=HTTP://p:3128?x", "http://p:3128", NULL },
        { "HTTPS_PROXY=http://[::1]", "http://[::1]:80", NULL },
        { "HTTPS_PROXY=http://[::1]:3128", "http://[::1]:3128", NULL },
        { "HTTPS_PROXY=socks5h://p", "socks5h://p:1080", NULL },
        { "HTTPS_PROXY=u:p@ss@p:1", "http://p:1", "http://u:p%40ss@p:1" },
        { "HTTPS_PROXY=http://u@p:1", "http://p:1", "http://u:@p:1" },
        { "HTTPS_PROXY=http://@p:1", "http://p:1", NULL },
        { "HTTPS_PROXY=http://u:%41%4@p:1", "http://p:1", "http://u:%41%254@p:1" },
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(ROWS); i++) {
        CLEANUP(proxy_clear) struct proxy proxy;
        struct err err = { .why = "" };
        const char *const entries[] = { ROWS[i].entry, NULL };
        const char *url = ROWS[i].url == NULL ? ROWS[i].address : ROWS[i].url;
        if (!find(URL, entries, &proxy, &err)
                || strcmp(text_string(&proxy.address), ROWS[i].address) != 0
                || strcmp(secret_expose(&proxy.url), url) != 0
                || proxy.has_user != (ROWS[i].url != NULL)) {
            fail_msg("%s: %s, %s, %s", ROWS[i].entry, text_string(&proxy.address),
                    secret_expose(&proxy.url), err.why);
        }
        assert_string_equal(proxy.variable, "HTTPS_PROXY");
    }
}

static void the_variable_depends_on_the_scheme(void **state)
{
    CLEANUP(proxy_clear) struct proxy proxy;
    const char *const entries[] = { "http_proxy=a", "HTTP_PROXY=b", "HTTPS_PROXY=c", NULL };
    const char *const upper_only[] = { "HTTP_PROXY=b", NULL };
    struct err err;
    (void)state;
    assert_true(find("http://example/", entries, &proxy, &err));
    assert_string_equal(proxy.variable, "http_proxy");
    proxy_clear(&proxy);
    assert_true(find("https://example/", entries, &proxy, &err));
    assert_string_equal(proxy.variable, "HTTPS_PROXY");
    proxy_clear(&proxy);
    assert_true(find("http://example/", upper_only, &proxy, &err));
    assert_null(proxy.variable);
}

static void no_proxy_is_asked_with_host_and_port(void **state)
{
    static const struct {
        const char *url;
        const char *list;
        bool is_excepted;
    } ROWS[] = {
        { "https://example/", "no_proxy=example:443", true },
        { "https://example:8443/", "no_proxy=example:443", false },
        { "http://example/", "no_proxy=example:80", true },
        { "https://[fd00::1]:8443/", "NO_PROXY=[fd00::1]:8443", true },
        { "https://[fd00::1]/", "NO_PROXY=fd00::/8", true },
        { "https://example/", "NO_PROXY=", false },
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(ROWS); i++) {
        CLEANUP(proxy_clear) struct proxy proxy;
        const char *const entries[] = { ROWS[i].list, "all_proxy=p", NULL };
        struct err err;
        assert_true(find(ROWS[i].url, entries, &proxy, &err));
        if ((proxy.variable == NULL) != ROWS[i].is_excepted) {
            fail_msg("%s, %s", ROWS[i].url, ROWS[i].list);
        }
    }
}

static void what_is_unusable_is_refused_without_quoting_it(void **state)
{
    static const char *const ENTRIES[] = { "ALL_PROXY=http://u:hush@p:0",
        "ALL_PROXY=ftp://u:hush@p", "ALL_PROXY=\"http://u:hush@p\"", "ALL_PROXY=http://u:hush/x@p",
        "ALL_PROXY= hush", "ALL_PROXY=http://u:hush%0a@p", "ALL_PROXY=http://[fe80::1%25hush]:1",
        "ALL_PROXY=http://u:hush@" };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(ENTRIES); i++) {
        CLEANUP(proxy_clear) struct proxy proxy;
        const char *const entries[] = { ENTRIES[i], NULL };
        struct err err = { .why = "" };
        if (find(URL, entries, &proxy, &err) || strstr(err.why, "hush") != NULL
                || strcmp(err.where, "ALL_PROXY") != 0) {
            fail_msg("%s: %s", ENTRIES[i], err.why);
        }
        assert_null(proxy.variable);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(urls_are_completed_and_encoded),
        cmocka_unit_test(the_variable_depends_on_the_scheme),
        cmocka_unit_test(no_proxy_is_asked_with_host_and_port),
        cmocka_unit_test(what_is_unusable_is_refused_without_quoting_it),
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
