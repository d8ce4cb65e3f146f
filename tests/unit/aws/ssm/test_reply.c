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

#include "aws/ssm/reply.h"
#include "base/text.h"

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

#define HUSH "hush+hush"

static bool read_reply(const char *body, struct ssm_reply *ret_reply, struct err *reterr)
{
    CLEANUP(secret_clear) struct secret text = SECRET_INIT(16 * 1024 * 1024);
    secret_append_string(&text, body);
    return ssm_reply_read(&text, PARAMETER_DECRYPTED, "here", ret_reply, reterr);
}

static void read_good(const char *body, struct ssm_reply *ret_reply)
{
    struct err err;
    if (!read_reply(body, ret_reply, &err)) {
        fail_msg("%.200s: %s", body, err.why);
    }
}

static void reads_every_member_of_a_parameter(void **state)
{
    (void)state;
    CLEANUP(ssm_reply_clear) struct ssm_reply reply = { 0 };
    read_good("{\"Parameters\":[{\"ARN\":\"arn:aws:ssm:r:1:parameter/a/b\",\"DataType\":\"text\","
              "\"LastModifiedDate\":1.607453621072E9,\"Name\":\"/a/b\",\"Selector\":\":3\","
              "\"SourceResult\":\"{\\\"Name\\\":\\\"x\\\"}\",\"Type\":\"SecureString\","
              "\"Value\":\"a\\nb=\\u00e9\\ud83d\\udd11\",\"Version\":3,"
              "\"New\":{\"Name\":\"/evil\",\"Value\":[1,{\"Value\":\"x\"}]}}],"
              "\"InvalidParameters\":[\"/x\",\"/y:2\"],\"NextToken\":\"t/+=\"}",
            &reply);
    assert_int_equal(reply.parameters.len, 1);
    const struct parameter *parameter = &reply.parameters.items[0];
    assert_string_equal(parameter->name, "/a/b");
    assert_string_equal(parameter->type, "SecureString");
    assert_string_equal(parameter->arn, "arn:aws:ssm:r:1:parameter/a/b");
    assert_string_equal(parameter->selector, ":3");
    assert_string_equal(secret_expose(&parameter->value), "a\nb=\xC3\xA9\xF0\x9F\x94\x91");
    assert_int_equal(parameter->version, 3);
    assert_int_equal(parameter->modified_s, 1607453621);
    assert_string_equal(reply.next_token, "t/+=");
    assert_int_equal(reply.invalid_names.len, 2);
    assert_string_equal(reply.invalid_names.items[0], "/x");
    assert_string_equal(reply.invalid_names.items[1], "/y:2");
}

static void without_decryption_only_the_values_of_strings_are_read(void **state)
{
    (void)state;
    static const char BODY[] = "{\"Parameters\":["
                               "{\"Name\":\"/a\",\"Type\":\"String\",\"Value\":\"1\"},"
                               "{\"Name\":\"/b\",\"Type\":\"StringList\",\"Value\":\"1,2\"},"
                               "{\"Name\":\"/c\",\"Type\":\"SecureString\",\"Version\":7,"
                               "\"Value\":\"AQICAHg=\"},"
                               "{\"Name\":\"/d\",\"Type\":\"SecureString\",\"Value\":\"\\ud800\"},"
                               "{\"Name\":\"/e\",\"Type\":\"SecureString\"},"
                               "{\"Name\":\"/f\",\"Type\":\"Unheard\",\"Value\":\"AQICAHg=\"},"
                               "{\"Name\":\"/g\",\"Value\":\"AQICAHg=\"}]}";
    static const char *const VALUES[] = { "1", "1,2", "", "", "", "", "" };
    CLEANUP(ssm_reply_clear) struct ssm_reply reply = { 0 };
    CLEANUP(secret_clear) struct secret text = SECRET_INIT(sizeof(BODY));
    struct err err;
    secret_append_string(&text, BODY);
    assert_true(ssm_reply_read(&text, PARAMETER_UNDECRYPTED, "here", &reply, &err));
    assert_int_equal(reply.parameters.len, COUNT_OF(VALUES));
    for (size_t i = 0; i < COUNT_OF(VALUES); i++) {
        assert_string_equal(secret_expose(&reply.parameters.items[i].value), VALUES[i]);
    }
    assert_int_equal(reply.parameters.items[2].version, 7);
}

static void without_decryption_strings_have_a_value(void **state)
{
    (void)state;
    CLEANUP(ssm_reply_clear) struct ssm_reply reply = { 0 };
    CLEANUP(secret_clear) struct secret text = SECRET_INIT(1024);
    struct err err;
    secret_append_string(&text, "{\"Parameters\":[{\"Name\":\"/a\",\"Type\":\"String\"}]}");
    assert_false(ssm_reply_read(&text, PARAMETER_UNDECRYPTED, "here", &reply, &err));
    assert_string_equal(err.where, "/a");
    assert_string_equal(err.why, "the reply has no value for it");
}

