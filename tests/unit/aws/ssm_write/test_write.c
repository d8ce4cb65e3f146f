/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "aws/ssm_write/write.h"
#include "fakes/fake_ssm.h"

#define COUNT_OF(array)        (sizeof(array) / sizeof((array)[0]))
#define REFUSAL(code, message) "{\"__type\":\"" code "\",\"message\":\"" message "\"}"
#define VALUE                  "se\"cr\\et\nva\x01lue \xc3\xbc"
#define REPLY(fixture, ...)    reply((fixture), &(const struct fake_reply){ __VA_ARGS__ })
#define HAS(text, part)        assert_non_null(strstr((text), (part)))

struct fixture {
    struct fake_ssm aws;
    struct fake_world *world; /* of aws */
    struct fake_reply reply;
    struct ssm_writer writer;
    struct secret value;
    struct ssm_put put;
    struct write_result result;
};

static int set_up(void **state)
{
    struct fixture *fixture = calloc(1, sizeof(*fixture));
    assert_non_null(fixture);
    fake_ssm_init(&fixture->aws);
    fixture->world = fixture->aws.world;
    fixture->writer = (struct ssm_writer){ &fixture->aws.ssm, &fixture->aws.calls };
    fixture->value = SECRET_INIT(16 * 1024);
    secret_append_string(&fixture->value, VALUE);
    fixture->put = (struct ssm_put){
        .name = "/prod/api/key",
        .value = &fixture->value,
        .type = "SecureString",
        .tier = "Standard",
        .key_id = "alias/prod",
    };
    *state = fixture;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *fixture = *state;
    secret_clear(&fixture->value);
    fake_ssm_clear(&fixture->aws);
    free(fixture);
    return 0;
}

static void reply(struct fixture *fixture, const struct fake_reply *wanted)
{
    fixture->reply = *wanted;
    fixture->world->replies = &fixture->reply;
    fixture->world->reply_count = 1;
}

static const char *last_body(const struct fixture *fixture)
{
    return fixture->world->sent[fixture->world->sent_count - 1].body;
}

static void put(struct fixture *fixture)
{
    fake_world_forget(fixture->world);
    ssm_put(&fixture->writer, &fixture->put, &fixture->result);
}

/* --- what is sent --- */

static void a_put_sends_all_that_decides_about_the_parameter(void **state)
{
    struct fixture *fixture = *state;
    REPLY(fixture, .body = "{\"Version\":1,\"Tier\":\"Standard\"}");
    put(fixture);
    assert_int_equal(fixture->result.outcome, WRITE_DONE);
    assert_int_equal(fixture->result.version, 1);
    assert_string_equal(last_body(fixture),
            "{\"Name\":\"/prod/api/key\",\"Type\":\"SecureString\",\"Tier\":\"Standard\",\"KeyId\":"
            "\"alias/prod\",\"Overwrite\":false,\"Value\":\"se\\u0022cr\\u005cet\\u000ava\\u0001lue "
            "\xc3\xbc\"}");
    HAS(fixture->world->sent[0].headers, "x-amz-target: AmazonSSM.PutParameter");
}

static void tags_and_no_key(void **state)
{
    struct fixture *fixture = *state;
    const struct ssm_tag tags[] = { { "team", "red \"x\"" }, { "cost", "" } };
    REPLY(fixture, .body = "{\"Version\":7}");
    fixture->put.key_id = NULL;
    fixture->put.tags = (struct ssm_tags){ tags, 2 };
    put(fixture);
    assert_int_equal(fixture->result.version, 7);
    HAS(last_body(fixture),
            ",\"Overwrite\":false,\"Tags\":[{\"Key\":\"team\",\"Value\":\"red \\\"x\\\"\"},{\"Key\":"
            "\"cost\",\"Value\":\"\"}],\"Value\":");
    assert_null(strstr(last_body(fixture), "KeyId"));
}

