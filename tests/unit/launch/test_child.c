/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/text.h"
#include "launch/child.h"

enum {
    PATH_BYTES = 128,
    OUTPUT_MAX_BYTES = 4096,
    GUARD_S = 120, /* ends a test that would hang for ever; no test comes near it */
    INHERITABLE_FD = 57,
    DEADLINE_MS = 50,
};

static const char WHERE[] = "config:7";

/*
 * Time is what the test says: it stands still, so that no deadline comes, until the file `alarm`
 * holds a line. Then the deadline is over.
 */
struct fixture {
    struct clock clock;
    int *looks; /* how often the time was asked for */
    char directory[PATH_BYTES];
    char alarm_file[2 * PATH_BYTES];
    char *envp[4];
    struct runner_request request;
    struct secret output;
    struct err err;
};

static bool has_line(const char *path, char line[static 32])
{
    FILE *file = fopen(path, "re");
    bool got = file != NULL && fgets(line, 32, file) != NULL && strchr(line, '\n') != NULL;
    if (file != NULL) {
        (void)fclose(file);
    }
    return got;
}

static int64_t monotonic_ms(const struct clock *clock)
{
    const struct fixture *fixture = (const struct fixture *)clock;
    char line[32];
    (*fixture->looks)++;
    return has_line(fixture->alarm_file, line) ? DEADLINE_MS : 0;
}

static int set_up(void **state)
{
    static char path[] = "PATH=/usr/local/bin:/usr/bin:/bin";
    static char mark[] = "MARK=from the request";
    static char alarm_variable[2 * PATH_BYTES + 8];
    struct fixture *fixture = calloc(1, sizeof(*fixture));
    assert_non_null(fixture);
    fixture->clock.monotonic_ms = monotonic_ms;
    fixture->looks = calloc(1, sizeof(*fixture->looks));
    assert_non_null(fixture->looks);
    (void)snprintf(fixture->directory, PATH_BYTES, "/tmp/test_child.XXXXXX");
    assert_non_null(mkdtemp(fixture->directory));
    (void)snprintf(
            fixture->alarm_file, sizeof(fixture->alarm_file), "%s/alarm", fixture->directory);
    (void)snprintf(alarm_variable, sizeof(alarm_variable), "ALARM=%s", fixture->alarm_file);
    fixture->envp[0] = path;
    fixture->envp[1] = mark;
    fixture->envp[2] = alarm_variable;
    fixture->request = (struct runner_request){
        .envp = fixture->envp, .where = WHERE, .clock = &fixture->clock, .deadline_ms = DEADLINE_MS
    };
    fixture->output = SECRET_INIT(OUTPUT_MAX_BYTES);
    (void)alarm(GUARD_S);
    *state = fixture;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *fixture = *state;
    (void)alarm(0);
    (void)unlink(fixture->alarm_file);
    assert_int_equal(rmdir(fixture->directory), 0);
    secret_clear(&fixture->output);
    free(fixture->looks);
    free(fixture);
    return 0;
}

static bool run(struct fixture *fixture, char *const argv[])
{
    secret_clear(&fixture->output);
    fixture->request.argv = argv;
    return child_runner.run(&fixture->request, &fixture->output, &fixture->err);
}

static bool run_script(struct fixture *fixture, const char *script)
{
    static char shell[] = "sh";
    static char option[] = "-c";
    char copy[1024];
    assert_true(strlen(script) < sizeof(copy));
    (void)snprintf(copy, sizeof(copy), "%s", script);
    char *const argv[] = { shell, option, copy, NULL };
    return run(fixture, argv);
}

static void assert_output(const struct fixture *fixture, const char *expected)
{
    assert_string_equal(secret_expose(&fixture->output), expected);
}

static void assert_err(const struct fixture *fixture, enum err_kind kind, const char *why)
{
    assert_int_equal(fixture->err.kind, kind);
    assert_string_equal(fixture->err.where, WHERE);
    if (strstr(fixture->err.why, why) == NULL) {
        fail_msg("\"%s\" is not in \"%s\"", why, fixture->err.why);
    }
}

