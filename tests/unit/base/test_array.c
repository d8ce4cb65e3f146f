/* Arrays that grow. */
/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/array.h"

static void keeps_its_items_while_it_grows(void **state)
{
    (void)state;
    size_t *items = NULL;
    size_t cap = 0;
    for (size_t len = 0; len < 1000; len++) {
        size_t *grown = array_grow(items, len, &cap, sizeof(*items));
        assert_non_null(grown);
        assert_true(cap > len);
        items = grown;
        items[len] = len;
    }
    for (size_t i = 0; i < 1000; i++) {
        assert_int_equal(items[i], i);
    }
    free(items);
}

static void grows_only_when_it_is_full(void **state)
{
    (void)state;
    size_t cap = 0;
    char *items = array_grow(NULL, 0, &cap, 1);
    assert_non_null(items);
    size_t first_cap = cap;
    assert_ptr_equal(array_grow(items, first_cap - 1, &cap, 1), items);
    assert_int_equal(cap, first_cap);
    items = array_grow(items, first_cap, &cap, 1);
    assert_non_null(items);
    assert_int_equal(cap, 2 * first_cap);
    free(items);
}

static void refuses_a_size_that_overflows(void **state)
{
    (void)state;
    char item = 'x';
    const size_t caps[] = { SIZE_MAX, SIZE_MAX / 2 + 1, SIZE_MAX / 2 / 24 + 1 };
    for (size_t i = 0; i < sizeof(caps) / sizeof(caps[0]); i++) {
        size_t cap = caps[i];
        assert_null(array_grow(&item, cap, &cap, 24));
        assert_int_equal(cap, caps[i]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keeps_its_items_while_it_grows),
        cmocka_unit_test(grows_only_when_it_is_full),
        cmocka_unit_test(refuses_a_size_that_overflows),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
