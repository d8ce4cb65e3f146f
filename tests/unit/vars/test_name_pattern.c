/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "vars/name_pattern.h"

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

static void matches_a_name_or_a_beginning(void **state)
{
    (void)state;

    static const struct {
        const char *pattern;
        const char *name;
        bool want;
    } ROWS[] = {
        { "A", "A", true },
        { "A", "a", false },
        { "A", "AB", false },
        { "AB", "A", false },
        { "AB", "AC", false },
        { "A*", "A", true },
        { "A*", "AB", true },
        { "A*", "A*", true },
        { "A*", "B", false },
        { "AB*", "A", false },
        { "*", "", true },
        { "*", "anything", true },
        { "", "", true },
        { "", "A", false },
        /* Only at the end is it more than a character. */
        { "*A", "BA", false },
        { "*A", "*A", true },
        { "A**", "A*B", true },
        { "A**", "AB", false },
    };

    for (size_t i = 0; i < COUNT_OF(ROWS); i++) {
        if (name_pattern_matches(ROWS[i].pattern, ROWS[i].name, strlen(ROWS[i].name))
                != ROWS[i].want) {
            fail_msg("\"%s\" and \"%s\"", ROWS[i].pattern, ROWS[i].name);
        }
    }
}

static void looks_at_the_name_only_as_far_as_it_goes(void **state)
{
    (void)state;
    assert_true(name_pattern_matches("PATH", "PATH=/bin", 4));
    assert_false(name_pattern_matches("PATH", "PATH=/bin", 5));
    assert_false(name_pattern_matches("PATH", "PATH", 3));
    assert_true(name_pattern_matches("PA*", "PATH=/bin", 4));
    assert_false(name_pattern_matches("PATH=*", "PATH=/bin", 4));
}

static void one_of_several_is_enough(void **state)
{
    (void)state;
    static const char *const all[] = { "A", "B*", "C" };
    const struct name_patterns patterns = NAME_PATTERNS(all);
    const struct name_patterns first_two = { all, 2 };
    assert_true(name_patterns_match(patterns, "A", 1));
    assert_true(name_patterns_match(patterns, "Bx", 2));
    assert_true(name_patterns_match(patterns, "C", 1));
    assert_false(name_patterns_match(patterns, "D", 1));
    assert_false(name_patterns_match(first_two, "C", 1));
    assert_false(name_patterns_match(NO_NAME_PATTERNS, "A", 1));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(matches_a_name_or_a_beginning),
        cmocka_unit_test(looks_at_the_name_only_as_far_as_it_goes),
        cmocka_unit_test(one_of_several_is_enough),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