/* Killed at last is enough: whoever adopted it may take a while to reap it. */
static bool has_gone(pid_t pid)
{
    char path[64];
    char line[256] = "";
    (void)snprintf(path, sizeof(path), "/proc/%d/stat", (int)pid);
    FILE *file = fopen(path, "re");
    if (file == NULL) {
        return true;
    }
    bool is_read = fgets(line, sizeof(line), file) != NULL;
    (void)fclose(file);
    const char *name_end = strrchr(line, ')');
    return !is_read || name_end == NULL || name_end[2] == 'Z' || name_end[2] == 'X';
}

/* Waits without a limit of its own: the guard is the limit. */
static void wait_until_gone(pid_t pid)
{
    const struct timespec pause = { .tv_nsec = 5000000 };
    assert_true(pid > 1);
    while (!has_gone(pid)) {
        (void)nanosleep(&pause, NULL);
    }
}

/* --- what it does --- */

static void output_of_a_good_end(void **state)
{
    struct fixture *fixture = *state;
    assert_true(run_script(fixture, "printf '%s\\n' one two"));
    assert_output(fixture, "one\ntwo\n");
}

static void no_shell_reads_the_words(void **state)
{
    struct fixture *fixture = *state;
    char program[] = "printf";
    char format[] = "[%s]";
    char word[] = "$HOME `id` ; ~ * > x";
    char *const argv[] = { program, format, word, NULL };
    assert_true(run(fixture, argv));
    assert_output(fixture, "[$HOME `id` ; ~ * > x]");
}

static void environment_is_the_requests(void **state)
{
    struct fixture *fixture = *state;
    char program[] = "env";
    char *const argv[] = { program, NULL };
    char expected[4 * PATH_BYTES];
    (void)snprintf(expected, sizeof(expected), "%s\n%s\n%s\n", fixture->envp[0], fixture->envp[1],
            fixture->envp[2]);
    assert_true(run(fixture, argv));
    assert_output(fixture, expected);
}

static void a_path_is_taken_as_written(void **state)
{
    struct fixture *fixture = *state;
    char program[] = "/bin/echo";
    char word[] = "hello";
    char *const argv[] = { program, word, NULL };
    assert_true(run(fixture, argv));
    assert_output(fixture, "hello\n");
}

static void standard_input_is_at_its_end(void **state)
{
    struct fixture *fixture = *state;
    assert_true(run_script(fixture, "cat; echo end"));
    assert_output(fixture, "end\n");
}

static void standard_error_is_ours(void **state)
{
    struct fixture *fixture = *state;
    char text[64] = "";
    FILE *file = tmpfile();
    assert_non_null(file);
    int kept = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 10);
    assert_true(dup2(fileno(file), STDERR_FILENO) >= 0);
    bool ok = run_script(fixture, "echo to the user >&2; echo to us");
    assert_true(dup2(kept, STDERR_FILENO) >= 0);
    (void)close(kept);
    assert_true(ok);
    assert_output(fixture, "to us\n");
    rewind(file);
    assert_non_null(fgets(text, sizeof(text), file));
    assert_string_equal(text, "to the user\n");
    (void)fclose(file);
}

static void no_descriptor_is_inherited(void **state)
{
    struct fixture *fixture = *state;
    int fd = open("/dev/null", O_RDONLY);
    assert_int_equal(dup2(fd, INHERITABLE_FD), INHERITABLE_FD);
    bool ok = run_script(fixture,
            "n=3; while [ $n -lt 200 ]; do [ -e /proc/$$/fd/$n ] && echo $n; n=$((n+1)); done; "
            "[ -e /proc/$$/fd/2 ] && echo and no other");
    assert_int_equal(fcntl(INHERITABLE_FD, F_GETFD), 0); /* for COMMAND it stays */
    (void)close(INHERITABLE_FD);
    (void)close(fd);
    assert_true(ok);
    assert_output(fixture, "and no other\n");
}

static void it_leads_a_group_of_its_own(void **state)
{
    struct fixture *fixture = *state;
    assert_true(run_script(fixture,
            "read -r pid name state parent group rest </proc/$$/stat; [ $pid = $group ] && echo own"));
    assert_output(fixture, "own\n");
}

static void signals_that_we_block_are_not_blocked_in_it(void **state)
{
    struct fixture *fixture = *state;
    sigset_t blocked;
    sigset_t kept;
    (void)sigemptyset(&blocked);
    (void)sigaddset(&blocked, SIGPIPE);
    (void)sigaddset(&blocked, SIGXFSZ);
    (void)sigprocmask(SIG_BLOCK, &blocked, &kept);
    bool ok = run_script(fixture, "grep SigBlk /proc/self/status");
    (void)sigprocmask(SIG_SETMASK, &kept, NULL);
    assert_true(ok);
    assert_output(fixture, "SigBlk:\t0000000000000000\n");
}

