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

#include "base/timestamp.h"

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

struct row {
    const char *text;
    int64_t want_s;
};

typedef bool parser(const char *text, int64_t *ret_epoch_s);

static void assert_reads(parser *parse, const struct row rows[], size_t count)
{
    for (size_t i = 0; i < count; i++) {
        int64_t got_s = -12345;
        if (!parse(rows[i].text, &got_s) || got_s != rows[i].want_s) {
            fail_msg("%s: %lld", rows[i].text, (long long)got_s);
        }
    }
}

static void assert_refuses(parser *parse, const char *const texts[], size_t count)
{
    for (size_t i = 0; i < count; i++) {
        int64_t got_s = -12345;
        if (parse(texts[i], &got_s) || got_s != -12345) {
            fail_msg("\"%s\": %lld", texts[i], (long long)got_s);
        }
    }
}

static bool parse_iso8601(const char *text, int64_t *ret_epoch_s)
{
    return timestamp_parse_iso8601(text, ret_epoch_s);
}

static bool parse_http(const char *text, int64_t *ret_epoch_s)
{
    return timestamp_parse_http(text, ret_epoch_s);
}

static void reads_iso_8601_in_every_zone_form(void **state)
{
    (void)state;
    static const struct row ROWS[] = {
        { "1970-01-01T00:00:00Z", 0 },
        { "2015-08-30T12:36:00Z", 1440938160 },
        { "2015-08-30T12:36:00UTC", 1440938160 },
        { "2015-08-30T12:36:00+00:00", 1440938160 },
        { "2015-08-30T12:36:00-00:00", 1440938160 },
        { "2015-08-30T14:36:00+02:00", 1440938160 },
        { "2015-08-30T06:06:00-06:30", 1440938160 },
        { "2015-08-31T02:36:00+14:00", 1440938160 },
        { "2015-08-30T12:36:00.1Z", 1440938160 },
        { "2015-08-30T12:36:00.999999999+00:00", 1440938160 },
        { "1969-12-31T23:59:59Z", -1 },
        { "2000-02-29T00:00:00Z", 951782400 },
        { "2024-02-29T23:59:59Z", 1709251199 },
        { "2026-12-31T23:59:59Z", 1798761599 },
        { "2016-12-31T23:59:60Z", 1483228800 },
        { "2038-01-19T03:14:08Z", 2147483648 },
        { "9999-12-31T23:59:59Z", 253402300799 },
    };
    assert_reads(parse_iso8601, ROWS, COUNT_OF(ROWS));
}

static void refuses_other_times_and_dates_that_do_not_exist(void **state)
{
    (void)state;
    static const char *const TEXTS[] = {
        "",
        "2015-08-30",
        "2015-08-30T12:36:00",
        "2015-08-30T12:36Z",
        "2015-08-30 12:36:00Z",
        "2015-08-30t12:36:00z",
        "20150830T123600Z",
        "15-08-30T12:36:00Z",
        "02015-08-30T12:36:00Z",
        "2015-8-30T12:36:00Z",
        "-015-08-30T12:36:00Z",
        " 2015-08-30T12:36:00Z",
        "2015-08-30T12:36:00Z ",
        "2015-08-30T12:36:00Z\n",
        "2015-08-30T12:36:00.Z",
        "2015-08-30T12:36:00,5Z",
        "2015-08-30T12:36:00.",
        "2015-08-30T12:36:00+0200",
        "2015-08-30T12:36:00+02",
        "2015-08-30T12:36:00+2:00",
        "2015-08-30T12:36:00+02:0",
        "2015-08-30T12:36:00+24:00",
        "2015-08-30T12:36:00+99:99",
        "2015-08-30T12:36:00-02:60",
        "2015-08-30T12:36:00GMT",
        "2015-08-30T12:36:00ZZ",
        "2015-08-30T24:00:00Z",
        "2015-08-30T12:60:00Z",
        "2015-08-30T12:36:61Z",
        "2015-00-30T12:36:00Z",
        "2015-13-30T12:36:00Z",
        "2015-08-00T12:36:00Z",
        "2015-08-32T12:36:00Z",
        "2015-04-31T12:36:00Z",
        "2015-02-29T12:36:00Z",
        "1900-02-29T12:36:00Z",
        "2100-02-29T12:36:00Z",
        "2015-08-30T1a:36:00Z",
        "1440938160",
    };
    assert_refuses(parse_iso8601, TEXTS, COUNT_OF(TEXTS));
}