static void what_may_be_missing_is_empty(void **state)
{
    (void)state;
    CLEANUP(ssm_reply_clear) struct ssm_reply reply = { 0 };
    read_good("{\"Parameters\":[{\"Name\":\"a\",\"Value\":\"\"}]}", &reply);
    const struct parameter *parameter = &reply.parameters.items[0];
    assert_string_equal(parameter->type, "");
    assert_string_equal(parameter->arn, "");
    assert_string_equal(parameter->selector, "");
    assert_int_equal(parameter->version, 0);
    assert_int_equal(parameter->modified_s, 0);
    assert_true(secret_is_empty(&parameter->value));
    assert_null(reply.next_token);
    assert_int_equal(reply.invalid_names.len, 0);
}

static void a_type_is_one_word_of_letters(void **state)
{
    (void)state;
    static const char *const good[] = { "String", "StringList", "SecureString", "Unheard" };
    static const char *const bad[] = { "", " ", "String ", "Secure String", "String1", "-",
        "String\\nB", "String\\u202e", "String\\u0000", "\xC3\x89", "\xC2\x9B" };
    for (size_t i = 0; i < COUNT_OF(good) + COUNT_OF(bad); i++) {
        bool is_good = i < COUNT_OF(good);
        const char *type = is_good ? good[i] : bad[i - COUNT_OF(good)];
        CLEANUP(ssm_reply_clear) struct ssm_reply reply = { 0 };
        char body[128];
        struct err err = { .kind = ERR_NONE };
        (void)snprintf(body, sizeof(body),
                "{\"Parameters\":[{\"Name\":\"/a\",\"Value\":\"x\",\"Type\":\"%s\"}]}", type);
        if (read_reply(body, &reply, &err) != is_good || (!is_good && err.kind != ERR_PROTOCOL)) {
            fail_msg("\"%s\": %s", type, err.why);
        }
        if (is_good) {
            assert_string_equal(reply.parameters.items[0].type, type);
        }
    }
}

static void accepts_the_empty_forms_of_a_reply(void **state)
{
    (void)state;
    static const char *const BODIES[] = { "{}", "{\"Parameters\":[]}", "{\"Parameters\":null}",
        "{\"NextToken\":null}", "{\"NextToken\":\"\"}", "{\"InvalidParameters\":[]}",
        "{\"InvalidParameters\":null}", " { \"Parameters\" : [ ] , \"x\" : 1 } \n" };
    for (size_t i = 0; i < COUNT_OF(BODIES); i++) {
        CLEANUP(ssm_reply_clear) struct ssm_reply reply = { 0 };
        read_good(BODIES[i], &reply);
        assert_int_equal(reply.parameters.len, 0);
        assert_null(reply.next_token);
    }
}

static void append_parameters(struct text *body, size_t count)
{
    text_append_string(body, "{\"Parameters\":[");
    for (size_t i = 0; i < count; i++) {
        text_append_format(
                body, "%s{\"Name\":\"/p/%zu\",\"Value\":\"v%zu\"}", i == 0 ? "" : ",", i, i);
    }
    text_append_string(body, "]}");
}

static void keeps_ten_parameters_in_order_and_no_more(void **state)
{
    (void)state;

    enum {
        MOST = 10
    };
    CLEANUP(ssm_reply_clear) struct ssm_reply reply = { 0 };
    CLEANUP(text_clear) struct text ten = TEXT_INIT(1024 * 1024);
    CLEANUP(text_clear) struct text eleven = TEXT_INIT(1024 * 1024);
    struct err err;
    append_parameters(&ten, MOST);
    append_parameters(&eleven, MOST + 1);
    read_good(text_string(&ten), &reply);
    assert_int_equal(reply.parameters.len, MOST);
    assert_false(read_reply(text_string(&eleven), &(struct ssm_reply){ 0 }, &err));
    assert_string_equal(err.why, "the reply contains 11 parameters, but AWS returns at most 10");
    for (size_t i = 0; i < MOST; i++) {
        char want[32];
        (void)snprintf(want, sizeof(want), "/p/%zu", i);
        assert_string_equal(reply.parameters.items[i].name, want);
        (void)snprintf(want, sizeof(want), "v%zu", i);
        assert_string_equal(secret_expose(&reply.parameters.items[i].value), want);
    }
}