/* --- how it ends --- */

static void another_status_is_told(void **state)
{
    struct fixture *fixture = *state;
    assert_false(run_script(fixture, "echo hush-hush; exit 3"));
    assert_err(fixture, ERR_CREDENTIALS, "sh exited with status 3");
    assert_null(strstr(fixture->err.why, "hush"));
}

static void a_signal_is_told(void **state)
{
    struct fixture *fixture = *state;
    assert_false(run_script(fixture, "kill -TERM $$"));
    assert_err(fixture, ERR_CREDENTIALS, "sh was killed by signal 15 (Terminated)");
}

static void a_missing_program_is_told(void **state)
{
    struct fixture *fixture = *state;
    char program[] = "no-such-program-here";
    char *const argv[] = { program, NULL };
    assert_false(run(fixture, argv));
    assert_err(
            fixture, ERR_CREDENTIALS, "no-such-program-here: not found in PATH (/usr/local/bin:");
}

static void an_unusable_program_is_told(void **state)
{
    struct fixture *fixture = *state;
    char program[] = "/etc/passwd";
    char *const argv[] = { program, NULL };
    assert_false(run(fixture, argv));
    assert_err(fixture, ERR_CREDENTIALS, "/etc/passwd: ");
}

static void a_failed_exec_is_told(void **state)
{
    struct fixture *fixture = *state;
    char program[2 * PATH_BYTES];
    (void)snprintf(program, sizeof(program), "%s/script", fixture->directory);
    int fd = open(program, O_WRONLY | O_CREAT | O_CLOEXEC, 0700);
    assert_int_equal(write(fd, "#!/no/such/interpreter\n", 23), 23);
    assert_int_equal(close(fd), 0);
    char *const argv[] = { program, NULL };
    bool ok = run(fixture, argv);
    assert_int_equal(unlink(program), 0);
    assert_false(ok);
    assert_err(fixture, ERR_CREDENTIALS,
            "script cannot be started: the interpreter that it names is missing");
    assert_int_equal(secret_len(&fixture->output), 0);
}

static void output_past_the_maximum_is_an_error(void **state)
{
    struct fixture *fixture = *state;
    assert_false(run_script(fixture, "head -c 4097 /dev/zero"));
    assert_err(fixture, ERR_CREDENTIALS, "longer than the limit of 4096 bytes");
    assert_true(run_script(fixture, "head -c 4096 /dev/zero"));
    assert_int_equal(secret_len(&fixture->output), 4096);
}

/* The deadline never comes here: only the maximum can end this. */
static void endless_output_is_an_error_at_once(void **state)
{
    struct fixture *fixture = *state;
    char program[] = "yes";
    char *const argv[] = { program, NULL };
    assert_false(run(fixture, argv));
    assert_err(fixture, ERR_CREDENTIALS, "longer than the limit of 4096 bytes");
}

static void its_output_may_end_before_it_does(void **state)
{
    struct fixture *fixture = *state;
    assert_true(run_script(fixture, "echo x; exec >&-; sleep 0.1; exit 0"));
    assert_output(fixture, "x\n");
    assert_false(run_script(fixture, "exec >&-; sleep 0.1; exit 4"));
    assert_err(fixture, ERR_CREDENTIALS, "sh exited with status 4");
}

/* A program that says nothing more costs nothing until it ends, whether or not its output is open. */
static void waiting_is_not_polling(void **state)
{
    static const char *const scripts[] = { "exec >&-; sleep 0.4", "sleep 0.4",
        "(sleep 0.4) & exec sleep 0.3" };
    struct fixture *fixture = *state;
    fixture->request.deadline_ms = INT64_MAX;
    for (size_t i = 0; i < sizeof(scripts) / sizeof(scripts[0]); i++) {
        *fixture->looks = 0;
        assert_true(run_script(fixture, scripts[i]));
        if (*fixture->looks > 8) {
            fail_msg("%s: looked at the clock %d times", scripts[i], *fixture->looks);
        }
    }
}

