/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "vars/member.h"

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

enum {
    VALUE_MAX_BYTES = 4096
};

static bool extract(
        const char *value, const char *member, struct secret *ret_value, struct err *reterr)
{
    CLEANUP(secret_clear) struct secret secret = SECRET_INIT(VALUE_MAX_BYTES);
    secret_append_string(&secret, value);
    return member_extract(&secret, member, "DB=/db#m", ret_value, reterr);
}

static void takes_strings_numbers_and_booleans(void **state)
{
    (void)state;

    static const struct {
        const char *value;
        const char *member;
        const char *want;
    } ROWS[] = {
        { "{\"m\":\"text\"}", "m", "text" },
        { "{\"m\":\"\"}", "m", "" },
        { "{\"m\":\"a\\n\\u00e9\\\"\"}", "m", "a\n\xc3\xa9\"" },
        { " { \"m\" : -1.50e+3 } ", "m", "-1.50e+3" },
        { "{\"m\":123456789012345678901234567890}", "m", "123456789012345678901234567890" },
        { "{\"m\":true}", "m", "true" },
        { "{\"m\":false}", "m", "false" },
        { "{\"a\":{\"m\":\"inner\"},\"m\":\"outer\"}", "m", "outer" },
        { "{\"m\":1,\"m\":2}", "m", "2" },
        { "{\"a.b/c d\":\"odd\"}", "a.b/c d", "odd" },
        { "{\"\\u006d\":\"escaped\"}", "m", "escaped" },
        { "{\"M\":\"upper\",\"m\":\"lower\"}", "m", "lower" },
    };

    for (size_t i = 0; i < COUNT_OF(ROWS); i++) {
        CLEANUP(secret_clear) struct secret got = SECRET_INIT(VALUE_MAX_BYTES);
        struct err err = { 0 };
        if (!extract(ROWS[i].value, ROWS[i].member, &got, &err)) {
            fail_msg("%s: %s", ROWS[i].value, err.why);
        }
        assert_string_equal(secret_expose(&got), ROWS[i].want);
        assert_int_equal(secret_len(&got), strlen(ROWS[i].want));
    }
}

static void whatever_else_is_an_error_that_quotes_nothing(void **state)
{
    (void)state;

    static const char *const ROWS[] = {
        "hush",
        "\"hush\"",
        "[\"m\",\"hush\"]",
        "{\"m\":\"hush\"",
        "{\"m\":{\"hush\":\"hush\"}}",
        "{\"m\":[\"hush\"]}",
        "{\"m\":null,\"x\":\"hush\"}",
        "{\"m\":\"hush\",\"m\":null}",
        "{\"M\":\"hush\"}",
        "{\"mm\":\"hush\"}",
        "{\"m\":\"hush\\ud800hush\"}",
        "{}",
        "",
    };

    for (size_t i = 0; i < COUNT_OF(ROWS); i++) {
        CLEANUP(secret_clear) struct secret got = SECRET_INIT(VALUE_MAX_BYTES);
        struct err err = { 0 };
        if (extract(ROWS[i], "m", &got, &err)) {
            fail_msg("%s is read", ROWS[i]);
        }
        assert_int_equal(err.kind, ERR_MAPPING);
        assert_string_equal(err.where, "DB=/db#m");
        assert_non_null(strstr(err.why, "#m"));
        assert_null(strstr(err.why, "hush"));
        assert_null(strstr(err.hint, "hush"));
    }
}

static void a_member_longer_than_there_is_room_for_is_an_error(void **state)
{
    (void)state;

    static const struct {
        const char *value;
        bool want;
    } ROWS[] = {
        { "{\"m\":\"1234\"}", true },
        { "{\"m\":\"12345\"}", false },
        { "{\"m\":1234}", true },
        { "{\"m\":12345}", false },
    };

    for (size_t i = 0; i < COUNT_OF(ROWS); i++) {
        CLEANUP(secret_clear) struct secret got = SECRET_INIT(4);
        struct err err = { 0 };
        if (extract(ROWS[i].value, "m", &got, &err) != ROWS[i].want) {
            fail_msg("%s", ROWS[i].value);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(takes_strings_numbers_and_booleans),
        cmocka_unit_test(whatever_else_is_an_error_that_quotes_nothing),
        cmocka_unit_test(a_member_longer_than_there_is_room_for_is_an_error),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
