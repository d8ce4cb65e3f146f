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

#include "migrate/ignore.h"

struct row {
    const char *text;
    const char *path;
    bool git;    /* what git check-ignore says */
    bool docker; /* what docker build leaves out */
};

static const struct row ROWS[] = {
    { "", ".env", false, false },
    { ".env", ".env", true, true },
    { ".env\n", ".env", true, true },
    { ".env \t\r\n", ".env", true, true },
    { "#.env\n", ".env", false, false },
    { ".env.local\n", ".env", false, false },
    { ".env*\n", ".env.production", true, true },
    { "*.env\n", "prod.env", true, true },
    { ".env*\n!.env.production\n", ".env.production", false, false },
    { "!.env\n.env\n", ".env", true, true },
    { ".env\n", "a/.env", true, false },
    { "**/.env\n", "a/b/.env", true, true },
    { "**/.env\n", ".env", true, true },
    { "/.env\n", ".env", true, true },
    { "/.env\n", "a/.env", false, false },
    { "a/.env\n", "a/.env", true, true },
    { "a/.env\n", "b/a/.env", false, false },
    { "a\n", "a/.env", true, true },
    { "a/\n", "a/b/.env", true, true },
    { ".env/\n", ".env", false, false },
    { "*\n", "a/.env", true, true },
    { "?env\n", ".env", true, true },
    { "/\n", ".env", false, false },
    { "\n\n \n!\n", ".env", false, false },
};

static void the_last_pattern_that_matches_decides(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(ROWS) / sizeof(ROWS[0]); i++) {
        const struct row *row = &ROWS[i];
        struct span text = { row->text, strlen(row->text) };
        bool git = ignore_has(text, row->path, false);
        bool docker = ignore_has(text, row->path, true);
        if (git != row->git || docker != row->docker) {
            fail_msg("row %zu: \"%s\" for %s", i, row->text, row->path);
        }
    }
}

static void what_is_too_long_or_has_a_nul_matches_nothing(void **state)
{
    (void)state;
    static char text[1 << 16];
    memset(text, '*', sizeof(text));
    assert_false(ignore_has((struct span){ text, sizeof(text) }, ".env", false));
    assert_true(ignore_has((struct span){ "******", 6 }, ".env", false));
    assert_false(ignore_has((struct span){ "*******", 7 }, ".env", false));
    assert_false(ignore_has((struct span){ ".en\0v", 5 }, ".env", false));
    text[sizeof(text) - 1] = '\0';
    assert_false(ignore_has((struct span){ "*\n", 2 }, text, false));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_last_pattern_that_matches_decides),
        cmocka_unit_test(what_is_too_long_or_has_a_nul_matches_nothing),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