static void reads_the_date_of_http(void **state)
{
    (void)state;
    static const struct row ROWS[] = {
        { "Wed, 18 Aug 2021 21:28:55 GMT", 1629322135 },
        { "Thu, 01 Jan 1970 00:00:00 GMT", 0 },
        { "Sun, 06 Nov 1994 08:49:37 GMT", 784111777 },
        { "Thu, 29 Feb 2024 23:59:59 GMT", 1709251199 },
        { "Sat, 31 Dec 2016 23:59:60 GMT", 1483228800 },
        { "Fri, 15 Jan 2021 00:00:00 GMT", 1610668800 },
        { "Tue, 24 Nov 2026 10:29:52 GMT", 1795516192 },
    };
    assert_reads(parse_http, ROWS, COUNT_OF(ROWS));
}

static void refuses_the_other_dates_of_http(void **state)
{
    (void)state;
    static const char *const TEXTS[] = {
        "",
        "Wed, 18 Aug 2021 21:28:55",
        "Wed, 18 Aug 2021 21:28:55 UTC",
        "Wed, 18 Aug 2021 21:28:55 +0000",
        "Wed, 18 Aug 2021 21:28:55 GMT ",
        "Wed,18 Aug 2021 21:28:55 GMT",
        "18 Aug 2021 21:28:55 GMT",
        "Wednesday, 18-Aug-21 21:28:55 GMT",
        "Wed Aug 18 21:28:55 2021",
        "Wed, 18 aug 2021 21:28:55 GMT",
        "Wed, 18 Augu 2021 21:28:55 GMT",
        "Wed, 8 Aug 2021 21:28:55 GMT",
        "Wed, 31 Apr 2021 21:28:55 GMT",
        "Mon, 29 Feb 2021 21:28:55 GMT",
        "Wed, 00 Aug 2021 21:28:55 GMT",
        "Wed, 18 Aug 2021 24:00:00 GMT",
        "Wed, 18 Aug 2021 21:60:55 GMT",
        "Wed, 18 Aug 21 21:28:55 GMT",
        "2021-08-18T21:28:55Z",
    };
    assert_refuses(parse_http, TEXTS, COUNT_OF(TEXTS));
}

static void formats_within_its_years(void **state)
{
    (void)state;

    static const struct {
        int64_t epoch_s;
        const char *want_basic;
        const char *want_iso8601;
    } ROWS[] = {
        { 0, "19700101T000000Z", "1970-01-01T00:00:00Z" },
        { 1440938160, "20150830T123600Z", "2015-08-30T12:36:00Z" },
        { 951782400, "20000229T000000Z", "2000-02-29T00:00:00Z" },
        { 253402300799, "99991231T235959Z", "9999-12-31T23:59:59Z" },
        { 253402300800, "99991231T235959Z", "9999-12-31T23:59:59Z" },
        { INT64_MAX, "99991231T235959Z", "9999-12-31T23:59:59Z" },
        { -1, "19700101T000000Z", "1970-01-01T00:00:00Z" },
        { INT64_MIN, "19700101T000000Z", "1970-01-01T00:00:00Z" },
    };

    for (size_t i = 0; i < COUNT_OF(ROWS); i++) {
        char basic[TIMESTAMP_BASIC_BYTES];
        char iso8601[TIMESTAMP_ISO8601_BYTES];
        timestamp_format_basic(ROWS[i].epoch_s, basic);
        timestamp_format_iso8601(ROWS[i].epoch_s, iso8601);
        if (strcmp(basic, ROWS[i].want_basic) != 0 || strcmp(iso8601, ROWS[i].want_iso8601) != 0) {
            fail_msg("%lld: %s, %s", (long long)ROWS[i].epoch_s, basic, iso8601);
        }
    }
}

static void what_is_formatted_is_read_back(void **state)
{
    (void)state;
    static const int64_t STEP_S = 7919 * 86399;
    for (int64_t epoch_s = 0; epoch_s <= 253402300799; epoch_s += STEP_S) {
        char iso8601[TIMESTAMP_ISO8601_BYTES];
        int64_t got_s = -1;
        timestamp_format_iso8601(epoch_s, iso8601);
        if (!timestamp_parse_iso8601(iso8601, &got_s) || got_s != epoch_s) {
            fail_msg("%lld became %s and %lld", (long long)epoch_s, iso8601, (long long)got_s);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_iso_8601_in_every_zone_form),
        cmocka_unit_test(refuses_other_times_and_dates_that_do_not_exist),
        cmocka_unit_test(reads_the_date_of_http),
        cmocka_unit_test(refuses_the_other_dates_of_http),
        cmocka_unit_test(formats_within_its_years),
        cmocka_unit_test(what_is_formatted_is_read_back),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
