/* How far words are from each other. */
/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/similar.h"

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

static void slips_are_counted(void **state)
{
    (void)state;

    static const struct {
        const char *a;
        const char *b;
        size_t want;
    } ROWS[] = {
        { "", "", 0 }, { "", "abc", 3 }, { "default", "default", 0 }, { "default", "defaults", 1 },
        { "default", "defaut", 1 }, { "default", "defualt", 1 }, { "default", "dafault", 1 },
        { "default", "edfautl", 2 }, { "kitten", "sitting", 3 }, { "abcdef", "fedcba", 5 },
        { "ca", "abc", 3 }, /* each letter once: swapped letters are not parted again */
    };

    for (size_t i = 0; i < COUNT_OF(ROWS); i++) {
        size_t there = similar_distance(ROWS[i].a, ROWS[i].b);
        size_t back = similar_distance(ROWS[i].b, ROWS[i].a);
        if (there != ROWS[i].want || back != ROWS[i].want) {
            fail_msg("%s, %s: %zu, %zu", ROWS[i].a, ROWS[i].b, there, back);
        }
    }
}

static void long_words_are_like_none(void **state)
{
    (void)state;
    char word[SIMILAR_MAX_BYTES + 1] = "";
    memset(word, 'x', SIMILAR_MAX_BYTES);
    assert_int_equal(similar_distance(word, word), SIMILAR_MAX_BYTES);
    word[SIMILAR_MAX_BYTES - 1] = '\0';
    assert_int_equal(similar_distance(word, word), 0);
    assert_int_equal(similar_distance(word, ""), SIMILAR_MAX_BYTES - 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(slips_are_counted),
        cmocka_unit_test(long_words_are_like_none),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