static void refuses_hostile_replies_without_quoting_values(void **state)
{
    (void)state;

    static const struct {
        const char *name;
        const char *body;
        const char *why_part;
    } ROWS[] = {
        { "nothing", "", "not valid JSON" },
        { "no JSON", "<html>" HUSH "</html>", "not valid JSON" },
        { "cut off", "{\"Parameters\":[{\"Name\":\"/a\",\"Value\":\"" HUSH, "not valid JSON" },
        { "no object", "[\"" HUSH "\"]", "not a JSON object" },
        { "a string", "\"" HUSH "\"", "not a JSON object" },
        { "Parameters is an object", "{\"Parameters\":{\"Value\":\"" HUSH "\"}}",
                "are not a list" },
        { "Parameters is a string", "{\"Parameters\":\"" HUSH "\"}", "are not a list" },
        { "a parameter is a string", "{\"Parameters\":[\"" HUSH "\"]}", "are not objects" },
        { "a parameter is null", "{\"Parameters\":[null]}", "are not objects" },
        { "no name", "{\"Parameters\":[{\"Value\":\"" HUSH "\"}]}", "without a name" },
        { "an empty name", "{\"Parameters\":[{\"Name\":\"\",\"Value\":\"" HUSH "\"}]}",
                "without a name" },
        { "a name that is a number", "{\"Parameters\":[{\"Name\":1,\"Value\":\"" HUSH "\"}]}",
                "a JSON string was expected" },
        { "a NUL in the name",
                "{\"Parameters\":[{\"Name\":\"/a\\u0000b\",\"Value\":\"" HUSH "\"}]}",
                "holds a NUL" },
        { "no value", "{\"Parameters\":[{\"Name\":\"/a\"}]}", "no value" },
        { "a null value", "{\"Parameters\":[{\"Name\":\"/a\",\"Value\":null}]}", "no value" },
        { "a value that is a number", "{\"Parameters\":[{\"Name\":\"/a\",\"Value\":1}]}",
                "no value" },
        { "half a character in the value",
                "{\"Parameters\":[{\"Name\":\"/a\",\"Value\":\"" HUSH "\\ud800\"}]}",
                "half a character" },
        { "a type that is a list",
                "{\"Parameters\":[{\"Name\":\"/a\",\"Type\":[],\"Value\":\"" HUSH "\"}]}",
                "a JSON string was expected" },
        { "a version that is a text",
                "{\"Parameters\":[{\"Name\":\"/a\",\"Version\":\"1\",\"Value\":\"" HUSH "\"}]}",
                "Version is not a whole number" },
        { "a version with a fraction",
                "{\"Parameters\":[{\"Name\":\"/a\",\"Version\":1.5,\"Value\":\"" HUSH "\"}]}",
                "Version is not a whole number" },
        { "a negative version",
                "{\"Parameters\":[{\"Name\":\"/a\",\"Version\":-1,\"Value\":\"" HUSH "\"}]}",
                "Version is not a whole number" },
        { "an endless version",
                "{\"Parameters\":[{\"Name\":\"/a\",\"Version\":1e300,\"Value\":\"" HUSH "\"}]}",
                "Version is not a whole number" },
        { "a date that is a text",
                "{\"Parameters\":[{\"Name\":\"/a\",\"LastModifiedDate\":\"x\",\"Value\":\"" HUSH
                "\"}]}",
                "LastModifiedDate is not a time" },
        { "a date past all times",
                "{\"Parameters\":[{\"Name\":\"/a\",\"LastModifiedDate\":1e13,\"Value\":\"" HUSH
                "\"}]}",
                "LastModifiedDate is not a time" },
        { "a token that is a number", "{\"NextToken\":1}", "a JSON string was expected" },
        { "a NUL in the token", "{\"NextToken\":\"a\\u0000\"}", "holds a NUL" },
        { "half a character in the token", "{\"NextToken\":\"\\udc00\"}", "half a character" },
        { "an invalid name that is a number", "{\"InvalidParameters\":[\"/a\",1]}",
                "a JSON string was expected" },
        { "a second parameter that is bad",
                "{\"Parameters\":[{\"Name\":\"/a\",\"Value\":\"" HUSH "\"},{\"Name\":\"/b\"}]}",
                "no value" },
    };

    for (size_t i = 0; i < COUNT_OF(ROWS); i++) {
        CLEANUP(ssm_reply_clear) struct ssm_reply reply = { 0 };
        struct err err = { 0 };
        if (read_reply(ROWS[i].body, &reply, &err)) {
            fail_msg("%s: accepted", ROWS[i].name);
        }
        if (err.kind != ERR_PROTOCOL || strstr(err.why, ROWS[i].why_part) == NULL
                || strstr(err.why, "hush") != NULL || strstr(err.where, "hush") != NULL
                || reply.parameters.len != 0 || reply.next_token != NULL) {
            fail_msg("%s: %s: %s", ROWS[i].name, err.where, err.why);
        }
    }
}

