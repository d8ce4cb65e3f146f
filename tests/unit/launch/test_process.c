/* SPDX-License-Identifier: MIT */
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <cmocka.h>

#include "launch/process.h"

enum {
    FIRST = 16, /* above whatever the test's own runner has open */
};

static void open_at(int fd, int flags)
{
    int opened = open("/dev/null", O_RDONLY | O_CLOEXEC);
    assert_true(opened >= 0 && dup3(opened, fd, flags) == fd);
    (void)close(opened);
}

static int prepare(void **state)
{
    static struct process_state process;
    struct err err;
    /* Inherited: one that COMMAND gets, a gap, one that it does not get. */
    open_at(FIRST, 0);
    open_at(FIRST + 2, O_CLOEXEC);
    assert_true(process_prepare(&process, &err));
    *state = &process;
    return 0;
}

static int finish(void **state)
{
    (void)state;
    for (int fd = FIRST; fd < FIRST + 8; fd++) {
        (void)close(fd);
    }
    return prctl(PR_SET_DUMPABLE, 1, 0, 0, 0); /* for the leak detector */
}

static void inherited_descriptors_stay_as_they_are(void **state)
{
    process_restore(*state, NULL, 0);
    assert_int_equal(fcntl(FIRST, F_GETFD), 0);
    assert_int_equal(fcntl(FIRST + 2, F_GETFD), FD_CLOEXEC);
}

static void what_a_library_left_open_closes_on_exec(void **state)
{
    const int kept[] = { FIRST + 4 };
    open_at(FIRST + 1, 0); /* in the gap */
    open_at(FIRST + 3, 0);
    open_at(FIRST + 4, O_CLOEXEC);
    open_at(FIRST + 5, 0);
    process_restore(*state, kept, 1);
    assert_int_equal(fcntl(FIRST, F_GETFD), 0);
    assert_int_equal(fcntl(FIRST + 1, F_GETFD), FD_CLOEXEC);
    assert_int_equal(fcntl(FIRST + 3, F_GETFD), FD_CLOEXEC);
    assert_int_equal(fcntl(FIRST + 4, F_GETFD), 0);
    assert_int_equal(fcntl(FIRST + 5, F_GETFD), FD_CLOEXEC);
}

static void the_lowest_free_descriptors_are_remembered(void **state)
{
    const struct process_state *process = *state;
    int before = STDERR_FILENO;
    bool has_gap = false;
    for (size_t i = 0; i < PROCESS_FREE_FDS; i++) {
        assert_true(process->free_fds[i] > before);
        assert_true(process->free_fds[i] != FIRST && process->free_fds[i] != FIRST + 2);
        has_gap = has_gap || process->free_fds[i] == FIRST + 1;
        before = process->free_fds[i];
    }
    assert_true(has_gap);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(inherited_descriptors_stay_as_they_are, prepare, finish),
        cmocka_unit_test_setup_teardown(what_a_library_left_open_closes_on_exec, prepare, finish),
        cmocka_unit_test_setup_teardown(
                the_lowest_free_descriptors_are_remembered, prepare, finish),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
