/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/file.h"

enum {
    PATH_BYTES = 256,
    OTHER_UID = 65534,
    AMPLE_MS = 60 * 1000, /* a deadline that no test reaches */
};

struct fixture {
    char directory[PATH_BYTES];
    char path[PATH_BYTES];
};

static int set_up(void **state)
{
    struct fixture *fixture = calloc(1, sizeof(*fixture));
    assert_non_null(fixture);
    (void)snprintf(fixture->directory, PATH_BYTES, "/tmp/test_file.XXXXXX");
    assert_non_null(mkdtemp(fixture->directory));
    int len = snprintf(fixture->path, PATH_BYTES, "%.64s/file", fixture->directory);
    assert_true(len > 0 && len < PATH_BYTES);
    *state = fixture;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *fixture = *state;
    (void)remove(fixture->path);
    int removed = rmdir(fixture->directory);
    free(fixture);
    return removed;
}

static void put_file(const char *path, const char *bytes, size_t len)
{
    FILE *file = fopen(path, "we");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, len, file), len);
    assert_int_equal(fclose(file), 0);
}

static struct file_limits limits_of(int64_t timeout_ms)
{
    return (struct file_limits){
        .clock = &clock_system,
        .deadline_ms = clock_monotonic_ms(&clock_system) + timeout_ms,
    };
}

static void appends_the_whole_file(void **state)
{
    const struct fixture *fixture = *state;
    static const size_t LENS[] = { 0, 1, 4095, 4096, 4097, 100000 };
    for (size_t i = 0; i < sizeof(LENS) / sizeof(LENS[0]); i++) {
        CLEANUP(secret_clear) struct secret contents = SECRET_INIT(200000);
        const struct file_limits limits = limits_of(AMPLE_MS);
        enum file_presence presence = FILE_ABSENT;
        struct err err;
        char *bytes = malloc(LENS[i] + 1);
        assert_non_null(bytes);
        for (size_t at = 0; at < LENS[i]; at++) {
            bytes[at] = (char)(at * 31);
        }
        put_file(fixture->path, bytes, LENS[i]);
        secret_append_string(&contents, "ab");
        assert_true(file_read(fixture->path, &limits, &contents, &presence, &err));
        assert_int_equal(presence, FILE_PRESENT);
        assert_int_equal(secret_len(&contents), LENS[i] + 2);
        assert_memory_equal(secret_expose(&contents), "ab", 2);
        if (LENS[i] > 0) {
            assert_memory_equal(secret_expose(&contents) + 2, bytes, LENS[i]);
        }
        free(bytes);
    }
}

static void a_missing_file_or_parent_is_not_an_error(void **state)
{
    const struct fixture *fixture = *state;
    char below[2 * PATH_BYTES];
    put_file(fixture->path, "x", 1);
    (void)snprintf(below, sizeof(below), "%s/below", fixture->path);
    const char *const paths[] = { "/nonexistent/a/b", below, "" };
    for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++) {
        CLEANUP(secret_clear) struct secret contents = SECRET_INIT(16);
        const struct file_limits limits = limits_of(AMPLE_MS);
        enum file_presence presence = FILE_PRESENT;
        struct err err;
        if (!file_read(paths[i], &limits, &contents, &presence, &err) || presence != FILE_ABSENT
                || !secret_is_empty(&contents)) {
            fail_msg("\"%s\"", paths[i]);
        }
    }
}

static void assert_refuses(
        const char *path, size_t max_bytes, enum err_kind kind, const char *why_part)
{
    CLEANUP(secret_clear) struct secret contents = SECRET_INIT(max_bytes);
    const struct file_limits limits = limits_of(AMPLE_MS);
    enum file_presence presence = FILE_ABSENT;
    struct err err = { 0 };
    assert_false(file_read(path, &limits, &contents, &presence, &err));
    assert_int_equal(err.kind, kind);
    assert_string_equal(err.where, path);
    if (strstr(err.why, why_part) == NULL) {
        fail_msg("\"%s\" lacks \"%s\"", err.why, why_part);
    }
}

static void a_directory_is_refused(void **state)
{
    const struct fixture *fixture = *state;
    assert_refuses(fixture->directory, 100, ERR_INPUT, "is a directory");
}