static void a_stop_is_told_at_once(void **state)
{
    struct fixture *fixture = *state;
    fixture->request.deadline_ms = INT64_MAX;
    assert_false(run_script(fixture, "exec >&-; kill -STOP $$"));
    assert_err(fixture, ERR_CREDENTIALS, "sh was stopped by signal 19");
    assert_false(run_script(fixture, "kill -TTIN $$"));
    assert_err(fixture, ERR_CREDENTIALS, "sh was stopped by signal 21");
}

/* A filter of system calls may forbid the descriptor: then the state is looked at now and then. */
static bool has_signalfd = true;

int signalfd(int fd, const sigset_t *mask, int flags)
{
    if (!has_signalfd) {
        errno = EPERM;
        return -1;
    }
    return (int)syscall(SYS_signalfd4, fd, mask, _NSIG / 8, flags);
}

static void without_signalfd_it_ends_all_the_same(void **state)
{
    struct fixture *fixture = *state;
    fixture->request.deadline_ms = INT64_MAX;
    has_signalfd = false;
    bool ok = run_script(fixture, "exec >&-; sleep 0.1")
            && run_script(fixture, "echo x; sleep 1000 & exit 0");
    bool is_stopped = !run_script(fixture, "exec >&-; kill -STOP $$");
    has_signalfd = true;
    assert_true(ok && is_stopped);
    assert_err(fixture, ERR_CREDENTIALS, "sh was stopped by signal 19");
}

/* --- what it leaves behind: nothing --- */

/* The wrapped calls do what libc's do, unless a test has set this. */
static struct {
    pid_t reaped;    /* a number that may be another process's by now */
    int report_to;   /* where kill says that it would have hit that */
    bool is_watched; /* in waitpid, a signal comes as soon as the program is reaped */
} window = { .report_to = -1 };

pid_t waitpid(pid_t pid, int *status, int options)
{
    pid_t reaped = wait4(pid, status, options, NULL);
    if (window.is_watched && reaped > 0) {
        window.reaped = reaped;
        (void)raise(SIGTERM);
    }
    return reaped;
}

int kill(pid_t pid, int signal_number)
{
    if (window.reaped > 0 && pid == -window.reaped) {
        (void)!write(window.report_to, "!", 1);
        return 0;
    }
    return (int)syscall(SYS_kill, pid, signal_number);
}

static void a_signal_after_the_end_hits_no_other_group(void **state)
{
    struct fixture *fixture = *state;
    int report[2];
    char bytes[8];
    int status = 0;
    assert_int_equal(pipe(report), 0);
    pid_t launcher = fork();
    assert_true(launcher >= 0);
    if (launcher == 0) {
        window.report_to = report[1];
        window.is_watched = true;
        (void)signal(SIGTERM, SIG_DFL);
        (void)run_script(fixture, "echo done");
        _exit(1);
    }
    (void)close(report[1]);
    assert_int_equal(waitpid(launcher, &status, 0), launcher);
    assert_true(WIFSIGNALED(status));
    assert_int_equal(WTERMSIG(status), SIGTERM);
    assert_int_equal(read(report[0], bytes, sizeof(bytes)), 0);
    (void)close(report[0]);
}

static void what_runs_on_in_its_group_is_ended(void **state)
{
    struct fixture *fixture = *state;
    assert_true(run_script(fixture, "sleep 1000 & echo $!"));
    wait_until_gone((pid_t)strtol(secret_expose(&fixture->output), NULL, 10));
}

static void the_deadline_ends_the_whole_group(void **state)
{
    struct fixture *fixture = *state;
    char line[32] = "";
    assert_false(run_script(fixture, "(trap '' TERM; sleep 1000 & echo $! >$ALARM; wait) & wait"));
    assert_err(fixture, ERR_TIMEOUT, "sh did not finish in time");
    assert_true(has_line(fixture->alarm_file, line));
    wait_until_gone((pid_t)strtol(line, NULL, 10));
    assert_int_equal(waitpid(-1, NULL, WNOHANG), -1); /* nothing is left to be waited for */
}

