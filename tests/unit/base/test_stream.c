/* SPDX-License-Identifier: MIT */
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/stream.h"

enum {
    AMPLE_MS = 60 * 1000 /* a deadline that no test reaches */
};

static struct file_limits limits_of(int64_t timeout_ms)
{
    return (struct file_limits){ &clock_system, clock_monotonic_ms(&clock_system) + timeout_ms };
}

/* The end to read of a pipe that has this text, and ends unless it is to stay open. */
static int make_pipe(const char *text, int *ret_open)
{
    int ends[2];
    assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
    assert_int_equal(write(ends[1], text, strlen(text)), strlen(text));
    if (ret_open != NULL) {
        *ret_open = ends[1];
    } else {
        (void)close(ends[1]);
    }
    return ends[0];
}

static void a_stream_is_read_to_its_end_in_either_mode(void **state)
{
    (void)state;
    for (int flags = 0; flags <= O_NONBLOCK; flags += O_NONBLOCK) {
        CLEANUP(secret_clear) struct secret contents = SECRET_INIT(64);
        CLEANUP(file_close) int fd = make_pipe("A=1\nB=2\n", NULL);
        const struct file_limits limits = limits_of(AMPLE_MS);
        struct err err;
        int kept = fcntl(fd, F_GETFL) | flags;
        assert_int_equal(fcntl(fd, F_SETFL, kept), 0);
        assert_true(stream_read(fd, "standard input", &limits, &contents, &err));
        assert_string_equal(secret_expose(&contents), "A=1\nB=2\n");
        assert_int_equal(fcntl(fd, F_GETFL), kept);
    }
}

static void more_than_the_maximum_is_refused(void **state)
{
    (void)state;
    CLEANUP(secret_clear) struct secret contents = SECRET_INIT(4);
    CLEANUP(file_close) int fd = make_pipe("12345", NULL);
    const struct file_limits limits = limits_of(AMPLE_MS);
    struct err err;
    assert_false(stream_read(fd, "standard input", &limits, &contents, &err));
    assert_int_equal(err.kind, ERR_INPUT);
    assert_string_equal(err.where, "standard input");
}

static void a_stream_that_does_not_end_is_left_at_the_deadline(void **state)
{
    (void)state;
    CLEANUP(secret_clear) struct secret contents = SECRET_INIT(64);
    CLEANUP(file_close) int writer = -1;
    CLEANUP(file_close) int fd = make_pipe("A=1\n", &writer);
    const struct file_limits limits = limits_of(20);
    struct err err;
    assert_false(stream_read(fd, "standard input", &limits, &contents, &err));
    assert_int_equal(err.kind, ERR_TIMEOUT);
    assert_non_null(strstr(err.why, "did not end within the timeout"));
}

static void what_cannot_be_read_is_told(void **state)
{
    (void)state;
    CLEANUP(secret_clear) struct secret contents = SECRET_INIT(64);
    CLEANUP(file_close) int fd = open("/", O_RDONLY | O_CLOEXEC);
    const struct file_limits limits = limits_of(AMPLE_MS);
    struct err err;
    assert_false(stream_read(fd, "standard input", &limits, &contents, &err));
    assert_int_equal(err.kind, ERR_INPUT);
    assert_non_null(strstr(err.why, "cannot be read"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_stream_is_read_to_its_end_in_either_mode),
        cmocka_unit_test(more_than_the_maximum_is_refused),
        cmocka_unit_test(a_stream_that_does_not_end_is_left_at_the_deadline),
        cmocka_unit_test(what_cannot_be_read_is_told),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