static void a_value_of_the_largest_size_fits_even_if_all_of_it_is_escaped(void **state)
{
    struct fixture *fixture = *state;
    REPLY(fixture, .body = "{\"Version\":1}");
    secret_clear(&fixture->value);
    for (size_t i = 0; i < 8192; i++) {
        secret_append_char(&fixture->value, '\x01');
    }
    put(fixture);
    assert_int_equal(fixture->result.outcome, WRITE_DONE);
    assert_true(strlen(last_body(fixture)) > 6 * 8192);
}

/* --- what is known afterwards --- */

static void the_outcome_says_whether_something_may_be_written(void **state)
{
    struct fixture *fixture = *state;

    static const struct {
        const char *name;
        struct fake_reply reply;
        enum write_outcome outcome;
        enum retry_cause cause;
    } ROWS[] = {
        { "throttled", { .status = 400, .body = REFUSAL("ThrottlingException", "Rate exceeded") },
                WRITE_PUT_OFF, RETRY_THROTTLED },
        { "too many updates", { .status = 400, .body = REFUSAL("TooManyUpdates", "") },
                WRITE_PUT_OFF, RETRY_THROTTLED },
        { "exists", { .status = 400, .body = REFUSAL("ParameterAlreadyExists", "it exists") },
                WRITE_REFUSED, RETRY_NEVER },
        { "expired", { .status = 400, .body = REFUSAL("ExpiredTokenException", "expired") },
                WRITE_REFUSED, RETRY_NEVER },
        { "server error", { .status = 500, .body = REFUSAL("InternalServerError", "") },
                WRITE_UNSETTLED, RETRY_TRANSIENT },
        { "a load balancer's", { .status = 503, .body = "<html>" }, WRITE_UNSETTLED,
                RETRY_TRANSIENT },
        { "a page without a code", { .status = 429, .body = "<html>" }, WRITE_UNSETTLED,
                RETRY_THROTTLED },
        { "a proxy's page", { .status = 403, .body = "<html>" }, WRITE_UNSETTLED, RETRY_NEVER },
        { "dropped", { .outcome = HTTP_DROPPED }, WRITE_UNSETTLED, RETRY_TRANSIENT },
        { "timed out", { .outcome = HTTP_TIMED_OUT }, WRITE_UNSETTLED, RETRY_TRANSIENT },
        { "malformed", { .outcome = HTTP_MALFORMED }, WRITE_UNSETTLED, RETRY_TRANSIENT },
        { "too large", { .outcome = HTTP_TOO_LARGE }, WRITE_UNSETTLED, RETRY_TRANSIENT },
        { "not connected", { .outcome = HTTP_NOT_CONNECTED }, WRITE_PUT_OFF, RETRY_TRANSIENT },
        { "not resolved", { .outcome = HTTP_NOT_RESOLVED }, WRITE_PUT_OFF, RETRY_RESOLVE },
        { "handshake", { .outcome = HTTP_TLS_FAILED }, WRITE_PUT_OFF, RETRY_TLS },
        { "untrusted", { .outcome = HTTP_UNTRUSTED }, WRITE_REFUSED, RETRY_NEVER },
        { "no socket", { .outcome = HTTP_NO_SOCKET }, WRITE_REFUSED, RETRY_NEVER },
        { "impossible", { .outcome = HTTP_IMPOSSIBLE }, WRITE_REFUSED, RETRY_NEVER },
        { "empty", { .body = "" }, WRITE_UNSETTLED, RETRY_TRANSIENT },
        { "half", { .body = "{\"Version\":" }, WRITE_UNSETTLED, RETRY_TRANSIENT },
        { "no version", { .body = "{}" }, WRITE_UNSETTLED, RETRY_TRANSIENT },
        { "version 0", { .body = "{\"Version\":0}" }, WRITE_UNSETTLED, RETRY_TRANSIENT },
        { "a text", { .body = "{\"Version\":\"1\"}" }, WRITE_UNSETTLED, RETRY_TRANSIENT },
    };

    for (size_t i = 0; i < COUNT_OF(ROWS); i++) {
        reply(fixture, &ROWS[i].reply);
        put(fixture);
        if (fixture->result.outcome != ROWS[i].outcome || fixture->result.cause != ROWS[i].cause
                || fixture->result.err.kind == ERR_NONE) {
            fail_msg("%s: outcome %d, cause %d: %s", ROWS[i].name, (int)fixture->result.outcome,
                    (int)fixture->result.cause, fixture->result.err.why);
        }
        assert_int_equal(fixture->world->sent_count, 1); /* never twice by itself */
    }
}

