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

#include "vars/merge.h"

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

enum {
    ROWS_MAX = 8,
    VALUE_MAX_BYTES = 64,
};

/* One assignment as a test writes it; of order 0 and a String unless it says otherwise. */
struct row {
    const char *variable;
    enum source_layer layer;
    size_t order;
    const char *parameter; /* NULL: a plain value */
    int64_t version;
    const char *value;
    const char *type;
    bool as_file;
};

struct world {
    struct assignment_list assignments;
    struct inherited inherited;
    struct merge_rules rules;
    struct merge_result result;
    struct err_list problems;
};

static void add_bytes(struct world *world, const struct row *row, const char *value, size_t len)
{
    struct assignment assignment = {
        .variable = strdup(row->variable),
        .layer = row->layer,
        .order = row->order,
        .origin = "/origin",
        .parameter = row->parameter == NULL ? NULL : strdup(row->parameter),
        .type = row->type == NULL ? "String" : row->type,
        .version = row->version,
        .as_file = row->as_file,
        .owned_value = malloc(sizeof(struct secret)),
    };
    assert_non_null(assignment.owned_value);
    *assignment.owned_value = SECRET_INIT(VALUE_MAX_BYTES);
    secret_append(assignment.owned_value, value, len);
    assignment.value = assignment.owned_value;
    struct err err;
    assert_true(assignment_list_add_owned(&world->assignments, &assignment, &err));
}

static void add(struct world *world, const struct row *row)
{
    const char *value = row->value == NULL ? "value" : row->value;
    add_bytes(world, row, value, strlen(value));
}

/* Entries are borrowed: NULL at the end. */
static bool merge_rows(struct world *world, const struct row *rows, const char *const *entries)
{
    for (size_t i = 0; i < ROWS_MAX && rows[i].variable != NULL; i++) {
        add(world, &rows[i]);
    }
    char *copied[ROWS_MAX + 1] = { NULL };
    for (size_t i = 0; entries != NULL && entries[i] != NULL; i++) {
        assert_true(i < ROWS_MAX);
        copied[i] = (char *)(uintptr_t)entries[i];
    }
    const struct environment environment = { .entries = copied };
    const struct inherit_rules rules = { 0 };
    struct source_list references = { 0 };
    assert_true(
            inherit_select(&environment, &rules, &world->inherited, &references, &world->problems));
    return merge(&world->assignments, &world->inherited, &world->rules, &world->result,
            &world->problems);
}

static void clear_world(struct world *world)
{
    merge_result_clear(&world->result);
    assignment_list_clear(&world->assignments);
    inherited_clear(&world->inherited);
    err_list_clear(&world->problems);
}

static const struct merged_variable *only_variable(const struct world *world)
{
    assert_int_equal(world->result.len, 1);
    return &world->result.variables[0];
}

static const char *value_of(const struct merged_variable *variable)
{
    return secret_expose(variable->assignment->value);
}

/* The rows stand in the order in which the last of them must win. */
static void the_last_of_them_wins(const struct row *rows, size_t count)
{
    for (size_t turn = 0; turn < count; turn++) {
        CLEANUP(clear_world) struct world world = { 0 };
        struct row turned[ROWS_MAX + 1] = { 0 };
        for (size_t i = 0; i < count; i++) {
            turned[i] = rows[(i + turn) % count];
        }
        assert_true(merge_rows(&world, turned, NULL));
        const struct merged_variable *variable = only_variable(&world);
        assert_string_equal(value_of(variable), rows[count - 1].value);
        assert_ptr_equal(variable->unpreserved, variable->assignment);
        assert_null(variable->overridden_inherited);
        assert_false(variable->is_preserved || variable->is_unset);
    }
}

static void a_later_layer_wins_whatever_the_order(void **state)
{
    (void)state;

    static const struct row ROWS[] = {
        { "V", LAYER_INHERITED, 9, "/z", 9, "inherited", NULL, false },
        { "V", LAYER_ENV_FILE, 5, NULL, 0, "env file", NULL, false },
        { "V", LAYER_SOURCES, 0, "/a", 1, "source", NULL, false },
    };

    the_last_of_them_wins(ROWS, COUNT_OF(ROWS));
}

