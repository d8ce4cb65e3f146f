/* SPDX-License-Identifier: MIT */
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/locked.h"

enum {
    ALL_TRIED_TO = 20000, /* past the largest size class */
    LARGEST_TRIED = 70000,
    THREADS = 4,
    THREAD_ROUNDS = 4000,
    THREAD_BLOCKS = 16,
};

static void fill(unsigned char *block, size_t size, unsigned char seed)
{
    for (size_t i = 0; i < size; i++) {
        block[i] = (unsigned char)(seed + i * 7);
    }
}

static bool holds(const unsigned char *block, size_t size, unsigned char seed)
{
    for (size_t i = 0; i < size; i++) {
        if (block[i] != (unsigned char)(seed + i * 7)) {
            return false;
        }
    }
    return true;
}

static void every_size_is_usable_to_its_end(void **state)
{
    (void)state;
    for (size_t size = 0; size <= LARGEST_TRIED; size += size < ALL_TRIED_TO ? 1 : 29) {
        /* Neighbours on both sides: writing past an end would change one of them. */
        unsigned char *before = locked_alloc(size);
        unsigned char *block = locked_alloc(size);
        unsigned char *behind = locked_alloc(size);
        assert_non_null(before);
        assert_non_null(block);
        assert_non_null(behind);
        if (((uintptr_t)block % _Alignof(max_align_t)) != 0) {
            fail_msg("a block of %zu bytes is not aligned", size);
        }
        /* Whole blocks are compared for a sample of sizes, their ends for all. */
        bool whole = size < 300 || size % 97 == 0;
        size_t part = whole ? size : 64;
        size_t from = size - (part < size ? part : size);
        part = size - from;
        fill(before + from, part, 1);
        fill(behind + from, part, 2);
        fill(behind, part, 2);
        fill(block + from, part, 3);
        if (!holds(before + from, part, 1) || !holds(behind, part, 2)
                || !holds(block + from, part, 3)) {
            fail_msg("blocks of %zu bytes overlap", size);
        }
        locked_free(before);
        locked_free(block);
        locked_free(behind);
    }
}

static void a_size_of_zero_gives_a_block_of_its_own(void **state)
{
    (void)state;
    void *first = locked_alloc(0);
    void *second = locked_alloc(0);
    assert_non_null(first);
    assert_non_null(second);
    assert_ptr_not_equal(first, second);
    locked_free(first);
    locked_free(second);
    locked_free(NULL);
}

static void a_block_that_comes_again_holds_nothing_of_before(void **state)
{
    (void)state;
    static const size_t SIZES[] = { 16, 32, 33, 48, 100, 1000, 5000, 16384 };
    for (size_t i = 0; i < sizeof(SIZES) / sizeof(SIZES[0]); i++) {
        unsigned char *block = locked_alloc(SIZES[i]);
        assert_non_null(block);
        memset(block, 0xA5, SIZES[i]);
        locked_free(block);
        unsigned char *again = locked_alloc(SIZES[i]);
        assert_ptr_equal(again, block); /* else this test would prove nothing */
        if (memchr(again + sizeof(void *), 0xA5, SIZES[i] - sizeof(void *)) != NULL) {
            fail_msg("a block of %zu bytes was not wiped", SIZES[i]);
        }
        locked_free(again);
    }
}

static void a_block_that_is_released_twice_is_given_out_once(void **state)
{
    (void)state;
    void *block = locked_alloc(700);
    assert_non_null(block);
    locked_free(block);
    locked_free(block);
    void *first = locked_alloc(700);
    void *second = locked_alloc(700);
    assert_ptr_equal(first, block);
    assert_non_null(second);
    assert_ptr_not_equal(first, second);
    locked_free(first);
    locked_free(second);
}

static void calloc_gives_zeros_and_refuses_overflow(void **state)
{
    (void)state;
    unsigned char *dirty = locked_alloc(400);
    assert_non_null(dirty);
    memset(dirty, 0xA5, 400);
    locked_free(dirty);
    unsigned char *block = locked_calloc(4, 100);
    assert_non_null(block);
    for (size_t i = 0; i < 400; i++) {
        assert_int_equal(block[i], 0);
    }
    locked_free(block);
    assert_null(locked_calloc(SIZE_MAX / 2, 3));
    void *nothing = locked_calloc(0, 100);
    assert_non_null(nothing);
    locked_free(nothing);
}