static void an_answer_that_does_not_come_before_the_end_is_unsettled(void **state)
{
    struct fixture *fixture = *state;
    REPLY(fixture, .after_ms = FAKE_NEVER_MS);
    fixture->aws.calls.deadline_ms = 2000;
    put(fixture);
    assert_int_equal(fixture->result.outcome, WRITE_UNSETTLED);
}

static void nothing_is_sent_after_the_deadline(void **state)
{
    struct fixture *fixture = *state;
    REPLY(fixture, .body = "{\"Version\":1}");
    fixture->aws.calls.deadline_ms = -1;
    put(fixture);
    assert_int_equal(fixture->result.outcome, WRITE_REFUSED);
    assert_int_equal(fixture->result.err.kind, ERR_TIMEOUT);
    assert_int_equal(fixture->world->sent_count, 0);
}

static void the_server_says_when_to_come_back(void **state)
{
    struct fixture *fixture = *state;
    REPLY(fixture, .status = 400, .headers = "x-amz-retry-after: 250\r\n",
            .body = REFUSAL("ThrottlingException", "Rate exceeded"));
    put(fixture);
    assert_int_equal(fixture->result.retry_after_ms, 250);
}

/* --- messages --- */

static void no_message_repeats_the_value(void **state)
{
    struct fixture *fixture = *state;

    static const struct {
        const char *value;
        const char *message;
    } ROWS[] = {
        { "hunter2", "Value 'hunter2' at 'value' failed" },
        { "abc", "the text abc" },
        { "q", "Value 'q' at 'value' failed" },
        { "a long secret, of more than twelve bytes", "it was: a long secret, of more th" },
    };

    for (size_t i = 0; i < COUNT_OF(ROWS); i++) {
        char body[256] = "{\"__type\":\"ValidationException\",\"message\":\"";
        strncat(body, ROWS[i].message, 100);
        strncat(body, "\"}", 3);
        secret_clear(&fixture->value);
        secret_append_string(&fixture->value, ROWS[i].value);
        REPLY(fixture, .status = 400, .body = body);
        put(fixture);
        assert_string_equal(fixture->result.err.code, "ValidationException");
        assert_null(strstr(fixture->result.err.why, "hunter2"));
        assert_null(strstr(fixture->result.err.why, "abc"));
        assert_null(strstr(fixture->result.err.why, "'q'"));
        assert_null(strstr(fixture->result.err.why, "secret, of"));
    }
    assert_null(fixture->aws.client.token_in_body);
}

static void nor_does_the_request_id_of_an_answer_that_cannot_be_read(void **state)
{
    struct fixture *fixture = *state;
    secret_clear(&fixture->value);
    secret_append_string(&fixture->value, "a-long-secret,-of-more-than-twelve-bytes");
    REPLY(fixture, .headers = "x-amzn-RequestId: 1-a-long-secret,-of-more-than\r\n", .body = "{}");
    put(fixture);
    assert_int_equal(fixture->result.outcome, WRITE_UNSETTLED);
    assert_string_equal(fixture->result.err.request_id, "");
    assert_null(fixture->aws.client.token_in_body);
}

