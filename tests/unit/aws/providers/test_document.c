/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "aws/providers/document.h"

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

enum {
    DOCUMENT_MAX_BYTES = 64 * 1024
};

static const char WHERE[] = "somewhere";

/* As processes and containers write it, and as the SSO portal does. */
static const struct document_members in_iso8601 = { .access_key_id = "Id",
    .secret_access_key = "Key",
    .session_token = "Token",
    .expiration = "Time" };
static const struct document_members with_required_time = { .access_key_id = "Id",
    .secret_access_key = "Key",
    .session_token = "Token",
    .expiration = "Time",
    .expiration_is_required = true };
static const struct document_members in_milliseconds = { .access_key_id = "Id",
    .secret_access_key = "Key",
    .session_token = "Token",
    .expiration_ms = "Time" };
static const struct document_members without_time = {
    .access_key_id = "Id", .secret_access_key = "Key", .session_token = "Token"
};

static bool read_text(const char *text,
        const struct document_members *members,
        struct credentials *ret_credentials,
        struct err *reterr)
{
    CLEANUP(secret_clear) struct secret body = SECRET_INIT(DOCUMENT_MAX_BYTES);
    CLEANUP(json_document_clear) struct json_document document = { 0 };
    secret_append_string(&body, text);
    assert_true(json_parse(&body, JSON_TOKENS_FILE, WHERE, &document, reterr));
    return document_read(json_root(&document), members, WHERE, ret_credentials, reterr);
}

static void good_documents(void **state)
{
    static const struct {
        const char *text;
        const struct document_members *members;
        const char *token;
        int64_t expires_s;
    } rows[] = {
        { "{\"Id\":\"AKIA\",\"Key\":\"s/+=\"}", &in_iso8601, "", 0 },
        { "{\"Id\":\"AKIA\",\"Key\":\"s/+=\",\"Token\":null,\"Time\":null}", &in_iso8601, "", 0 },
        { "{\"Id\":\"AKIA\",\"Key\":\"s/+=\",\"Token\":\"\"}", &in_iso8601, "", 0 },
        { "{\"Time\":\"2026-11-24T08:12:30Z\",\"Token\":\"t\",\"Key\":\"s/+=\",\"Id\":\"AKIA\"}",
                &in_iso8601, "t", 1795507950 },
        { "{\"Time\":\"2026-11-24T10:12:30.250+02:00\",\"Key\":\"s/+=\",\"Id\":\"AKIA\"}",
                &with_required_time, "", 1795507950 },
        { "{\"Id\":\"\\u0041KIA\",\"Key\":\"s\\/+=\",\"More\":{\"Id\":\"no\",\"Key\":7}}",
                &in_iso8601, "", 0 },
        { "{\"Id\":\"AKIA\",\"Key\":\"s/+=\",\"Time\":1795507950999}", &in_milliseconds, "",
                1795507950 },
        { "{\"Id\":\"AKIA\",\"Key\":\"s/+=\",\"Time\":1.795507950E12}", &in_milliseconds, "",
                1795507950 },
        { "{\"Id\":\"AKIA\",\"Key\":\"s/+=\"}", &in_milliseconds, "", 0 },
        { "{\"Id\":\"AKIA\",\"Key\":\"s/+=\",\"Time\":\"soon\"}", &without_time, "", 0 },
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        CLEANUP(credentials_clear) struct credentials credentials = CREDENTIALS_INIT;
        struct err err = { .kind = ERR_NONE };
        if (!read_text(rows[i].text, rows[i].members, &credentials, &err)) {
            fail_msg("%s: %s", rows[i].text, err.why);
        }
        assert_string_equal(secret_expose(&credentials.access_key_id), "AKIA");
        assert_string_equal(secret_expose(&credentials.secret_access_key), "s/+=");
        assert_string_equal(secret_expose(&credentials.session_token), rows[i].token);
        assert_int_equal(credentials.expires_s, rows[i].expires_s);
        assert_string_equal(credentials.origin, "");
    }
}

