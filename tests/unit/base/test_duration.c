/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/duration.h"

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

static void reads_whole_numbers_with_a_unit(void **state)
{
    (void)state;

    static const struct {
        const char *text;
        int64_t want_ms;
    } ROWS[] = {
        { "1", 1000 },
        { "30", 30000 },
        { "30s", 30000 },
        { "1ms", 1 },
        { "1500ms", 1500 },
        { "5m", 300000 },
        { "2h", 7200000 },
        { "007s", 7000 },
        { "24h", 86400000 },
        { "1440m", 86400000 },
        { "86400", 86400000 },
        { "86400000ms", 86400000 },
        { "00000000000000000000000000000001s", 1000 },
    };

    for (size_t i = 0; i < COUNT_OF(ROWS); i++) {
        int64_t got_ms = -1;
        if (!duration_parse(ROWS[i].text, &got_ms) || got_ms != ROWS[i].want_ms) {
            fail_msg("%s: %lld ms", ROWS[i].text, (long long)got_ms);
        }
    }
}

static void refuses_everything_else_and_leaves_the_output(void **state)
{
    (void)state;
    static const char *const TEXTS[] = { "", "0", "0s", "000ms", "-1", "+1", "1.5s", "1,5", "s",
        "ms", " 1", "1 ", "1 s", "1S", "1M", "1H", "1MS", "1d", "1us", "1sec", "1mm", "1m30s",
        "0x10", "1e3", "25h", "1441m", "86401", "86400001ms", "9223372036854775807",
        "18446744073709551617", "99999999999999999999999999h", "\xD9\xA1", "1\n" };
    for (size_t i = 0; i < COUNT_OF(TEXTS); i++) {
        int64_t got_ms = -1;
        if (duration_parse(TEXTS[i], &got_ms) || got_ms != -1) {
            fail_msg("\"%s\": %lld ms", TEXTS[i], (long long)got_ms);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_whole_numbers_with_a_unit),
        cmocka_unit_test(refuses_everything_else_and_leaves_the_output),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
