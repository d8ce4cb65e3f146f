/* SPDX-License-Identifier: MIT */
#include "launch/child.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/environment.h"
#include "base/file.h"
#include "launch/process.h"
#include "launch/resolve.h"

enum {
    READ_BYTES = 4096,
    FD_LOOP_MAX = 65536,
    POLL_MS = 50, /* polling interval where signalfd is not available */
};

/* Linux 5.11; the value of CLOSE_RANGE_CLOEXEC, which older headers lack. */
static const unsigned int CLOSE_ON_EXEC = 4;

struct child {
    const struct runner_request *request;
    char *file;
    int output[2];
    int exec_error[2]; /* closed by a successful exec; carries errno of a failed one */
    int wake; /* signalfd for SIGCHLD: the program has ended or stopped; -1: not available */
    struct sigaction inherited_chld;
    bool chld_was_pending;
    sigset_t mask; /* as inherited */
    struct sigaction inherited_fatal[PROCESS_FATAL_SIGNALS];
    pid_t pid;
};

/* File scope, for the signal handler. */
static volatile sig_atomic_t group_to_kill; /* NOLINT(*-non-const-global-variables): 0 for none */
static pthread_t waiting_thread;            /* NOLINT(*-non-const-global-variables) */

static void clear_child(struct child *child)
{
    free(child->file);
    for (int i = 0; i < 2; i++) {
        file_close(&child->output[i]);
        file_close(&child->exec_error[i]);
    }
    file_close(&child->wake);
}

/* --- in the child, between fork and exec: async-signal-safe calls only --- */

static void close_others_on_exec(void)
{
    if (syscall(SYS_close_range, STDERR_FILENO + 1, UINT_MAX, CLOSE_ON_EXEC) == 0) {
        return;
    }
    struct rlimit limit = { 0 };
    int count = getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur < FD_LOOP_MAX
            ? (int)limit.rlim_cur
            : FD_LOOP_MAX;
    for (int fd = STDERR_FILENO + 1; fd < count; fd++) {
        (void)fcntl(fd, F_SETFD, FD_CLOEXEC);
    }
}

static void become_program(const struct child *child, pid_t parent)
{
    sigset_t mask = child->mask;
    int null_fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
    (void)setpgid(0, 0);
    process_die_with(parent);
    if (null_fd < 0 || dup2(null_fd, STDIN_FILENO) < 0) {
        (void)close(STDIN_FILENO);
    }
    (void)dup2(child->output[1], STDOUT_FILENO);
    close_others_on_exec();
    (void)sigaction(SIGCHLD, &child->inherited_chld, NULL);
    for (size_t i = 0; i < PROCESS_FATAL_SIGNALS; i++) {
        (void)sigaction(process_fatal_signal(i), &child->inherited_fatal[i], NULL);
    }
    process_unblock(&mask);
    (void)sigprocmask(SIG_SETMASK, &mask, NULL);
    (void)execve(child->file, child->request->argv, child->request->envp);
    int exec_errno = errno;
    (void)!write(child->exec_error[1], &exec_errno, sizeof(exec_errno));
    _exit(127);
}

/* --- in this process --- */

static sigset_t make_chld_set(void)
{
    sigset_t set;
    (void)sigemptyset(&set);
    (void)sigaddset(&set, SIGCHLD);
    return set;
}

/*
 * Async-signal-safe. Kills the helper and the processes that it started, then this process. A thread
 * of a library forwards the signal instead, so that group_to_kill does not change while it is read.
 */
static void die_with_group(int signal_number)
{
    struct sigaction by_default = { .sa_handler = SIG_DFL };
    if (pthread_equal(pthread_self(), waiting_thread) == 0) {
        (void)pthread_kill(waiting_thread, signal_number);
        return;
    }
    if (group_to_kill > 0) {
        (void)kill(-(pid_t)group_to_kill, SIGKILL);
        (void)kill((pid_t)group_to_kill, SIGKILL); /* it may have left the group */
    }
    (void)sigemptyset(&by_default.sa_mask);
    (void)sigaction(signal_number, &by_default, NULL);
    (void)raise(signal_number); /* delivered when the handler returns */
}

/*
 * If SIGCHLD is ignored, the kernel keeps no status for waitpid. The signal is blocked and read
 * from a descriptor: a handler would leave our registers, and secrets that were copied with them,
 * on the stack.
 */
static void watch_chld(struct child *child)
{
    struct sigaction by_default = { .sa_handler = SIG_DFL };
    sigset_t pending;
    sigset_t chld_only = make_chld_set();
    (void)sigemptyset(&by_default.sa_mask);
    (void)sigemptyset(&pending);
    (void)sigpending(&pending);
    child->chld_was_pending = sigismember(&pending, SIGCHLD) == 1;
    (void)sigaction(SIGCHLD, &by_default, &child->inherited_chld);
    child->wake = signalfd(-1, &chld_only, SFD_CLOEXEC | SFD_NONBLOCK);
}

