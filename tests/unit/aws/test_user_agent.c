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

#include "aws/user_agent.h"

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

static void names_product_system_and_language(void **state)
{
    (void)state;
    char *agent = user_agent_make("ssm-exec", NULL, NULL);
    assert_non_null(agent);
    assert_int_equal(strncmp(agent, "ssm-exec/", 9), 0);
    assert_non_null(strstr(agent, " ua/2.1 os/linux#"));
    assert_non_null(strstr(agent, " md/arch#"));
    assert_non_null(strstr(agent, " lang/c#17"));
    assert_null(strstr(agent, "exec-env/"));
    assert_null(strstr(agent, "app/"));
    free(agent);
}

static void appends_environment_and_application(void **state)
{
    (void)state;

    static const struct {
        const char *name;
        const char *execution_env;
        const char *app_id;
        const char *want_end;
    } ROWS[] = {
        { "both", "AWS_ECS_FARGATE", "my-app", " lang/c#17 exec-env/AWS_ECS_FARGATE app/my-app" },
        { "only the environment", "AWS_ECS_EC2", NULL, " lang/c#17 exec-env/AWS_ECS_EC2" },
        { "only the application", NULL, "x", " lang/c#17 app/x" },
        { "empty ones", "", "", " lang/c#17" },
        { "a number sign is for applications", "a#b", "a#b", " exec-env/a-b app/a#b" },
        { "blanks and slashes", "a b", "a/b", " exec-env/a-b app/a-b" },
        { "line breaks", "a\r\nX-Evil: 1", "a\nb", " exec-env/a--X-Evil--1 app/a-b" },
        { "no ASCII", "\xC3\xA9", "\x7F", " exec-env/-- app/-" },
        { "what is allowed", "!$%&'*+-.^_`|~,09azAZ", "!$%&'*+-.^_`|~,#",
                " exec-env/!$%&'*+-.^_`|~,09azAZ app/!$%&'*+-.^_`|~,#" },
    };

    for (size_t i = 0; i < COUNT_OF(ROWS); i++) {
        char *agent = user_agent_make("ssm-exec", ROWS[i].execution_env, ROWS[i].app_id);
        assert_non_null(agent);
        size_t len = strlen(agent);
        size_t end_len = strlen(ROWS[i].want_end);
        if (len < end_len || strcmp(agent + len - end_len, ROWS[i].want_end) != 0) {
            fail_msg("%s: %s", ROWS[i].name, agent);
        }
        free(agent);
    }
}

static void endless_parts_are_cut(void **state)
{
    (void)state;
    char *app_id = malloc(100001);
    assert_non_null(app_id);
    memset(app_id, 'x', 100000);
    app_id[100000] = '\0';
    char *agent = user_agent_make("ssm-exec", app_id, app_id);
    assert_non_null(agent);
    assert_true(strlen(agent) < 2048);
    free(agent);
    free(app_id);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_product_system_and_language),
        cmocka_unit_test(appends_environment_and_application),
        cmocka_unit_test(endless_parts_are_cut),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
