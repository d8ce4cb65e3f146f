/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "http/no_proxy.h"

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

static const char HOST[] = "ssm.eu-west-1.amazonaws.com";

struct row {
    const char *list;
    const char *host;
    bool has;
};

static const struct row ROWS[] = {
    { "ssm.eu-west-1.amazonaws.com", HOST, true },
    { "SSM.EU-WEST-1.amazonaws.COM", HOST, true },
    { "amazonaws.com", HOST, true },
    { ".amazonaws.com", HOST, true },
    { "..amazonaws.com", HOST, true },
    { "amazonaws.com.", HOST, true },
    { "com", HOST, true },
    { "a,b.example, amazonaws.com", HOST, true },
    { "a\tb amazonaws.com", HOST, true },
    { ",, ,amazonaws.com,,", HOST, true },
    { "amazonaws.com:443", HOST, true },
    { "amazonaws.com:80", HOST, false },
    { "amazonaws.com:", HOST, false },
    { "*", HOST, true },
    { " * ", HOST, true },
    { "*,a", HOST, false },
    { "*.amazonaws.com", HOST, false },
    { "mazonaws.com", HOST, false },
    { "x.ssm.eu-west-1.amazonaws.com", HOST, false },
    { "ssm", HOST, false },
    { ".", HOST, false },
    { "", HOST, false },
    { ",", HOST, false },
    { "10.1.2.3", "10.1.2.3", true },
    { "10.1.2.3:443", "10.1.2.3", true },
    { "10.1.2.3:444", "10.1.2.3", false },
    { "10.1.2.0/24", "10.1.2.3", true },
    { "10.1.2.0/23", "10.1.3.3", true },
    { "10.1.2.0/24", "10.1.3.3", false },
    { "10.1.2.3/32", "10.1.2.3", true },
    { "0.0.0.0/0", "10.1.2.3", true },
    { "10.0.0.0/33", "10.1.2.3", false },
    { "10.0.0.0/", "10.1.2.3", false },
    { "10.0.0.0/x", "10.1.2.3", false },
    { ".2.3", "10.1.2.3", false },
    { "10.1.2", "10.1.2.3", false },
    { "0.0.0.0/0", HOST, false },
    { "10.1.2.3", "[::1]", false },
    { "fd00::1", "[fd00::1]", true },
    { "[fd00::1]", "[fd00:0:0::1]", true },
    { "[fd00::1]:443", "[fd00::1]", true },
    { "[fd00::1]:80", "[fd00::1]", false },
    { "fd00::/8", "[fd12::1]", true },
    { "fd00::/9", "[fd80::1]", false },
    { "fd00::/129", "[fd00::1]", false },
    { "::1", "[::2]", false },
};

static void the_list_has_exactly_these_hosts(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(ROWS); i++) {
        if (no_proxy_has(ROWS[i].list, ROWS[i].host, 443) != ROWS[i].has) {
            fail_msg("\"%s\", %s", ROWS[i].list, ROWS[i].host);
        }
    }
}

static void entries_longer_than_a_name_are_passed_over(void **state)
{
    char list[2048];
    (void)state;
    memset(list, 'a', sizeof(list));
    (void)memcpy(list + 1024, ",example", sizeof(",example"));
    assert_true(no_proxy_has(list, "example", 443));
    assert_false(no_proxy_has(list, "aaaa", 443));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_list_has_exactly_these_hosts),
        cmocka_unit_test(entries_longer_than_a_name_are_passed_over),
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
