/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "http/search_list.h"

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

#define AWS_HOST "ssm.eu-west-1.amazonaws.com" /* three dots */

static void the_number_of_dots_decides(void **state)
{
    (void)state;

    static const struct {
        const char *name;
        const char *resolv_conf;
        const char *host;
        bool want;
    } ROWS[] = {
        { "no file", NULL, AWS_HOST, false },
        { "no file, no dot", NULL, "localhost", false },
        { "nothing in it", "", AWS_HOST, false },
        { "no dot, which is less than the default", "nameserver 10.0.0.1\n", "proxy", true },
        { "one dot, which is the default", "nameserver 10.0.0.1\n", "proxy.internal", false },
        { "fewer", "options ndots:2\n", AWS_HOST, false },
        { "as many", "options ndots:3\n", AWS_HOST, false },
        { "one more", "options ndots:4\n", AWS_HOST, true },
        { "Kubernetes", "search a.svc cluster.local\noptions ndots:5\n", AWS_HOST, true },
        { "among other options", "options timeout:1 ndots:5 edns0", AWS_HOST, true },
        { "the last one counts", "options ndots:5\noptions ndots:1\n", AWS_HOST, false },
        { "whichever that is", "options ndots:1\noptions ndots:5\n", AWS_HOST, true },
        { "no number", "options ndots:\n", AWS_HOST, false },
    };

    for (size_t i = 0; i < COUNT_OF(ROWS); i++) {
        if (search_list_comes_first_in(ROWS[i].resolv_conf, NULL, ROWS[i].host) != ROWS[i].want) {
            fail_msg("%s", ROWS[i].name);
        }
    }
}

static void a_host_of_the_hosts_file_is_not_searched_for(void **state)
{
    (void)state;

    static const struct {
        const char *name;
        const char *hosts;
        bool want;
    } ROWS[] = {
        { "no file", NULL, true },
        { "nothing in it", "", true },
        { "others", "127.0.0.1 localhost\n10.0.0.1 amazonaws.com\n", true },
        { "it alone", AWS_HOST, false },
        { "it", "127.0.0.1 localhost\n10.0.0.1\t" AWS_HOST "\n", false },
        { "it as a second name", "10.0.0.1 a.b " AWS_HOST " c.d\r\n", false },
        { "it in other letters", "10.0.0.1 SSM.EU-West-1.AmazonAWS.com\n", false },
        { "a longer one", "10.0.0.1 x" AWS_HOST "\n", true },
        { "one that goes on", "10.0.0.1 " AWS_HOST ".cn\n", true },
    };

    for (size_t i = 0; i < COUNT_OF(ROWS); i++) {
        if (search_list_comes_first_in("options ndots:5\n", ROWS[i].hosts, AWS_HOST)
                != ROWS[i].want) {
            fail_msg("%s", ROWS[i].name);
        }
        assert_false(search_list_comes_first_in("options ndots:3\n", ROWS[i].hosts, AWS_HOST));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_number_of_dots_decides),
        cmocka_unit_test(a_host_of_the_hosts_file_is_not_searched_for),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