static void refusals_say_what_to_do(void **state)
{
    struct fixture *fixture = *state;

    static const struct {
        const char *body;
        const char *hint;
    } ROWS[] = {
        { REFUSAL("InvalidKeyId", "no such key"), "key= in the map" },
        { REFUSAL("ParameterLimitExceeded", ""), "10,000" },
        { REFUSAL("ParameterMaxVersionLimitExceeded", ""), "100 versions" },
        { REFUSAL("HierarchyTypeMismatchException", ""), "another type" },
        { REFUSAL("AccessDeniedException",
                  "User: x is not authorized to perform: ssm:PutParameter on resource: y because no "
                  "identity-based policy allows the ssm:PutParameter action"),
                "ssm:PutParameter on arn:aws:ssm:eu-west-1:*:parameter/prod/api/key" },
        { REFUSAL("AccessDeniedException",
                  "User: x is not authorized to perform: ssm:AddTagsToResource on resource: y because "
                  "no identity-based policy allows the action"),
                "ssm:AddTagsToResource on arn:" },
        { REFUSAL("AccessDeniedException",
                  "User: x is not authorized to perform: kms:Encrypt on resource: y because no "
                  "identity-based policy allows the kms:Encrypt action"),
                "kms:Encrypt" },
    };

    for (size_t i = 0; i < COUNT_OF(ROWS); i++) {
        REPLY(fixture, .status = 400, .body = ROWS[i].body);
        put(fixture);
        if (strstr(fixture->result.err.hint, ROWS[i].hint) == NULL) {
            fail_msg("%s: %s", ROWS[i].body, fixture->result.err.hint);
        }
    }
}

/* --- tags and descriptions --- */

static void tags_are_added_and_looked_for(void **state)
{
    struct fixture *fixture = *state;
    const struct ssm_tag tags[] = { { "team", "red" }, { "cost", "1" } };
    const struct ssm_tags both = { tags, 2 };
    bool has = false;
    struct err err;
    REPLY(fixture, .body = "");
    ssm_add_tags(&fixture->writer, "/a", &both, &fixture->result);
    assert_int_equal(fixture->result.outcome, WRITE_DONE);
    assert_string_equal(last_body(fixture),
            "{\"ResourceType\":\"Parameter\",\"ResourceId\":\"/a\",\"Tags\":[{\"Key\":\"team\","
            "\"Value\":\"red\"},{\"Key\":\"cost\",\"Value\":\"1\"}]}");

    static const struct {
        const char *body;
        bool has;
    } ROWS[] = {
        { "{\"TagList\":[{\"Key\":\"cost\",\"Value\":\"1\"},{\"Key\":\"team\",\"Value\":\"red\"}]}",
                true },
        { "{\"TagList\":[{\"Key\":\"cost\",\"Value\":\"2\"},{\"Key\":\"team\",\"Value\":\"red\"}]}",
                false },
        { "{\"TagList\":[]}", false },
    };

    for (size_t i = 0; i < COUNT_OF(ROWS); i++) {
        REPLY(fixture, .body = ROWS[i].body);
        assert_true(ssm_has_tags(&fixture->writer, "/a", &both, &has, &err));
        assert_int_equal(has, ROWS[i].has);
    }
    REPLY(fixture, .body = "{}");
    assert_false(ssm_has_tags(&fixture->writer, "/a", &both, &has, &err));
    assert_int_equal(err.kind, ERR_PROTOCOL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(
                a_put_sends_all_that_decides_about_the_parameter, set_up, tear_down),
        cmocka_unit_test_setup_teardown(tags_and_no_key, set_up, tear_down),
        cmocka_unit_test_setup_teardown(
                a_value_of_the_largest_size_fits_even_if_all_of_it_is_escaped, set_up, tear_down),
        cmocka_unit_test_setup_teardown(
                the_outcome_says_whether_something_may_be_written, set_up, tear_down),
        cmocka_unit_test_setup_teardown(
                an_answer_that_does_not_come_before_the_end_is_unsettled, set_up, tear_down),
        cmocka_unit_test_setup_teardown(nothing_is_sent_after_the_deadline, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_server_says_when_to_come_back, set_up, tear_down),
        cmocka_unit_test_setup_teardown(no_message_repeats_the_value, set_up, tear_down),
        cmocka_unit_test_setup_teardown(
                nor_does_the_request_id_of_an_answer_that_cannot_be_read, set_up, tear_down),
        cmocka_unit_test_setup_teardown(refusals_say_what_to_do, set_up, tear_down),
        cmocka_unit_test_setup_teardown(tags_are_added_and_looked_for, set_up, tear_down),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
