/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/text.h"
#include "migrate/needles.h"

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

enum {
    VALUE_MAX_BYTES = 64 * 1024
};

static void add(struct needles *needles, size_t id, const char *value)
{
    CLEANUP(secret_clear) struct secret secret = SECRET_INIT(VALUE_MAX_BYTES);
    struct err err = { 0 };
    secret_append_string(&secret, value);
    assert_true(needles_add(needles, id, &secret, &err));
}

static struct needles *new_needles(void)
{
    struct err err = { 0 };
    struct needles *needles = needles_new(&err);
    assert_non_null(needles);
    return needles;
}

/* Writes each hit as "id:line" or "id:line:base64", with a blank behind it. */
static void write_hit(void *context, const struct needles_hit *hit)
{
    text_append_format(context, "%zu:%zu%s ", hit->id, hit->line, hit->is_base64 ? ":base64" : "");
}

static void search(struct needles *needles, const char *text, size_t len, struct text *got)
{
    struct needles_piece piece = { .text = { text, len }, .line = 1 };
    needles_search(needles, &piece, write_hit, got);
}

static void values_are_found_plain_and_as_base64(void **state)
{
    (void)state;

    static const struct {
        const char *text;
        const char *want;
    } ROWS[] = {
        { "", "" },
        { "hunter2", "" },
        { "hunter2hunter", "" },
        { "hunter2hunter2", "0:1 " },
        { "x\ny: hunter2hunter2\n", "0:2 " },
        { "xhunter2hunter2x", "0:1 " },
        { "hunter2hunter2 hunter2hunter2\nhunter2hunter2", "0:1 0:2 " },
        { "aHVudGVyMmh1bnRlcjI=", "0:1:base64 " },
        { "aHVudGVyMmh1bnRlcjI", "0:1:base64 " },
        { "data: aHVudGVyMmh1bnRlcjIK", "0:1:base64 " },
        { "aHVudGVyMmh1bnRlcjM=", "" },            /* hunter2hunter3 */
        { "eGh1bnRlcjJodW50ZXIy", "0:1:base64 " }, /* x and the value */
        { "eHhodW50ZXIyaHVudGVyMg==", "0:1:base64 " },
        { "eGh1bnRlcjJodW50ZXIyeHg=", "0:1:base64 " }, /* and xx behind it */
        { "eHhodW50ZXIyaHVudGVyMnh4", "0:1:base64 " },
        { "eHhndW50ZXIyaHVudGVyMg==", "" },         /* xxgunter2hunter2 */
        { "a: |\n  aHVudG\n  VyMmh1bnRlcjI=", "" }, /* wrapped within its first characters */
        { "a: |\n  aHVudGVyMmh1b\r\n  nRlcjI=", "0:2:base64 " },
        { "/v//Pz8+Pn5+fg", "5:1:base64 " },
        { "_v__Pz8-Pn5-fg", "5:1:base64 " },
        { "a: |\n  line one\n  line two", "4:2 " },
        { "\"line one\\nline two\"", "4:1 " },
        { "line one\r\nline two", "4:1 " },
        { "line one line two", "" },
        { "12345678", "1:1 " },
        { "123456789", "1:1 2:1 " },
        { "MTIzNDU2Nzg=", "1:1:base64 " },
        { "aaaaaaaaab", "3:1 " },
        { "line one\nline two\nhunter2hunter2", "4:1 0:3 " },
    };
    CLEANUP(needles_release) struct needles *needles = new_needles();
    add(needles, 0, "hunter2hunter2");
    add(needles, 1, "12345678");
    add(needles, 2, "123456789");
    add(needles, 3, "aaaaaaab");
    add(needles, 4, "line one\nline two\n");
    add(needles, 5, "\xfe\xff\xff\x3f\x3f\x3e\x3e\x7e\x7e\x7e");
    for (size_t i = 0; i < COUNT_OF(ROWS); i++) {
        CLEANUP(text_clear) struct text got = TEXT_INIT(4096);
        search(needles, ROWS[i].text, strlen(ROWS[i].text), &got);
        /* needles with the same beginning come in no order that matters */
        bool is_pair = strcmp(text_string(&got), "2:1 1:1 ") == 0;
        if (strcmp(text_string(&got), ROWS[i].want) != 0 && !is_pair) {
            fail_msg("%s: %s", ROWS[i].text, text_string(&got));
        }
    }
}