/* Catches only signals that would end this process. */
static void catch_fatal(struct child *child)
{
    struct sigaction ending = { .sa_handler = die_with_group };
    (void)sigemptyset(&ending.sa_mask);
    waiting_thread = pthread_self();
    for (size_t i = 0; i < PROCESS_FATAL_SIGNALS; i++) {
        (void)sigaction(process_fatal_signal(i), NULL, &child->inherited_fatal[i]);
        if (child->inherited_fatal[i].sa_handler == SIG_DFL) {
            (void)sigaction(process_fatal_signal(i), &ending, NULL);
        }
    }
}

/* Blocks the signals until the helper's process id is known. */
static void catch_signals(struct child *child)
{
    sigset_t blocked = make_chld_set();
    for (size_t i = 0; i < PROCESS_FATAL_SIGNALS; i++) {
        (void)sigaddset(&blocked, process_fatal_signal(i));
    }
    (void)pthread_sigmask(SIG_BLOCK, &blocked, &child->mask);
    catch_fatal(child);
    watch_chld(child);
}

static void unblock_signals(const struct child *child)
{
    sigset_t mask = child->mask;
    (void)sigaddset(&mask, SIGCHLD);
    group_to_kill = (sig_atomic_t)child->pid;
    (void)pthread_sigmask(SIG_SETMASK, &mask, NULL);
}

/*
 * Discards the helper's SIGCHLD, which may still be pending and would reach COMMAND. A SIGCHLD that
 * was pending before is sent again: sigaction discarded it, as POSIX requires for SIG_DFL of this
 * signal.
 */
static void restore_chld(const struct child *child)
{
    sigset_t chld_only = make_chld_set();
    const struct timespec no_wait = { 0 };
    (void)sigtimedwait(&chld_only, NULL, &no_wait);
    (void)sigaction(SIGCHLD, &child->inherited_chld, NULL);
    (void)pthread_sigmask(SIG_SETMASK, &child->mask, NULL);
    if (child->chld_was_pending) {
        (void)kill(getpid(), SIGCHLD);
    }
}

/* After the helper is reaped. */
static void restore_signals(const struct child *child)
{
    group_to_kill = 0;
    for (size_t i = 0; i < PROCESS_FATAL_SIGNALS; i++) {
        (void)sigaction(process_fatal_signal(i), &child->inherited_fatal[i], NULL);
    }
    restore_chld(child);
}

static bool fail(const struct child *child, struct err *reterr, const char *what)
{
    return err_set_errno(reterr, ERR_SYSTEM, errno, child->request->where, "%s", what);
}

static bool make_pipes(struct child *child, struct err *reterr)
{
    return (pipe2(child->output, O_CLOEXEC) == 0 && pipe2(child->exec_error, O_CLOEXEC) == 0)
            || fail(child, reterr, "cannot create a pipe");
}

static bool start(struct child *child, struct err *reterr)
{
    pid_t parent = getpid();
    child->pid = fork();
    if (child->pid < 0) {
        return fail(child, reterr, "cannot create a process for it");
    }
    if (child->pid == 0) {
        become_program(child, parent);
    }
    (void)setpgid(child->pid, child->pid); /* parent and child both do it: either may run first */
    file_close(&child->output[1]);
    file_close(&child->exec_error[1]);
    return true;
}

enum child_state {
    CHILD_RUNS,
    CHILD_STOPPED,
    CHILD_ENDED
};

static enum child_state find_state(const struct child *child, int *ret_signal)
{
    siginfo_t info = { 0 };
    if (waitid(P_PID, (id_t)child->pid, &info, WEXITED | WSTOPPED | WNOHANG | WNOWAIT) != 0
            || info.si_pid != child->pid) {
        return CHILD_RUNS;
    }
    *ret_signal = info.si_status;
    return info.si_code == CLD_STOPPED ? CHILD_STOPPED : CHILD_ENDED;
}

/* A stopped helper would never be continued: fail now. */
static bool fail_stopped(const struct child *child, int signal_number, struct err *reterr)
{
    (void)err_set(reterr, ERR_CREDENTIALS, child->request->where,
            "%s was stopped by signal %d (%s)", child->request->argv[0], signal_number,
            strsignal(signal_number));
    if (signal_number == SIGTTIN || signal_number == SIGTTOU) {
        err_set_hint(reterr,
                "it tried to use the terminal, which is not available to it: it must not prompt");
    }
    return false;
}

/* Reads what is available; false at the end of the output. */
static bool read_some(const struct child *child, struct secret *output)
{
    char bytes[READ_BYTES];
    ssize_t got = read(child->output[0], bytes, sizeof(bytes));
    if (got > 0) {
        secret_append(output, bytes, (size_t)got);
    }
    explicit_bzero(bytes, sizeof(bytes));
    return got > 0 || (got < 0 && errno == EINTR);
}

/*
 * Waits until there is something to read, the program's state has changed, or the deadline has passed;
 * with no_wait only checks. True if there is something to read.
 */
