/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "vars/inherit.h"

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

enum {
    ENTRIES_MAX = 12
};

struct selection {
    struct inherited inherited;
    struct source_list references;
    struct err_list problems;
    bool ok;
};

static void clear_selection(struct selection *selection)
{
    inherited_clear(&selection->inherited);
    source_list_clear(&selection->references);
    err_list_clear(&selection->problems);
}

static struct selection select_from(const char *const entries[], const struct inherit_rules *rules)
{
    struct selection selection = { 0 };
    char *copied[ENTRIES_MAX + 1] = { NULL };
    for (size_t i = 0; i < ENTRIES_MAX && entries[i] != NULL; i++) {
        copied[i] = (char *)(uintptr_t)entries[i];
    }
    const struct environment environment = { .entries = copied };
    selection.ok = inherit_select(
            &environment, rules, &selection.inherited, &selection.references, &selection.problems);
    return selection;
}

static void assert_entries(const struct inherited *inherited, const char *const wanted[])
{
    size_t count = 0;
    for (; count < ENTRIES_MAX && wanted[count] != NULL; count++) {
        assert_true(count < inherited->count);
        assert_string_equal(inherited->entries[count], wanted[count]);
    }
    assert_int_equal(inherited->count, count);
    assert_null(inherited->entries[count]);
}

static void what_passes_keeps_its_order(void **state)
{
    (void)state;

    static const char *const kept[] = { "A", "B_*" };
    static const char *const unset[] = { "B", "C_*" };
    static const char *const dropped[] = { "KEY", "TOKEN" };
    static const char *const needed[] = { "KEY" };

    static const struct {
        const char *entries[ENTRIES_MAX];
        struct inherit_rules rules;
        const char *wanted[ENTRIES_MAX];
    } ROWS[] = {
        { { "B=2", "A=1", "C=" }, { 0 }, { "B=2", "A=1", "C=" } },
        { { NULL }, { 0 }, { NULL } },
        /* Of duplicates the first stays, wherever the others stand. */
        { { "B=1", "A=1", "B=2", "A=2", "B=3" }, { 0 }, { "B=1", "A=1" } },
        { { "A=", "A=2" }, { 0 }, { "A=" } },
        { { "A=1", "AB=1", "AB=2", "A=2" }, { 0 }, { "A=1", "AB=1" } },
        /* Entries without a name are not duplicates of each other. */
        { { "odd", "odd", "=x", "A=1" }, { 0 }, { "odd", "odd", "=x", "A=1" } },
        { { "odd", "odd=1", "odd=2" }, { 0 }, { "odd", "odd=1" } },
        { { "SSM_EXEC_X=1", "SSM_EXEC_=", "SSM_EXEC=1", "SSM_EXE_C=1", "XSSM_EXEC_=1" }, { 0 },
                { "SSM_EXEC=1", "SSM_EXE_C=1", "XSSM_EXEC_=1" } },
        { { "A=1", "B=1", "B_X=1", "C_=1", "C=1", "odd" }, { .unset = { unset, COUNT_OF(unset) } },
                { "A=1", "B_X=1", "C=1", "odd" } },
        { { "A=1", "AA=1", "B=1", "B_=1", "B_X=1", "odd", "SSM_EXEC_A=1" },
                { .pristine = true, .kept = { kept, COUNT_OF(kept) } },
                { "A=1", "B_=1", "B_X=1" } },
        { { "A=1", "odd" }, { .pristine = true }, { NULL } },
        /* Without --pristine, --keep means nothing. */
        { { "A=1", "Z=1" }, { .kept = { kept, COUNT_OF(kept) } }, { "A=1", "Z=1" } },
        { { "KEY=k", "REGION=r", "TOKEN=", "KEYS=k", "TOKE=x", "key=x" },
                { .dropped = { dropped, COUNT_OF(dropped) } },
                { "REGION=r", "KEYS=k", "TOKE=x", "key=x" } },
        { { "A=ssm:///a" }, { .no_refs = true }, { "A=ssm:///a" } },
        { { "KEY=ssm:///a" }, { .no_refs = true, .needed = { needed, 1 } }, { "KEY=ssm:///a" } },
        { { "KEY=k" }, { .needed = { needed, 1 } }, { "KEY=k" } },
        { { "A= ssm:///a", "B=xssm:///a" }, { 0 }, { "A= ssm:///a", "B=xssm:///a" } },
        /* Without a name there is nothing that a reference could set. */
        { { "=ssm:///a" }, { 0 }, { "=ssm:///a" } },
    };

    for (size_t i = 0; i < COUNT_OF(ROWS); i++) {
        CLEANUP(clear_selection)
        struct selection selection = select_from(ROWS[i].entries, &ROWS[i].rules);
        assert_true(selection.ok);
        assert_true(err_list_is_empty(&selection.problems));
        assert_int_equal(selection.references.len, 0);
        assert_entries(&selection.inherited, ROWS[i].wanted);
    }
}