static void a_later_source_wins_whatever_the_name_and_version(void **state)
{
    (void)state;

    static const struct row ROWS[] = {
        { "V", LAYER_SOURCES, 0, "/z", 9, "first", NULL, false },
        { "V", LAYER_SOURCES, 1, "/y", 8, "second", NULL, false },
        { "V", LAYER_SOURCES, 2, "/x", 7, "third", NULL, false },
    };

    the_last_of_them_wins(ROWS, COUNT_OF(ROWS));
}

static void the_newer_of_two_versions_wins(void **state)
{
    (void)state;

    static const struct row ROWS[] = {
        { "V", LAYER_SOURCES, 0, "/p/v", 2, "old", NULL, false },
        { "V", LAYER_SOURCES, 0, "/p/v", 10, "newer", NULL, false },
        { "V", LAYER_SOURCES, 0, "/p/v", INT64_C(1) << 40, "newest", NULL, false },
    };

    the_last_of_them_wins(ROWS, COUNT_OF(ROWS));
}

static void the_same_twice_is_not_a_collision(void **state)
{
    (void)state;
    static const struct row ROWS[ROWS_MAX] = {
        { "V", LAYER_SOURCES, 0, "/p/v", 2, "same", NULL, false },
        { "V", LAYER_SOURCES, 0, "/p/v", 2, "same", NULL, false },
    };
    CLEANUP(clear_world) struct world world = { 0 };
    assert_true(merge_rows(&world, ROWS, NULL));
    assert_string_equal(value_of(only_variable(&world)), "same");
    assert_null(only_variable(&world)->overridden);
}

static void two_parameters_of_one_source_for_one_variable_are_a_collision(void **state)
{
    (void)state;
    static const struct row ROWS[ROWS_MAX] = {
        { "V", LAYER_SOURCES, 0, "/p/v-1", 1, NULL, NULL, false },
        { "V", LAYER_SOURCES, 0, "/p/v.1", 1, NULL, NULL, false },
        { "V", LAYER_SOURCES, 0, "/p/v/1", 1, NULL, NULL, false },
        { "W", LAYER_SOURCES, 0, "/p/w", 1, NULL, NULL, false },
    };
    CLEANUP(clear_world) struct world world = { 0 };
    assert_false(merge_rows(&world, ROWS, NULL));
    assert_int_equal(world.problems.len, 2);
    assert_int_equal(world.problems.items[0].kind, ERR_MAPPING);
    assert_string_equal(world.problems.items[0].where, "/origin");
    assert_non_null(strstr(world.problems.items[0].why, "/p/v-1"));
    assert_non_null(strstr(world.problems.items[0].why, "/p/v.1"));
    assert_non_null(strstr(world.problems.items[1].why, "/p/v/1"));
}

static void a_collision_is_told_though_a_later_source_wins(void **state)
{
    (void)state;
    static const struct row ROWS[ROWS_MAX] = {
        { "V", LAYER_SOURCES, 0, "/p/a", 1, NULL, NULL, false },
        { "V", LAYER_SOURCES, 0, "/p/b", 1, NULL, NULL, false },
        { "V", LAYER_SOURCES, 1, "/q/v", 1, NULL, NULL, false },
    };
    CLEANUP(clear_world) struct world world = { 0 };
    assert_false(merge_rows(&world, ROWS, NULL));
    assert_int_equal(world.problems.len, 1);
}

static void variables_are_sorted_and_stand_once(void **state)
{
    (void)state;
    static const struct row ROWS[ROWS_MAX] = {
        { "B", LAYER_SOURCES, 0, "/b", 1, NULL, NULL, false },
        { "A_", LAYER_SOURCES, 0, "/a_", 1, NULL, NULL, false },
        { "a", LAYER_SOURCES, 0, "/a", 1, NULL, NULL, false },
        { "A", LAYER_ENV_FILE, 0, NULL, 0, NULL, NULL, false },
        { "A", LAYER_SOURCES, 0, "/A", 1, NULL, NULL, false },
    };
    static const char *const WANTED[] = { "A", "A_", "B", "a" };
    CLEANUP(clear_world) struct world world = { 0 };
    assert_true(merge_rows(&world, ROWS, NULL));
    assert_int_equal(world.result.len, COUNT_OF(WANTED));
    for (size_t i = 0; i < COUNT_OF(WANTED); i++) {
        assert_string_equal(world.result.variables[i].assignment->variable, WANTED[i]);
    }
}

