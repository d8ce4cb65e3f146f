/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "aws/ssm_describe/describe.h"
#include "fakes/fake_ssm.h"

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

enum {
    ASKED = 2 /* names: /a and /b */
};

struct fixture {
    struct fake_ssm aws;
    struct ssm_name_query queries[ASKED];
    struct ssm_description found[ASKED];
    struct err err;
};

static struct fixture fixture;

static int set_up(void **state)
{
    (void)state;
    fixture = (struct fixture){ .queries = { { .name = "/a" }, { .name = "/b" } } };
    fake_ssm_init(&fixture.aws);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    for (size_t i = 0; i < ASKED; i++) {
        ssm_description_clear(&fixture.found[i]);
    }
    fake_ssm_clear(&fixture.aws);
    return 0;
}

static bool describe(const struct fake_reply *replies, size_t count)
{
    const struct ssm_described described = { fixture.queries, fixture.found, ASKED };
    fixture.aws.world->replies = replies;
    fixture.aws.world->reply_count = count;
    return ssm_describe(&fixture.aws.ssm, &fixture.aws.calls, &described, &fixture.err);
}

static void all_pages_are_read(void **state)
{
    static const struct fake_reply pages[] = {
        { .body = "{\"Parameters\":[],\"NextToken\":\"t1\"}" },
        { .body = "{\"Parameters\":[{\"Name\":\"/b\",\"Tier\":\"Standard\"}],\"NextToken\":\"t2\"}" },
        { .body = "{\"Parameters\":[{\"Name\":\"/c\"},"
                  "{\"Name\":\"/a\",\"Tier\":\"Advanced\",\"KeyId\":\"alias/x\"}]}" },
    };
    (void)state;
    assert_true(describe(pages, COUNT_OF(pages)));
    assert_true(fixture.found[0].is_found);
    assert_string_equal(fixture.found[0].tier, "Advanced");
    assert_string_equal(fixture.found[0].key_id, "alias/x");
    assert_true(fixture.found[1].is_found);
    assert_string_equal(fixture.found[1].tier, "Standard");
    assert_string_equal(fixture.found[1].key_id, "");
    assert_int_equal(fixture.aws.world->sent_count, 3);
    assert_string_equal(fixture.aws.world->sent[2].body,
            "{\"ParameterFilters\":[{\"Key\":\"Name\",\"Option\":\"Equals\",\"Values\":[\"/a\",\"/b\"]}],"
            "\"MaxResults\":50,\"NextToken\":\"t2\"}");
}

static void what_does_not_exist_is_not_found(void **state)
{
    static const struct fake_reply none = { .body = "{\"Parameters\":[]}" };
    (void)state;
    assert_true(describe(&none, 1));
    assert_false(fixture.found[0].is_found);
    assert_null(fixture.found[0].tier);
}

static void pages_do_not_go_on_for_ever(void **state)
{
    static const struct fake_reply again = { .body = "{\"Parameters\":[],\"NextToken\":\"t\"}" };
    (void)state;
    assert_false(describe(&again, 1));
    assert_int_equal(fixture.err.kind, ERR_PROTOCOL);
    assert_int_equal(fixture.aws.world->sent_count, 100);
}

static void wrong_replies_are_refused(void **state)
{
    static const struct fake_reply replies[] = {
        { .body = "{}" },
        { .body = "{\"Parameters\":[{\"Tier\":\"Standard\"}]}" },
        { .body = "{\"Parameters\":[{\"Name\":\"/a\",\"Tier\":1}]}" },
        { .body = "{\"Parameters\":[{\"Name\":\"/a\",\"KeyId\":[]}]}" },
        { .body = "{\"Parameters\":[],\"NextToken\":{}}" },
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(replies); i++) {
        assert_false(describe(&replies[i], 1));
        assert_int_equal(fixture.err.kind, ERR_PROTOCOL);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(all_pages_are_read, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_does_not_exist_is_not_found, set_up, tear_down),
        cmocka_unit_test_setup_teardown(pages_do_not_go_on_for_ever, set_up, tear_down),
        cmocka_unit_test_setup_teardown(wrong_replies_are_refused, set_up, tear_down),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