static bool wait_for_output(const struct child *child, bool is_open, bool no_wait)
{
    const struct runner_request *request = child->request;
    int64_t left_ms = request->deadline_ms - clock_monotonic_ms(request->clock);
    int64_t wait_max_ms = child->wake < 0 ? POLL_MS : INT_MAX;
    int wait_ms = no_wait || left_ms < 0 ? 0 : (int)(left_ms > wait_max_ms ? wait_max_ms : left_ms);
    struct pollfd fds[] = {
        { .fd = is_open ? child->output[0] : -1, .events = POLLIN },
        { .fd = child->wake, .events = POLLIN },
    };
    return poll(fds, sizeof(fds) / sizeof(fds[0]), wait_ms) > 0 && fds[0].revents != 0;
}

/* Call before reading the state, so that a later change wakes the poll again. */
static void drain_wakeups(const struct child *child)
{
    struct signalfd_siginfo info;
    while (child->wake >= 0 && read(child->wake, &info, sizeof(info)) > 0) {
    }
}

static bool check_limits(const struct child *child, const struct secret *output, struct err *reterr)
{
    const struct runner_request *request = child->request;
    if (!secret_check(output, request->where, reterr)) {
        reterr->kind = ERR_CREDENTIALS;
        err_add_why(reterr, " (what %s printed)", request->argv[0]);
        return false;
    }
    return clock_monotonic_ms(request->clock) < request->deadline_ms
            || err_set(reterr, ERR_TIMEOUT, request->where, "%s did not finish in time",
                    request->argv[0]);
}

/* Reads until the program has ended and its output is complete; false if it stops or exceeds a limit. */
static bool read_output(const struct child *child, struct secret *output, struct err *reterr)
{
    bool is_open = true;
    for (;;) {
        int stop_signal = 0;
        drain_wakeups(child);
        enum child_state state = find_state(child, &stop_signal);
        bool has_ended = state == CHILD_ENDED;
        if (state == CHILD_STOPPED) {
            return fail_stopped(child, stop_signal, reterr);
        }
        if (wait_for_output(child, is_open, has_ended)) {
            is_open = read_some(child, output);
        } else if (has_ended) {
            return true;
        }
        if (!check_limits(child, output, reterr)) {
            return false;
        }
    }
}

/*
 * Kills the whole group before its leader is reaped: until then the process id cannot be reused. A
 * signal that arrives later must not kill another group, so group_to_kill is reset first.
 */
static int reap(const struct child *child)
{
    int status = 0;
    (void)kill(-child->pid, SIGKILL);
    (void)kill(child->pid, SIGKILL); /* it may have left the group */
    group_to_kill = 0;
    while (waitpid(child->pid, &status, 0) < 0 && errno == EINTR) {
    }
    /* Process 1 inherits the helper's children, which would become zombies of COMMAND. */
    int ignored = 0;
    while (getpid() == 1 && (waitpid(-child->pid, &ignored, 0) > 0 || errno == EINTR)) {
    }
    return status;
}

static bool judge(const struct child *child, int status, struct err *reterr)
{
    const struct runner_request *request = child->request;
    int exec_errno = 0;
    if (read(child->exec_error[0], &exec_errno, sizeof(exec_errno)) == sizeof(exec_errno)) {
        bool lacks_interpreter = exec_errno == ENOENT && access(child->file, F_OK) == 0;
        return lacks_interpreter ? err_set(reterr, ERR_CREDENTIALS, request->where,
                       "%s cannot be started: the interpreter that it names is missing",
                       child->file)
                                 : err_set_errno(reterr, ERR_CREDENTIALS, exec_errno,
                                         request->where, "%s cannot be started", child->file);
    }
    if (WIFSIGNALED(status)) {
        return err_set(reterr, ERR_CREDENTIALS, request->where, "%s was killed by signal %d (%s)",
                request->argv[0], WTERMSIG(status), strsignal(WTERMSIG(status)));
    }
    return WEXITSTATUS(status) == 0
            || err_set(reterr, ERR_CREDENTIALS, request->where, "%s exited with status %d",
                    request->argv[0], WEXITSTATUS(status));
}

static bool run(const struct runner_request *request, struct secret *ret_output, struct err *reterr)
{
    CLEANUP(clear_child)
    struct child child = {
        .request = request, .output = { -1, -1 }, .exec_error = { -1, -1 }, .wake = -1
    };
    const struct environment environment = { .entries = request->envp };
    if (!resolve_command(
                request->argv[0], environment_get_raw(&environment, "PATH"), &child.file, reterr)) {
        const struct err unfound = *reterr;
        return err_set(
                reterr, ERR_CREDENTIALS, request->where, "%s: %s", unfound.where, unfound.why);
    }
    if (!make_pipes(&child, reterr)) {
        return false;
    }
    catch_signals(&child);
    bool started = start(&child, reterr);
    unblock_signals(&child);
    bool is_read = started && read_output(&child, ret_output, reterr);
    int status = started ? reap(&child) : 0;
    restore_signals(&child);
    return is_read && judge(&child, status, reterr);
}

const struct runner child_runner = { .run = run };