static void what_is_overridden_is_remembered(void **state)
{
    (void)state;

    static const char *const entries[] = { "VV=x", "V", "V=inherited", "U=x", NULL };
    static const struct row ROWS[ROWS_MAX] = {
        { "V", LAYER_ENV_FILE, 0, NULL, 0, "file", NULL, false },
        { "V", LAYER_SOURCES, 0, "/a", 1, "first", NULL, false },
        { "V", LAYER_SOURCES, 1, "/b", 1, "second", NULL, false },
    };

    CLEANUP(clear_world) struct world world = { 0 };
    assert_true(merge_rows(&world, ROWS, entries));
    const struct merged_variable *variable = only_variable(&world);
    assert_ptr_equal(variable->overridden_inherited, entries[2]);
    assert_string_equal(secret_expose(variable->overridden->value), "first");
}

/* Every position of a binary search, and the places between. */
static void an_inherited_entry_is_found_wherever_it_stands(void **state)
{
    (void)state;
    static const char *const entries[] = { "D=4", "B=2", "A=1", "CC=3", "E=", "odd", NULL };

    static const struct {
        const char *variable;
        const char *entry;
    } ROWS[] = {
        { "A", "A=1" },
        { "B", "B=2" },
        { "CC", "CC=3" },
        { "D", "D=4" },
        { "E", "E=" },
        { "C", NULL },
        { "CCC", NULL },
        { "@", NULL },
        { "F", NULL },
        { "odd", NULL },
    };

    for (size_t i = 0; i < COUNT_OF(ROWS); i++) {
        CLEANUP(clear_world) struct world world = { 0 };
        const struct row rows[ROWS_MAX] = { { ROWS[i].variable, LAYER_SOURCES, 0, "/p", 1, NULL,
                NULL, false } };
        assert_true(merge_rows(&world, rows, entries));
        const char *found = only_variable(&world)->overridden_inherited;
        assert_string_equal(
                found == NULL ? "-" : found, ROWS[i].entry == NULL ? "-" : ROWS[i].entry);
    }
}

static void a_preserved_variable_keeps_what_is_inherited(void **state)
{
    (void)state;

    static const char *const entries[] = { "V=inherited", NULL };
    static const char *const preserved[] = { "V" };
    static const char *const others[] = { "W" };
    static const struct row ROWS[ROWS_MAX] = { { "V", LAYER_SOURCES, 0, "/v", 1, "fetched", NULL,
            false } };

    static const struct {
        struct merge_rules rules;
        const char *const *entries;
        bool is_preserved;
    } CASES[] = {
        { { .preserve_all = true }, entries, true },
        { { .preserved = { preserved, 1 } }, entries, true },
        { { .preserved = { others, 1 } }, entries, false },
        { { 0 }, entries, false },
        /* Nothing is inherited. */
        { { .preserve_all = true }, NULL, false },
    };

    for (size_t i = 0; i < COUNT_OF(CASES); i++) {
        CLEANUP(clear_world) struct world world = { .rules = CASES[i].rules };
        assert_true(merge_rows(&world, ROWS, CASES[i].entries));
        const struct merged_variable *variable = only_variable(&world);
        assert_int_equal(variable->is_preserved, CASES[i].is_preserved);
        assert_string_equal(value_of(variable), "fetched");
    }
}

static void a_preserved_reference_keeps_its_own_value(void **state)
{
    (void)state;

    static const struct row ROWS[ROWS_MAX] = {
        { "V", LAYER_INHERITED, 0, "/ref", 1, "reference", NULL, false },
        { "V", LAYER_ENV_FILE, 0, NULL, 0, "file", NULL, false },
        { "V", LAYER_SOURCES, 0, "/v", 1, "source", NULL, false },
    };

    CLEANUP(clear_world) struct world world = { .rules = { .preserve_all = true } };
    assert_true(merge_rows(&world, ROWS, NULL));
    const struct merged_variable *variable = only_variable(&world);
    assert_string_equal(value_of(variable), "reference");
    assert_string_equal(secret_expose(variable->unpreserved->value), "source");
    assert_false(variable->is_preserved);
}

/* --drop-credentials sets one of the inherited layer that is not a parameter. */
static void a_plain_value_of_the_inherited_layer_is_not_a_reference(void **state)
{
    (void)state;

    static const struct row ROWS[ROWS_MAX] = {
        { "V", LAYER_INHERITED, 0, NULL, 0, "set by us", NULL, false },
        { "V", LAYER_SOURCES, 0, "/v", 1, "source", NULL, false },
    };

    CLEANUP(clear_world) struct world world = { .rules = { .preserve_all = true } };
    assert_true(merge_rows(&world, ROWS, NULL));
    assert_string_equal(value_of(only_variable(&world)), "source");
}

