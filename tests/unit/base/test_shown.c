/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/shown.h"

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

struct row {
    const char *name;
    const char *word;
    const char *as_word;
    const char *as_name;
};

static void shows_nothing_after_an_equals_sign(void **state)
{
    (void)state;
    static const struct row ROWS[] = {
        { "a word", "yaml", "yaml", "yaml" },
        { "an empty word", "", "", "" },
        { "a value", "DB_PASS=hunter2", "DB_PASS=...", "DB_PASS=..." },
        { "two values", "A=b=c", "A=...", "A=..." },
        { "no name", "=hunter2", "...", "..." },
        { "base64", "aHVudGVyMg==", "...", "..." },
        { "base64 with one '='", "aHVudGVyMjM=", "...", "..." },
        { "not only '=' at the end", "A==b", "A=...", "A=..." },
        { "a password before a host", "user:pw@host", "user:...", "..." },
        { "a URL", "postgres://u:pw@h/db?a=b", "postgres://...", "..." },
        { "a value that is a URL", "DB=postgres://u:pw@h/db", "DB=...", "DB=..." },
        { "an ARN", "arn:aws:ssm:eu-west-1:1:parameter/a", "arn:aws:ssm:eu-west-1:1:parameter/a",
                "..." },
        { "an address without a password", "me@example.org", "me@example.org", "..." },
        { "other characters and a value", "a/b=c", "a/b=...", "..." },
        { "what names are mistyped with", "1db-pass.x*", "1db-pass.x*", "1db-pass.x*" },
        { "a byte above ASCII", "\xC3\xA9", "\xC3\xA9", "..." },
    };
    for (size_t i = 0; i < COUNT_OF(ROWS); i++) {
        char as_word[SHOWN_BYTES];
        char as_name[SHOWN_BYTES];
        size_t len = strlen(ROWS[i].word);
        if (strcmp(shown_word(ROWS[i].word, len, as_word), ROWS[i].as_word) != 0
                || strcmp(shown_name(ROWS[i].word, len, as_name), ROWS[i].as_name) != 0) {
            fail_msg("%s: shown as %s and %s", ROWS[i].name, as_word, as_name);
        }
    }
}

static void reads_as_far_as_it_is_told(void **state)
{
    (void)state;
    char shown[SHOWN_BYTES];
    assert_string_equal(shown_word("yaml=x", 4, shown), "yaml");
    assert_string_equal(shown_word("A=b", 2, shown), "...");
    assert_string_equal(shown_name("A,B", 1, shown), "A");
    assert_string_equal(shown_name("A\0B", 3, shown), "...");
}

static void cuts_what_does_not_fit(void **state)
{
    (void)state;
    char word[2 * SHOWN_BYTES];
    char shown[SHOWN_BYTES];
    memset(word, 'x', sizeof(word));
    for (size_t len = 0; len < sizeof(word); len++) {
        (void)shown_word(word, len, shown);
        size_t shown_len = strlen(shown);
        assert_true(shown_len < SHOWN_BYTES);
        assert_true(shown_len == len || strcmp(shown + shown_len - 4, "x...") == 0);
        word[len] = '=';
        (void)shown_word(word, sizeof(word), shown);
        word[len] = 'x';
        shown_len = strlen(shown);
        assert_true(shown_len < SHOWN_BYTES && shown_len <= len + 4);
        assert_string_equal(shown + shown_len - 3, "...");
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(shows_nothing_after_an_equals_sign),
        cmocka_unit_test(reads_as_far_as_it_is_told),
        cmocka_unit_test(cuts_what_does_not_fit),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