static void references_become_sources_in_their_order(void **state)
{
    (void)state;
    static const char *const unset[] = { "U" };
    static const char *const entries[ENTRIES_MAX] = { "Z=ssm:///z:7", "A=1", "odd.name=ssm:///o#m",
        "U=ssm:///u", "Z=2", "A=ssm:///late" };
    /* --pristine lets references pass, whatever is kept. */
    const struct inherit_rules rules = { .pristine = true, .unset = { unset, 1 } };
    CLEANUP(clear_selection) struct selection selection = select_from(entries, &rules);
    assert_true(selection.ok);
    assert_int_equal(selection.inherited.count, 0);
    assert_int_equal(selection.references.len, 2);
    const struct source *first = &selection.references.items[0];
    const struct source *second = &selection.references.items[1];
    assert_string_equal(first->variable, "Z");
    assert_string_equal(first->name, "/z:7");
    assert_int_equal(first->layer, LAYER_INHERITED);
    assert_string_equal(second->variable, "odd.name");
    assert_string_equal(second->member, "m");
}

static void all_that_is_wrong_with_references_is_told(void **state)
{
    (void)state;

    static const char *const entries[ENTRIES_MAX] = { "A=ssm://not-a-ref", "REGION=ssm:///r",
        "KEY=ssm:///k", "B=ssm://", "C=ssm:///c", "SSM_EXEC_X=ssm://whatever" };
    static const char *const NAMED[] = { "A", "REGION", "KEY", "B" };
    static const char *const needed[] = { "KEY", "REGION" };

    /* Also where COMMAND does not get the variable. */
    const struct inherit_rules rules = { .dropped = { needed, 1 }, .needed = { needed, 2 } };
    CLEANUP(clear_selection) struct selection selection = select_from(entries, &rules);
    assert_false(selection.ok);
    assert_int_equal(selection.problems.len, COUNT_OF(NAMED));
    for (size_t i = 0; i < COUNT_OF(NAMED); i++) {
        const struct err *err = &selection.problems.items[i];
        assert_int_equal(err->kind, ERR_INPUT);
        if (strstr(err->where, NAMED[i]) == NULL && strstr(err->why, NAMED[i]) == NULL) {
            fail_msg("%s: %s", err->where, err->why);
        }
    }
}

static void a_later_duplicate_that_is_a_reference_is_not_looked_at(void **state)
{
    (void)state;
    static const char *const entries[ENTRIES_MAX] = { "KEY=k", "KEY=ssm:///k" };
    static const char *const needed[] = { "KEY" };
    const struct inherit_rules rules = { .needed = { needed, 1 } };
    CLEANUP(clear_selection) struct selection selection = select_from(entries, &rules);
    assert_true(selection.ok);
    assert_int_equal(selection.references.len, 0);
}

static void finds_what_is_inherited_by_name(void **state)
{
    (void)state;
    static const char *const unset[] = { "U" };
    static const char *const entries[ENTRIES_MAX] = { "B=2", "odd", "A=1", "B=3", "R=ssm:///r",
        "U=1", "AB=", "=x" };
    const struct inherit_rules rules = { .unset = { unset, 1 } };
    CLEANUP(clear_selection) struct selection selection = select_from(entries, &rules);
    assert_true(selection.ok);
    assert_string_equal(inherited_find(&selection.inherited, "A"), "A=1");
    assert_string_equal(inherited_find(&selection.inherited, "AB"), "AB=");
    assert_string_equal(inherited_find(&selection.inherited, "B"), "B=2");
    assert_string_equal(inherited_find(&selection.inherited, ""), "=x");
    static const char *const absent[] = { "odd", "R", "U", "C", "a", "A=1" };
    for (size_t i = 0; i < COUNT_OF(absent); i++) {
        assert_null(inherited_find(&selection.inherited, absent[i]));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_passes_keeps_its_order),
        cmocka_unit_test(references_become_sources_in_their_order),
        cmocka_unit_test(all_that_is_wrong_with_references_is_told),
        cmocka_unit_test(a_later_duplicate_that_is_a_reference_is_not_looked_at),
        cmocka_unit_test(finds_what_is_inherited_by_name),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