static void unset_takes_what_matches(void **state)
{
    (void)state;
    static const char *const unset[] = { "A", "B_*" };
    static const struct row ROWS[ROWS_MAX] = {
        { "A", LAYER_SOURCES, 0, "/a", 1, NULL, NULL, false },
        { "B", LAYER_SOURCES, 0, "/b", 1, NULL, NULL, false },
        { "B_X", LAYER_SOURCES, 0, "/bx", 1, NULL, NULL, false },
    };
    CLEANUP(clear_world)
    struct world world = { .rules = { .unset = { unset, COUNT_OF(unset) } } };
    assert_true(merge_rows(&world, ROWS, NULL));
    assert_int_equal(world.result.len, 3);
    assert_true(world.result.variables[0].is_unset);
    assert_false(world.result.variables[1].is_unset);
    assert_true(world.result.variables[2].is_unset);
}

static void guarded_and_own_variables_are_refused_where_a_parameter_sets_them(void **state)
{
    (void)state;
    static const char *const allowed[] = { "PATH", "SSM_EXEC_*" };
    static const char *const entries[] = { "PATH=/bin", NULL };
    static const char *const path[] = { "PATH" };

    static const struct {
        struct row row;
        struct merge_rules rules;
        const char *const *entries;
        size_t problems;
    } ROWS[] = {
        { { "PATH", LAYER_SOURCES, 0, "/path", 1, NULL, NULL, false }, { 0 }, NULL, 1 },
        { { "LD_PRELOAD", LAYER_SOURCES, 0, "/l", 1, NULL, NULL, true }, { 0 }, NULL, 1 },
        { { "PATH", LAYER_INHERITED, 0, "/path", 1, NULL, NULL, false }, { 0 }, NULL, 1 },
        { { "PATH", LAYER_ENV_FILE, 0, NULL, 0, NULL, NULL, false }, { 0 }, NULL, 0 },
        { { "PATH", LAYER_SOURCES, 0, "/path", 1, NULL, NULL, false },
                { .allowed = { allowed, 1 } }, NULL, 0 },
        { { "LD_X", LAYER_SOURCES, 0, "/l", 1, NULL, NULL, false }, { .allowed = { allowed, 1 } },
                NULL, 1 },
        { { "PATH", LAYER_SOURCES, 0, "/path", 1, NULL, NULL, false }, { .preserve_all = true },
                entries, 0 },
        { { "PATH", LAYER_SOURCES, 0, "/path", 1, NULL, NULL, false }, { .preserve_all = true },
                NULL, 1 },
        { { "PATH", LAYER_SOURCES, 0, "/path", 1, NULL, NULL, false }, { .unset = { path, 1 } },
                NULL, 0 },
        /* Our own settings cannot be allowed. */
        { { "SSM_EXEC_X", LAYER_SOURCES, 0, "/x", 1, NULL, NULL, false },
                { .allowed = { allowed, 2 } }, NULL, 1 },
        { { "SSM_EXEC_", LAYER_SOURCES, 0, "/x", 1, NULL, NULL, false }, { 0 }, NULL, 1 },
        { { "SSM_EXEC", LAYER_SOURCES, 0, "/x", 1, NULL, NULL, false }, { 0 }, NULL, 0 },
    };

    for (size_t i = 0; i < COUNT_OF(ROWS); i++) {
        CLEANUP(clear_world) struct world world = { .rules = ROWS[i].rules };
        const struct row rows[ROWS_MAX] = { ROWS[i].row };
        bool ok = merge_rows(&world, rows, ROWS[i].entries);
        if (world.problems.len != ROWS[i].problems || ok != (ROWS[i].problems == 0)) {
            fail_msg("row %zu: %zu problems", i, world.problems.len);
        }
        if (ROWS[i].problems > 0) {
            assert_int_equal(world.problems.items[0].kind, ERR_MAPPING);
            assert_string_equal(world.problems.items[0].where, ROWS[i].row.parameter);
            assert_non_null(strstr(world.problems.items[0].why, ROWS[i].row.variable));
        }
    }
}