static void a_bad_parameter_is_told_by_its_name(void **state)
{
    (void)state;
    struct ssm_reply reply = { 0 };
    struct err err;
    assert_false(read_reply("{\"Parameters\":[{\"Name\":\"/a/b\",\"Value\":1}]}", &reply, &err));
    assert_string_equal(err.where, "/a/b");
}

#define LEFT "{\"Parameters\":[{\"Name\":\"/a\",\"Value\":\"\""

static void texts_past_their_limits_are_refused(void **state)
{
    (void)state;

    static const struct {
        const char *name;
        const char *before;
        size_t len;
        bool want;
    } ROWS[] = {
        { "the longest name", "{\"Parameters\":[{\"Value\":\"\",\"Name\":\"", 2048, true },
        { "a longer name", "{\"Parameters\":[{\"Value\":\"\",\"Name\":\"", 2049, false },
        { "the longest ARN", LEFT ",\"ARN\":\"", 2304, true },
        { "a longer ARN", LEFT ",\"ARN\":\"", 2305, false },
        { "the longest type", LEFT ",\"Type\":\"", 64, true },
        { "a longer type", LEFT ",\"Type\":\"", 65, false },
        { "the longest selector", LEFT ",\"Selector\":\"", 512, true },
        { "a longer selector", LEFT ",\"Selector\":\"", 513, false },
        { "the longest value", "{\"Parameters\":[{\"Name\":\"/a\",\"Value\":\"",
                PARAMETER_VALUE_MAX_BYTES, true },
        { "a longer value", "{\"Parameters\":[{\"Name\":\"/a\",\"Value\":\"",
                PARAMETER_VALUE_MAX_BYTES + 1, false },
    };

    for (size_t i = 0; i < COUNT_OF(ROWS); i++) {
        CLEANUP(ssm_reply_clear) struct ssm_reply reply = { 0 };
        CLEANUP(text_clear) struct text body = TEXT_INIT(4 * 1024 * 1024);
        struct err err = { 0 };
        text_append_string(&body, ROWS[i].before);
        for (size_t at = 0; at < ROWS[i].len; at++) {
            text_append_char(&body, 'x');
        }
        text_append_string(&body, "\"}]}");
        if (read_reply(text_string(&body), &reply, &err) != ROWS[i].want) {
            fail_msg("%s: %s", ROWS[i].name, err.why);
        }
    }
}

static void a_value_that_is_escaped_throughout_may_have_its_full_length(void **state)
{
    (void)state;
    CLEANUP(ssm_reply_clear) struct ssm_reply reply = { 0 };
    CLEANUP(text_clear) struct text body = TEXT_INIT(8 * 1024 * 1024);
    text_append_string(&body, "{\"Parameters\":[{\"Name\":\"/a\",\"Value\":\"");
    for (size_t at = 0; at < 200000; at++) {
        text_append_string(&body, "\\u0041");
    }
    text_append_string(&body, "\"}]}");
    read_good(text_string(&body), &reply);
    assert_int_equal(secret_len(&reply.parameters.items[0].value), 200000);
}

static void a_nul_in_a_value_is_kept(void **state)
{
    (void)state;
    CLEANUP(ssm_reply_clear) struct ssm_reply reply = { 0 };
    read_good("{\"Parameters\":[{\"Name\":\"/a\",\"Value\":\"a\\u0000b\"}]}", &reply);
    assert_int_equal(secret_len(&reply.parameters.items[0].value), 3);
    assert_memory_equal(secret_expose(&reply.parameters.items[0].value), "a\0b", 4);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_every_member_of_a_parameter),
        cmocka_unit_test(without_decryption_only_the_values_of_strings_are_read),
        cmocka_unit_test(without_decryption_strings_have_a_value),
        cmocka_unit_test(what_may_be_missing_is_empty),
        cmocka_unit_test(a_type_is_one_word_of_letters),
        cmocka_unit_test(accepts_the_empty_forms_of_a_reply),
        cmocka_unit_test(keeps_ten_parameters_in_order_and_no_more),
        cmocka_unit_test(refuses_hostile_replies_without_quoting_values),
        cmocka_unit_test(a_bad_parameter_is_told_by_its_name),
        cmocka_unit_test(texts_past_their_limits_are_refused),
        cmocka_unit_test(a_value_that_is_escaped_throughout_may_have_its_full_length),
        cmocka_unit_test(a_nul_in_a_value_is_kept),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
