/* Paths with "~" and variables, as Python's os.path has them. */
/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/home.h"

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

static void paths_are_expanded(void **state)
{
    (void)state;
    static char home[] = "HOME=/home/me";
    static char directory[] = "DIR_1=/etc/x";
    static char tilde[] = "TILDE=~";
    static char dollar[] = "DOLLAR=$DIR_1";
    static char empty[] = "EMPTY=";
    char *const entries[] = { home, directory, tilde, dollar, empty, NULL };
    const struct environment environment = { entries };

    static const struct {
        const char *path;
        const char *want;
    } ROWS[] = {
        { "", "" },
        { "/a/b", "/a/b" },
        { "a", "a" },
        { "~", "/home/me" },
        { "~/", "/home/me/" },
        { "~/a", "/home/me/a" },
        { "/~/a", "/~/a" },
        { "a/~", "a/~" },
        { "~root/a", "/root/a" },
        { "~root", "/root" },
        { "~no-such-user/a", "~no-such-user/a" },
        { "$DIR_1/a", "/etc/x/a" },
        { "${DIR_1}a", "/etc/xa" },
        { "$DIR_1a", "$DIR_1a" },
        { "a$DIR_1", "a/etc/x" },
        { "$DIR_1$DIR_1", "/etc/x/etc/x" },
        { "$NOT_SET/a", "$NOT_SET/a" },
        { "${NOT_SET}/a", "${NOT_SET}/a" },
        { "$EMPTY/a", "/a" },
        { "$", "$" },
        { "$/a", "$/a" },
        { "${}", "${}" },
        { "${DIR_1", "${DIR_1" },
        { "$$DIR_1", "$/etc/x" },
        { "$TILDE/a", "/home/me/a" },
        { "$DOLLAR/a", "$DIR_1/a" },
        { "~/$DIR_1", "/home/me//etc/x" },
    };

    for (size_t i = 0; i < COUNT_OF(ROWS); i++) {
        CLEANUP(text_clear) struct text expanded = TEXT_INIT(4096);
        assert_true(home_expand(&environment, ROWS[i].path, &expanded));
        if (strcmp(text_string(&expanded), ROWS[i].want) != 0) {
            fail_msg("%s: %s", ROWS[i].path, text_string(&expanded));
        }
    }
}

static void what_is_too_long_for_a_path_stays(void **state)
{
    (void)state;
    static char big[40 * 1024] = "BIG=";
    memset(big + strlen(big), 'x', sizeof(big) - strlen(big) - 1);
    char *const entries[] = { big, NULL };
    const struct environment environment = { entries };
    CLEANUP(text_clear) struct text expanded = TEXT_INIT(4096);
    assert_true(home_expand(&environment, "$BIG$BIG", &expanded));
    assert_string_equal(text_string(&expanded), "$BIG$BIG");
}

static void messages_show_no_value_of_a_variable(void **state)
{
    (void)state;
    assert_string_equal(home_shown("~/a", "/home/me/a"), "/home/me/a");
    assert_string_equal(home_shown("/a", "/a"), "/a");
    assert_string_equal(home_shown("/x/$PASS", "/x/hunter2"), "/x/$PASS");
    assert_string_equal(home_shown("~/${PASS}", "/home/me/hunter2"), "~/${PASS}");
    assert_string_equal(home_shown("/x/$", "/x/$"), "/x/$");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(paths_are_expanded),
        cmocka_unit_test(what_is_too_long_for_a_path_stays),
        cmocka_unit_test(messages_show_no_value_of_a_variable),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