static void a_value_with_a_nul_can_only_be_a_file(void **state)
{
    (void)state;

    static const struct {
        const char *value;
        size_t len;
        bool as_file;
        bool want;
    } ROWS[] = {
        { "a\0b", 3, false, false },
        { "\0", 1, false, false },
        { "ab\0", 3, false, false },
        { "a\0b", 3, true, true },
        { "ab", 2, false, true },
        { "", 0, false, true },
    };

    for (size_t i = 0; i < COUNT_OF(ROWS); i++) {
        CLEANUP(clear_world) struct world world = { 0 };
        const struct row none[ROWS_MAX] = { 0 };
        const struct row row = { "V", LAYER_SOURCES, 0, "/v", 1, NULL, NULL, ROWS[i].as_file };
        add_bytes(&world, &row, ROWS[i].value, ROWS[i].len);
        if (merge_rows(&world, none, NULL) != ROWS[i].want) {
            fail_msg("row %zu", i);
        }
    }
}

static void secure_only_looks_at_every_parameter(void **state)
{
    (void)state;

    static const struct {
        struct row rows[ROWS_MAX];
        size_t problems;
    } ROWS[] = {
        { { { "V", LAYER_SOURCES, 0, "/v", 1, NULL, "SecureString", false } }, 0 },
        { { { "V", LAYER_SOURCES, 0, "/v", 1, NULL, "String", false } }, 1 },
        { { { "V", LAYER_SOURCES, 0, "/v", 1, NULL, "", false } }, 1 },
        { { { "V", LAYER_ENV_FILE, 0, NULL, 0, NULL, "", false } }, 0 },
        /* One that loses counts as well. */
        { { { "V", LAYER_SOURCES, 0, "/u", 1, NULL, "StringList", false },
                  { "V", LAYER_SOURCES, 1, "/v", 1, NULL, "SecureString", false } },
                1 },
    };

    for (size_t i = 0; i < COUNT_OF(ROWS); i++) {
        CLEANUP(clear_world) struct world world = { .rules = { .secure_type = "SecureString" } };
        bool ok = merge_rows(&world, ROWS[i].rows, NULL);
        assert_int_equal(world.problems.len, ROWS[i].problems);
        assert_int_equal(ok, ROWS[i].problems == 0);
    }
}

static void earlier_problems_of_the_run_are_not_ours(void **state)
{
    (void)state;
    static const struct row ROWS[ROWS_MAX] = { { "V", LAYER_SOURCES, 0, "/v", 1, NULL, NULL,
            false } };
    CLEANUP(clear_world) struct world world = { 0 };
    struct err err;
    (void)err_set(&err, ERR_USAGE, "elsewhere", "something else is wrong");
    err_list_add(&world.problems, &err);
    assert_true(merge_rows(&world, ROWS, NULL));
}

/* --- requirements --- */

static void what_is_required_must_be_set_and_not_empty(void **state)
{
    (void)state;

    static const char *const entries[] = { "INHERITED=x", "EMPTY=", "KEPT=x",
        "KEPT_EMPTY=", "GONE=x", "odd", NULL };
    static const char *const preserved[] = { "KEPT", "KEPT_EMPTY" };
    static const char *const unset[] = { "GONE" };
    static const struct row ROWS[ROWS_MAX] = {
        { "FETCHED", LAYER_SOURCES, 0, "/f", 1, "x", NULL, false },
        { "FETCHED_EMPTY", LAYER_SOURCES, 0, "/e", 1, "", NULL, false },
        { "FILE_EMPTY", LAYER_SOURCES, 0, "/k", 1, "", NULL, true },
        { "EMPTY", LAYER_SOURCES, 0, "/now", 1, "x", NULL, false },
        { "GONE", LAYER_SOURCES, 0, "/g", 1, "x", NULL, false },
        { "KEPT", LAYER_SOURCES, 0, "/1", 1, "", NULL, false },
        { "KEPT_EMPTY", LAYER_SOURCES, 0, "/2", 1, "x", NULL, false },
    };

    static const struct {
        const char *name;
        bool want;
    } CASES[] = {
        { "FETCHED", true },
        { "FETCHED_EMPTY", false },
        { "FILE_EMPTY", true },
        { "INHERITED", true },
        { "EMPTY", true },
        { "KEPT", true },
        { "KEPT_EMPTY", false },
        { "GONE", false },
        { "odd", false },
        { "NOWHERE", false },
        { "ZZZ", false },
        { "A", false },
    };

    CLEANUP(clear_world)
    struct world world = { .rules = { .preserved = { preserved, COUNT_OF(preserved) },
                                   .unset = { unset, 1 } } };
    assert_true(merge_rows(&world, ROWS, entries));
    for (size_t i = 0; i < COUNT_OF(CASES); i++) {
        CLEANUP(err_list_clear) struct err_list problems = { 0 };
        char *names[] = { (char *)(uintptr_t)CASES[i].name };
        const struct string_list required = { .items = names, .len = 1 };
        if (merge_require(&world.result, &world.inherited, &required, &problems) != CASES[i].want) {
            fail_msg("%s", CASES[i].name);
        }
        assert_int_equal(problems.len, CASES[i].want ? 0 : 1);
    }
    const struct string_list nothing = { 0 };
    assert_true(merge_require(&world.result, &world.inherited, &nothing, &world.problems));
}

