/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "vars/envblock.h"

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

enum {
    VARIABLES_MAX = 4,
    ENTRIES_MAX = 8,
    VALUE_MAX_BYTES = 64,
};

/* A merged variable as a test writes it. */
struct row {
    const char *variable;
    const char *value;
    size_t replaced; /* which inherited entry, from 1 on; 0: none */
    const char *file_path;
    bool is_preserved;
    bool is_unset;
};

static void assert_entries(char *const *entries, const char *const *wanted)
{
    size_t count = 0;
    for (; count < ENTRIES_MAX && wanted[count] != NULL; count++) {
        assert_non_null(entries[count]);
        assert_string_equal(entries[count], wanted[count]);
    }
    assert_null(entries[count]);
}

/* inherited and wanted have NULL at the end. */
static void check(const char *const *entries, const struct row *rows, const char *const *wanted)
{
    char *copied[ENTRIES_MAX + 1] = { NULL };
    struct inherited inherited = { .entries = copied };
    for (; entries[inherited.count] != NULL; inherited.count++) {
        copied[inherited.count] = (char *)(uintptr_t)entries[inherited.count];
    }
    struct secret values[VARIABLES_MAX];
    struct assignment assignments[VARIABLES_MAX] = { 0 };
    struct merged_variable variables[VARIABLES_MAX] = { 0 };
    struct merge_result merged = { .variables = variables };
    for (; merged.len < VARIABLES_MAX && rows[merged.len].variable != NULL; merged.len++) {
        const struct row *row = &rows[merged.len];
        values[merged.len] = SECRET_INIT(VALUE_MAX_BYTES);
        secret_append_string(&values[merged.len], row->value);
        assignments[merged.len] = (struct assignment){
            .variable = (char *)(uintptr_t)row->variable,
            .as_file = row->file_path != NULL,
            .value = &values[merged.len],
        };
        variables[merged.len] = (struct merged_variable){
            .assignment = &assignments[merged.len],
            .overridden_inherited = row->replaced == 0 ? NULL : copied[row->replaced - 1],
            .is_preserved = row->is_preserved,
            .is_unset = row->is_unset,
            .file_path = row->file_path,
        };
    }
    CLEANUP(envblock_clear) struct envblock block = ENVBLOCK_INIT;
    struct err err;
    assert_true(envblock_build(&inherited, &merged, &block, &err));
    assert_entries(block.entries, wanted);
    for (size_t i = 0; i < merged.len; i++) {
        secret_clear(&values[i]);
    }
}

static void inherited_entries_come_first_and_as_they_are(void **state)
{
    (void)state;
    static const char *const inherited[] = { "Z=1", "odd", "A=", "=x", NULL };
    static const struct row rows[VARIABLES_MAX] = { { "B", "b=b", 0, NULL, false, false },
        { "C", "", 0, NULL, false, false } };
    static const char *const wanted[] = { "Z=1", "odd", "A=", "=x", "B=b=b", "C=", NULL };
    check(inherited, rows, wanted);
}

static void nothing_makes_an_empty_environment(void **state)
{
    (void)state;
    static const char *const none[] = { NULL };
    static const struct row rows[VARIABLES_MAX] = { { NULL, NULL, 0, NULL, false, false } };
    check(none, rows, none);
}

static void what_is_replaced_goes_wherever_it_stands(void **state)
{
    (void)state;
    static const char *const inherited[] = { "A=1", "B=2", "C=3", "D=4", NULL };
    static const struct row rows[VARIABLES_MAX] = { { "A", "a", 1, NULL, false, false },
        { "C", "c", 3, NULL, false, false }, { "D", "d", 4, NULL, false, false } };
    static const char *const wanted[] = { "B=2", "A=a", "C=c", "D=d", NULL };
    check(inherited, rows, wanted);
}

static void a_preserved_entry_stays_in_place_of_the_value(void **state)
{
    (void)state;
    static const char *const inherited[] = { "A=1", "B=2", NULL };
    static const struct row rows[VARIABLES_MAX] = { { "A", "a", 1, NULL, true, false },
        { "B", "b", 2, NULL, false, false } };
    static const char *const wanted[] = { "A=1", "B=b", NULL };
    check(inherited, rows, wanted);
}

static void what_is_unset_goes_with_what_it_replaced(void **state)
{
    (void)state;
    static const char *const inherited[] = { "A=1", "B=2", NULL };
    static const struct row rows[VARIABLES_MAX] = { { "A", "a", 1, NULL, false, true },
        { "C", "c", 0, NULL, false, true } };
    static const char *const wanted[] = { "B=2", NULL };
    check(inherited, rows, wanted);
}

static void a_file_is_given_by_its_path(void **state)
{
    (void)state;
    static const char *const none[] = { NULL };
    static const struct row rows[VARIABLES_MAX] = {
        { "A", "hush", 0, "/proc/self/fd/10", false, false },
        { "B", "b", 0, NULL, false, false },
        { "C", "hush", 0, "/proc/self/fd/111", false, false },
        { "D", "hush", 0, "/never", false, true },
    };
    static const char *const wanted[] = { "A=/proc/self/fd/10", "B=b", "C=/proc/self/fd/111",
        NULL };
    check(none, rows, wanted);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(inherited_entries_come_first_and_as_they_are),
        cmocka_unit_test(nothing_makes_an_empty_environment),
        cmocka_unit_test(what_is_replaced_goes_wherever_it_stands),
        cmocka_unit_test(a_preserved_entry_stays_in_place_of_the_value),
        cmocka_unit_test(what_is_unset_goes_with_what_it_replaced),
        cmocka_unit_test(a_file_is_given_by_its_path),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