static void it_dies_with_us(void **state)
{
    struct fixture *fixture = *state;
    char line[32] = "";
    const struct timespec pause = { .tv_nsec = 5000000 };
    pid_t launcher = fork();
    assert_true(launcher >= 0);
    if (launcher == 0) {
        fixture->request.deadline_ms = INT64_MAX;
        (void)run_script(fixture, "echo $$ >$ALARM; exec sleep 1000");
        _exit(1);
    }
    while (!has_line(fixture->alarm_file, line)) {
        (void)nanosleep(&pause, NULL);
    }
    (void)kill(launcher, SIGKILL);
    (void)waitpid(launcher, NULL, 0);
    wait_until_gone((pid_t)strtol(line, NULL, 10));
}

/* --- SIGCHLD --- */

struct chld_state {
    bool is_ignored;
    bool is_blocked;
    bool is_pending;
};

static struct chld_state look_at_chld(void)
{
    struct sigaction action = { 0 };
    sigset_t blocked;
    sigset_t pending;
    assert_int_equal(sigaction(SIGCHLD, NULL, &action), 0);
    assert_int_equal(sigprocmask(SIG_SETMASK, NULL, &blocked), 0);
    assert_int_equal(sigpending(&pending), 0);
    return (struct chld_state){ .is_ignored = action.sa_handler == SIG_IGN,
        .is_blocked = sigismember(&blocked, SIGCHLD) == 1,
        .is_pending = sigismember(&pending, SIGCHLD) == 1 };
}

static void enter(struct chld_state wanted)
{
    sigset_t chld_only;
    (void)sigemptyset(&chld_only);
    (void)sigaddset(&chld_only, SIGCHLD);
    (void)signal(SIGCHLD, wanted.is_ignored ? SIG_IGN : SIG_DFL);
    (void)sigprocmask(wanted.is_blocked ? SIG_BLOCK : SIG_UNBLOCK, &chld_only, NULL);
    if (wanted.is_pending) {
        assert_int_equal(kill(getpid(), SIGCHLD), 0);
    }
}

static void chld_reaches_command_as_it_was(void **state)
{
    struct fixture *fixture = *state;
    for (int bits = 0; bits < 8; bits++) {
        struct chld_state wanted = { .is_ignored = (bits & 1) != 0,
            .is_blocked = (bits & 2) != 0,
            .is_pending = (bits & 4) != 0 };
        if (wanted.is_pending && !wanted.is_blocked) {
            continue;
        }
        enter(wanted);
        struct chld_state before = look_at_chld();
        bool good = run_script(fixture, "echo out; grep SigIgn /proc/self/status");
        struct chld_state after = look_at_chld();
        bool bad = run_script(fixture, "exit 3");
        struct chld_state at_last = look_at_chld();
        enter((struct chld_state){ 0 });
        if (!good || bad || strstr(fixture->err.why, "exited with status 3") == NULL) {
            fail_msg("the wait is broken: ignored %d blocked %d pending %d: %s", wanted.is_ignored,
                    wanted.is_blocked, wanted.is_pending, fixture->err.why);
        }
        if (memcmp(&before, &after, sizeof(before)) != 0
                || memcmp(&before, &at_last, sizeof(before)) != 0) {
            fail_msg("ignored %d -> %d, blocked %d -> %d, pending %d -> %d", before.is_ignored,
                    after.is_ignored, before.is_blocked, after.is_blocked, before.is_pending,
                    after.is_pending);
        }
    }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(output_of_a_good_end),
        TEST(no_shell_reads_the_words),
        TEST(environment_is_the_requests),
        TEST(a_path_is_taken_as_written),
        TEST(standard_input_is_at_its_end),
        TEST(standard_error_is_ours),
        TEST(no_descriptor_is_inherited),
        TEST(it_leads_a_group_of_its_own),
        TEST(signals_that_we_block_are_not_blocked_in_it),
        TEST(another_status_is_told),
        TEST(a_signal_is_told),
        TEST(a_missing_program_is_told),
        TEST(an_unusable_program_is_told),
        TEST(a_failed_exec_is_told),
        TEST(output_past_the_maximum_is_an_error),
        TEST(endless_output_is_an_error_at_once),
        TEST(its_output_may_end_before_it_does),
        TEST(waiting_is_not_polling),
        TEST(a_stop_is_told_at_once),
        TEST(without_signalfd_it_ends_all_the_same),
        TEST(a_signal_after_the_end_hits_no_other_group),
        TEST(what_runs_on_in_its_group_is_ended),
        TEST(the_deadline_ends_the_whole_group),
        TEST(it_dies_with_us),
        TEST(chld_reaches_command_as_it_was),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