static void all_that_is_missing_is_named_at_once(void **state)
{
    (void)state;
    static char missing[] = "MISSING";
    static char here[] = "HERE";
    static char lacking[] = "LACKING";
    char *names[] = { missing, here, lacking };
    const struct string_list required = { .items = names, .len = COUNT_OF(names) };
    static const char *const entries[] = { "HERE=x", NULL };
    static const struct row none[ROWS_MAX] = { 0 };
    CLEANUP(clear_world) struct world world = { 0 };
    assert_true(merge_rows(&world, none, entries));
    assert_false(merge_require(&world.result, &world.inherited, &required, &world.problems));
    assert_int_equal(world.problems.len, 1);
    assert_int_equal(world.problems.items[0].kind, ERR_MAPPING);
    assert_non_null(strstr(world.problems.items[0].why, "MISSING, LACKING"));
    assert_null(strstr(world.problems.items[0].why, "HERE"));
}

/* Each name whole and once, over as many errors as it takes. */
static void a_long_list_takes_several_errors_that_are_cut_nowhere(void **state)
{
    (void)state;

    enum {
        COUNT = 300
    };

    static char texts[COUNT][16];
    char *names[COUNT];
    const struct string_list required = { .items = names, .len = COUNT };
    static const struct row none[ROWS_MAX] = { 0 };
    CLEANUP(clear_world) struct world world = { 0 };
    for (size_t i = 0; i < COUNT; i++) {
        (void)snprintf(texts[i], sizeof(texts[i]), "MISSING_%03zu;", i);
        names[i] = texts[i];
    }
    assert_true(merge_rows(&world, none, NULL));
    assert_false(merge_require(&world.result, &world.inherited, &required, &world.problems));
    assert_true(world.problems.len >= 2);
    for (size_t i = 0; i < COUNT; i++) {
        size_t found = 0;
        for (size_t j = 0; j < world.problems.len; j++) {
            found += strstr(world.problems.items[j].why, names[i]) != NULL ? 1 : 0;
        }
        assert_int_equal(found, 1);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_later_layer_wins_whatever_the_order),
        cmocka_unit_test(a_later_source_wins_whatever_the_name_and_version),
        cmocka_unit_test(the_newer_of_two_versions_wins),
        cmocka_unit_test(the_same_twice_is_not_a_collision),
        cmocka_unit_test(two_parameters_of_one_source_for_one_variable_are_a_collision),
        cmocka_unit_test(a_collision_is_told_though_a_later_source_wins),
        cmocka_unit_test(variables_are_sorted_and_stand_once),
        cmocka_unit_test(what_is_overridden_is_remembered),
        cmocka_unit_test(an_inherited_entry_is_found_wherever_it_stands),
        cmocka_unit_test(a_preserved_variable_keeps_what_is_inherited),
        cmocka_unit_test(a_preserved_reference_keeps_its_own_value),
        cmocka_unit_test(a_plain_value_of_the_inherited_layer_is_not_a_reference),
        cmocka_unit_test(unset_takes_what_matches),
        cmocka_unit_test(guarded_and_own_variables_are_refused_where_a_parameter_sets_them),
        cmocka_unit_test(a_value_with_a_nul_can_only_be_a_file),
        cmocka_unit_test(secure_only_looks_at_every_parameter),
        cmocka_unit_test(earlier_problems_of_the_run_are_not_ours),
        cmocka_unit_test(what_is_required_must_be_set_and_not_empty),
        cmocka_unit_test(all_that_is_missing_is_named_at_once),
        cmocka_unit_test(a_long_list_takes_several_errors_that_are_cut_nowhere),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
