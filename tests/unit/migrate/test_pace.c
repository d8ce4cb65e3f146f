/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "migrate/pace.h"

/* When so many writes have begun, if nothing else takes time. */
static int64_t run(struct pace *pace, int writes, int64_t now)
{
    for (int i = 0; i < writes; i++) {
        now += pace_wait_ms(pace, now);
        assert_int_equal(pace_wait_ms(pace, now), 0);
        pace_begin(pace, now);
    }
    return now;
}

static void the_rate_is_never_passed(void **state)
{
    (void)state;
    for (int rate = 1; rate <= PACE_MAX_RATE; rate++) {
        struct pace pace;
        pace_init(&pace, rate);
        int64_t took_ms = run(&pace, 100 * rate + 1, 5000) - 5000;
        assert_true(took_ms >= 100 * 1000 && took_ms <= 101 * 1000);
    }
}

static void time_that_passed_is_not_made_up_for(void **state)
{
    (void)state;
    struct pace pace;
    pace_init(&pace, 3);
    (void)run(&pace, 1, 1000);
    assert_int_equal(pace_wait_ms(&pace, 60000), 0);
    pace_begin(&pace, 60000);
    assert_int_equal(pace_wait_ms(&pace, 60000), 334);
}

static void throttling_makes_it_slower_for_a_while(void **state)
{
    (void)state;
    struct pace pace;
    pace_init(&pace, 10);
    pace_slow_down(&pace);
    pace_slow_down(&pace);
    pace_begin(&pace, 0);
    assert_int_equal(pace_wait_ms(&pace, 0), 400);
    pace_begin(&pace, 400);
    assert_true(pace_wait_ms(&pace, 400) < 400);
    int64_t now = run(&pace, 200, 400);
    pace_begin(&pace, now);
    assert_int_equal(pace_wait_ms(&pace, now), 100);
    for (int i = 0; i < 100; i++) {
        pace_slow_down(&pace);
    }
    pace_begin(&pace, now);
    assert_int_equal(pace_wait_ms(&pace, now), PACE_SLOWEST_MS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_rate_is_never_passed),
        cmocka_unit_test(time_that_passed_is_not_made_up_for),
        cmocka_unit_test(throttling_makes_it_slower_for_a_while),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