static void short_values_and_placeholders_are_left_out(void **state)
{
    (void)state;
    static const char TEXT[] = "1234567 changeme your-key-here";
    CLEANUP(needles_release) struct needles *needles = new_needles();
    CLEANUP(text_clear) struct text got = TEXT_INIT(4096);
    add(needles, 0, "1234567");
    add(needles, 1, "changeme");
    add(needles, 2, "your-key-here");
    search(needles, TEXT, sizeof(TEXT) - 1, &got);
    assert_string_equal(text_string(&got), "");
}

static void pieces_of_a_file_are_searched_as_the_whole_is(void **state)
{
    (void)state;
    static const char TEXT[] = "\nhunter2hunter2 hunter2hunter2\n\naHVudGVyMmh1bnRlcjI=\n";
    size_t len = sizeof(TEXT) - 1;
    for (size_t cut = 0; cut <= len; cut++) {
        CLEANUP(needles_release) struct needles *needles = new_needles();
        CLEANUP(text_clear) struct text got = TEXT_INIT(4096);
        add(needles, 0, "hunter2hunter2");
        search(needles, TEXT, cut, &got);
        struct needles_piece rest = { .text = { TEXT, len }, .known = cut, .line = 1 };
        needles_search(needles, &rest, write_hit, &got);
        assert_string_equal(text_string(&got), "0:2 0:4:base64 ");
    }
}

static void of_a_long_value_the_beginning_is_found(void **state)
{
    (void)state;
    CLEANUP(needles_release) struct needles *needles = new_needles();
    CLEANUP(text_clear) struct text got = TEXT_INIT(4096);
    CLEANUP(text_clear) struct text value = TEXT_INIT(VALUE_MAX_BYTES);
    for (unsigned i = 0; i < 6000; i++) {
        text_append_format(&value, "%u ", i);
    }
    assert_true(value.len > NEEDLES_MAX_BYTES);
    add(needles, 7, text_string(&value));
    search(needles, text_string(&value), value.len, &got);
    assert_string_equal(text_string(&got), "7:1 ");
}

/* A generator with a fixed beginning: the test is the same each time. */
static uint32_t next_number(uint32_t *seed)
{
    *seed = *seed * 1664525 + 1013904223;
    return *seed >> 8;
}

static void the_search_agrees_with_a_simple_one(void **state)
{
    (void)state;

    enum {
        ROUNDS = 300,
        TEXT_BYTES = 400,
        VALUES = 5
    };

    uint32_t seed = 1;
    for (size_t round = 0; round < ROUNDS; round++) {
        CLEANUP(needles_release) struct needles *needles = new_needles();
        CLEANUP(text_clear) struct text got = TEXT_INIT(64 * 1024);
        char text[TEXT_BYTES];
        bool is_there[VALUES] = { false };
        for (size_t i = 0; i < TEXT_BYTES; i++) {
            text[i] = "ab"[next_number(&seed) % 2];
        }
        for (size_t id = 0; id < VALUES; id++) {
            char value[13] = { 0 };
            size_t len = 8 + next_number(&seed) % 4;
            for (size_t i = 0; i < len; i++) {
                value[i] = "ab"[next_number(&seed) % 2];
            }
            add(needles, id, value);
            is_there[id] = memmem(text, TEXT_BYTES, value, len) != NULL;
        }
        search(needles, text, TEXT_BYTES, &got);
        for (size_t id = 0; id < VALUES; id++) {
            char word[] = { (char)('0' + id), ':', '1', ' ', '\0' };
            assert_int_equal(strstr(text_string(&got), word) != NULL, is_there[id]);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values_are_found_plain_and_as_base64),
        cmocka_unit_test(short_values_and_placeholders_are_left_out),
        cmocka_unit_test(pieces_of_a_file_are_searched_as_the_whole_is),
        cmocka_unit_test(of_a_long_value_the_beginning_is_found),
        cmocka_unit_test(the_search_agrees_with_a_simple_one),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