static void a_file_past_the_maximum_is_refused(void **state)
{
    const struct fixture *fixture = *state;
    CLEANUP(secret_clear) struct secret contents = SECRET_INIT(5);
    const struct file_limits limits = limits_of(AMPLE_MS);
    enum file_presence presence = FILE_ABSENT;
    struct err err;
    put_file(fixture->path, "12345", 5);
    assert_true(file_read(fixture->path, &limits, &contents, &presence, &err));
    put_file(fixture->path, "123456", 6);
    assert_refuses(fixture->path, 5, ERR_INPUT, "longer than the limit of 5 bytes");
}

static void a_file_without_an_end_is_refused(void **state)
{
    (void)state;
    assert_refuses("/dev/zero", 100000, ERR_INPUT, "longer than the limit");
}

static void a_loop_of_links_is_refused(void **state)
{
    const struct fixture *fixture = *state;
    assert_int_equal(symlink(fixture->path, fixture->path), 0);
    assert_refuses(fixture->path, 100, ERR_INPUT, "cannot be read");
}

/* As root nothing is unreadable: so a child that is nobody tries. */
static void an_unreadable_file_is_refused(void **state)
{
    const struct fixture *fixture = *state;
    put_file(fixture->path, "x", 1);
    assert_int_equal(chmod(fixture->path, 0), 0);
    assert_int_equal(chmod(fixture->directory, 0755), 0);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        struct secret contents = SECRET_INIT(16);
        const struct file_limits limits = limits_of(AMPLE_MS);
        enum file_presence presence = FILE_ABSENT;
        struct err err = { 0 };
        bool is_nobody = geteuid() != 0 || setuid(OTHER_UID) == 0;
        bool is_read = file_read(fixture->path, &limits, &contents, &presence, &err);
        _exit(is_nobody && !is_read && err.kind == ERR_INPUT && err.os_error == EACCES
                                && strstr(err.why, "Permission denied") != NULL
                        ? 0
                        : 1);
    }
    int status = -1;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
}

/* Each look at it is a millisecond later. */
static int64_t ticking_ms(const struct clock *clock)
{
    (void)clock;
    static int64_t now_ms = 0;
    now_ms++;
    return now_ms;
}

static void a_pipe_without_a_writer_is_given_up_at_the_deadline(void **state)
{
    const struct fixture *fixture = *state;
    static const struct clock TICKING = { .realtime_ms = ticking_ms, .monotonic_ms = ticking_ms };
    CLEANUP(secret_clear) struct secret contents = SECRET_INIT(16);
    const struct file_limits limits = { .clock = &TICKING, .deadline_ms = 5 };
    enum file_presence presence = FILE_ABSENT;
    struct err err = { 0 };
    assert_int_equal(mkfifo(fixture->path, 0600), 0);
    assert_false(file_read(fixture->path, &limits, &contents, &presence, &err));
    assert_int_equal(err.kind, ERR_TIMEOUT);
    assert_string_equal(err.where, fixture->path);
}

static void a_pipe_that_stays_open_is_given_up_at_the_deadline(void **state)
{
    const struct fixture *fixture = *state;
    CLEANUP(secret_clear) struct secret contents = SECRET_INIT(16);
    const struct file_limits limits = limits_of(2);
    enum file_presence presence = FILE_ABSENT;
    struct err err = { 0 };
    assert_int_equal(mkfifo(fixture->path, 0600), 0);
    int writer = open(fixture->path, O_RDWR | O_CLOEXEC);
    assert_true(writer >= 0);
    assert_int_equal(write(writer, "abc", 3), 3);
    assert_false(file_read(fixture->path, &limits, &contents, &presence, &err));
    assert_int_equal(err.kind, ERR_TIMEOUT);
    assert_int_equal(close(writer), 0);
}

struct late_writer {
    const char *path;
    const char *pieces[3]; /* NULL: no more */
};