static void sizes_past_all_memory_give_null(void **state)
{
    (void)state;
    assert_null(locked_alloc(SIZE_MAX));
    assert_null(locked_alloc(SIZE_MAX - 4096));
    assert_null(locked_alloc(SIZE_MAX / 2));
}

static void realloc_keeps_the_contents(void **state)
{
    (void)state;
    static const size_t SIZES[] = { 1, 31, 32, 33, 500, 16383, 16384, 16385, 70000, 300000, 10 };
    unsigned char *block = locked_realloc(NULL, 1);
    size_t size = 1;
    assert_non_null(block);
    fill(block, size, 5);
    for (size_t i = 0; i < sizeof(SIZES) / sizeof(SIZES[0]); i++) {
        block = locked_realloc(block, SIZES[i]);
        assert_non_null(block);
        size_t kept = SIZES[i] < size ? SIZES[i] : size;
        if (!holds(block, kept, 5)) {
            fail_msg("contents lost from %zu to %zu bytes", size, SIZES[i]);
        }
        size = SIZES[i];
        fill(block, size, 5);
    }
    locked_free(block);
}

static void a_failed_realloc_leaves_the_old_block(void **state)
{
    (void)state;
    unsigned char *block = locked_alloc(100);
    assert_non_null(block);
    fill(block, 100, 9);
    assert_null(locked_realloc(block, SIZE_MAX));
    assert_true(holds(block, 100, 9));
    locked_free(block);
}

static void strdup_copies(void **state)
{
    (void)state;
    static const char *const TEXTS[] = { "", "a", "0123456789012345678901234567890123456789" };
    for (size_t i = 0; i < sizeof(TEXTS) / sizeof(TEXTS[0]); i++) {
        char *copy = locked_strdup(TEXTS[i]);
        assert_non_null(copy);
        assert_string_equal(copy, TEXTS[i]);
        assert_ptr_not_equal(copy, TEXTS[i]);
        locked_free(copy);
    }
}

/* Every thread keeps blocks of its own and looks whether they stay as they were. */
static void *use_the_pool(void *seed_pointer)
{
    unsigned char seed = *(const unsigned char *)seed_pointer;
    unsigned char *blocks[THREAD_BLOCKS] = { NULL };
    size_t sizes[THREAD_BLOCKS] = { 0 };
    uintptr_t damaged = 0;
    for (size_t round = 0; round < THREAD_ROUNDS; round++) {
        size_t at = round * 5 % THREAD_BLOCKS;
        if (blocks[at] != NULL && !holds(blocks[at], sizes[at], seed)) {
            damaged++;
        }
        locked_free(blocks[at]);
        sizes[at] = round * 37 % 3000 + (round % 64 == 0 ? 20000 : 0);
        blocks[at] = locked_alloc(sizes[at]);
        if (blocks[at] == NULL) {
            damaged++;
        } else {
            fill(blocks[at], sizes[at], seed);
        }
    }
    for (size_t i = 0; i < THREAD_BLOCKS; i++) {
        damaged += blocks[i] == NULL || !holds(blocks[i], sizes[i], seed) ? 1 : 0;
        locked_free(blocks[i]);
    }
    return (void *)damaged;
}

static void threads_do_not_get_each_others_blocks(void **state)
{
    (void)state;
    static unsigned char seeds[THREADS] = { 11, 22, 33, 44 };
    pthread_t threads[THREADS];
    for (size_t i = 0; i < THREADS; i++) {
        assert_int_equal(pthread_create(&threads[i], NULL, use_the_pool, &seeds[i]), 0);
    }
    for (size_t i = 0; i < THREADS; i++) {
        void *damaged = NULL;
        assert_int_equal(pthread_join(threads[i], &damaged), 0);
        assert_null(damaged);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_size_is_usable_to_its_end),
        cmocka_unit_test(a_size_of_zero_gives_a_block_of_its_own),
        cmocka_unit_test(a_block_that_comes_again_holds_nothing_of_before),
        cmocka_unit_test(a_block_that_is_released_twice_is_given_out_once),
        cmocka_unit_test(calloc_gives_zeros_and_refuses_overflow),
        cmocka_unit_test(sizes_past_all_memory_give_null),
        cmocka_unit_test(realloc_keeps_the_contents),
        cmocka_unit_test(a_failed_realloc_leaves_the_old_block),
        cmocka_unit_test(strdup_copies),
        cmocka_unit_test(threads_do_not_get_each_others_blocks),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