/* "hush" stands for what must not be quoted. */
static void bad_documents(void **state)
{
    static const struct {
        const char *text;
        const struct document_members *members;
        const char *why;
    } rows[] = {
        { "[]", &in_iso8601, "the answer is not a JSON object" },
        { "\"hush\"", &in_iso8601, "the answer is not a JSON object" },
        { "null", &in_iso8601, "the answer is not a JSON object" },
        { "{}", &in_iso8601, "the answer has no Id" },
        { "{\"id\":\"hush\",\"key\":\"hush\"}", &in_iso8601, "the answer has no Id" },
        { "{\"Id\":\"hush\"}", &in_iso8601, "the answer has no Key" },
        { "{\"Id\":null,\"Key\":\"hush\"}", &in_iso8601, "the answer has no Id" },
        { "{\"Id\":\"\",\"Key\":\"hush\"}", &in_iso8601, "the answer's Id is empty" },
        { "{\"Id\":\"hush\",\"Key\":\"\"}", &in_iso8601, "the answer's Key is empty" },
        { "{\"Id\":\"hush\",\"Key\":[\"hush\"]}", &in_iso8601, "the answer's Key is not a string" },
        { "{\"Id\":7,\"Key\":\"hush\"}", &in_iso8601, "the answer's Id is not a string" },
        { "{\"Id\":\"hush\",\"Key\":\"hush\",\"Token\":true}", &in_iso8601,
                "the answer's Token is not a string" },
        { "{\"Id\":\"hush\",\"Key\":\"hush\",\"Time\":\"hush\"}", &in_iso8601,
                "the answer's Time is not a time" },
        { "{\"Id\":\"hush\",\"Key\":\"hush\",\"Time\":\"\"}", &in_iso8601,
                "the answer's Time is not a time" },
        { "{\"Id\":\"hush\",\"Key\":\"hush\",\"Time\":1795507950}", &in_iso8601,
                "the answer's Time is not a time" },
        { "{\"Id\":\"hush\",\"Key\":\"hush\",\"Time\":\"2026-11-24T08:12:30Z"
          "                                                                  \"}",
                &in_iso8601, "the answer's Time is not a time" },
        { "{\"Id\":\"hush\",\"Key\":\"hush\"}", &with_required_time, "the answer has no Time" },
        { "{\"Id\":\"hush\",\"Key\":\"hush\",\"Time\":null}", &with_required_time,
                "the answer has no Time" },
        { "{\"Id\":\"hush\",\"Key\":\"hush\",\"Time\":\"2026-11-24T08:12:30Z\"}", &in_milliseconds,
                "the answer's Time is not a time" },
        { "{\"Id\":\"hush\",\"Key\":\"hush\",\"Time\":0}", &in_milliseconds,
                "the answer's Time is not a time" },
        { "{\"Id\":\"hush\",\"Key\":\"hush\",\"Time\":-5}", &in_milliseconds,
                "the answer's Time is not a time" },
        { "{\"Id\":\"hush\",\"Key\":\"hush\",\"Time\":1.5}", &in_milliseconds,
                "the answer's Time is not a time" },
        { "{\"Id\":\"hush\",\"Key\":\"\\ud800\"}", &in_iso8601, "" },
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        CLEANUP(credentials_clear) struct credentials credentials = CREDENTIALS_INIT;
        struct err err = { .kind = ERR_NONE };
        if (read_text(rows[i].text, rows[i].members, &credentials, &err)) {
            fail_msg("%s was taken", rows[i].text);
        }
        assert_true(err.kind == ERR_CREDENTIALS || rows[i].why[0] == '\0');
        assert_string_equal(err.where, WHERE);
        if (strstr(err.why, rows[i].why) == NULL) {
            fail_msg("%s: \"%s\" is not in \"%s\"", rows[i].text, rows[i].why, err.why);
        }
        assert_null(strstr(err.why, "hush"));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(good_documents),
        cmocka_unit_test(bad_documents),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