/* Opening waits for the reader: so the reader always comes first, and finds no writer. */
static void *write_late(void *data)
{
    const struct late_writer *writer = data;
    int fd = open(writer->path, O_WRONLY | O_CLOEXEC);
    bool ok = fd >= 0;
    for (size_t i = 0; ok && i < 3 && writer->pieces[i] != NULL; i++) {
        size_t len = strlen(writer->pieces[i]);
        ok = write(fd, writer->pieces[i], len) == (ssize_t)len;
    }
    ok = fd >= 0 && close(fd) == 0 && ok;
    return ok ? NULL : data;
}

static void check_late_writer(
        const struct fixture *fixture, struct late_writer *writer, const char *want)
{
    CLEANUP(secret_clear) struct secret contents = SECRET_INIT(64);
    const struct file_limits limits = limits_of(AMPLE_MS);
    enum file_presence presence = FILE_ABSENT;
    struct err err = { 0 };
    pthread_t thread;
    void *failed = NULL;
    assert_int_equal(mkfifo(fixture->path, 0600), 0);
    assert_int_equal(pthread_create(&thread, NULL, write_late, writer), 0);
    bool is_read = file_read(fixture->path, &limits, &contents, &presence, &err);
    assert_int_equal(pthread_join(thread, &failed), 0);
    assert_true(is_read);
    assert_null(failed);
    assert_int_equal(presence, FILE_PRESENT);
    assert_string_equal(secret_expose(&contents), want);
}

static void a_pipe_with_a_late_writer_is_read_to_its_end(void **state)
{
    const struct fixture *fixture = *state;
    struct late_writer writer = { .path = fixture->path, .pieces = { "A=1\n", "B=2\n", "C=3\n" } };
    check_late_writer(fixture, &writer, "A=1\nB=2\nC=3\n");
}

static void a_pipe_whose_writer_says_nothing_is_empty(void **state)
{
    const struct fixture *fixture = *state;
    struct late_writer writer = { .path = fixture->path };
    check_late_writer(fixture, &writer, "");
}

static void a_text_is_read_up_to_its_maximum(void **state)
{
    const struct fixture *fixture = *state;

    static const struct {
        size_t len;
        int error;
    } ROWS[] = { { 0, 0 }, { 1, 0 }, { 40000, 0 }, { 49999, 0 }, { 50000, EFBIG } };

    for (size_t i = 0; i < sizeof(ROWS) / sizeof(ROWS[0]); i++) {
        CLEANUP(text_clear) struct text text = TEXT_INIT(49999);
        char *bytes = calloc(ROWS[i].len + 1, 1);
        assert_non_null(bytes);
        put_file(fixture->path, memset(bytes, 'a' + (int)i, ROWS[i].len), ROWS[i].len);
        assert_int_equal(file_read_text(fixture->path, &text), ROWS[i].error);
        assert_true(ROWS[i].error != 0 || text.len == ROWS[i].len);
        assert_true(ROWS[i].error == 0 || text.len > 0);
        assert_memory_equal(text_string(&text), bytes, text.len + (ROWS[i].error == 0 ? 1 : 0));
        free(bytes);
    }
}

static void a_text_that_cannot_be_read_is_empty(void **state)
{
    const struct fixture *fixture = *state;
    CLEANUP(text_clear) struct text text = TEXT_INIT(1000);
    assert_int_equal(file_read_text(fixture->path, &text), ENOENT);
    assert_int_equal(file_read_text(fixture->directory, &text), EISDIR);
    assert_string_equal(text_string(&text), "");
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(appends_the_whole_file),
        TEST(a_missing_file_or_parent_is_not_an_error),
        TEST(a_directory_is_refused),
        TEST(a_file_past_the_maximum_is_refused),
        TEST(a_file_without_an_end_is_refused),
        TEST(a_loop_of_links_is_refused),
        TEST(an_unreadable_file_is_refused),
        TEST(a_pipe_without_a_writer_is_given_up_at_the_deadline),
        TEST(a_pipe_that_stays_open_is_given_up_at_the_deadline),
        TEST(a_pipe_with_a_late_writer_is_read_to_its_end),
        TEST(a_pipe_whose_writer_says_nothing_is_empty),
        TEST(a_text_is_read_up_to_its_maximum),
        TEST(a_text_that_cannot_be_read_is_empty),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
